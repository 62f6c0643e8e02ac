"""Real measurements, small ones: that people and crowds with names are who they are said to be, and are counted."""

import json
from dataclasses import replace

import pytest
from websockets.sync.client import connect

from benchmarks import measuring
from benchmarks.cases import CASES, Case
from benchmarks.measuring import Measurement, environment_of, take
from benchmarks.servers import SERVERS, running

pytestmark = [pytest.mark.live, pytest.mark.either_database]

[PEOPLE] = [case for case in CASES if case.name == "comment:new to 1,000 people in a chapter"]
[FAN_OUT] = [case for case in CASES if case.name == "durable fan-out to 1,000"]


def small(case: Case) -> Case:
    return replace(case, connections=20, publishers=1, deliveries=200, deliveries_per_second=200)


@pytest.mark.parametrize("server", ["serve, JSON door, SQLite", "serve, Socket.IO door, SQLite"])
def test_comments_of_real_people_reach_everybody_in_the_chapter(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "FIRST_STORM", 5)
    case = replace(small(PEOPLE), publishers=20)
    taken = take(case, server, "", "")
    assert isinstance(taken, Measurement)
    assert (taken.invalid, taken.delivered) == ("", 200)
    assert taken.connect_us
    assert taken.latency_ms  # a comment says when it was sent
    assert taken.transactions_per_connect is None  # nobody counts SQLite's


@pytest.mark.parametrize(
    "server", ["livrya, JSON door", "livrya, Socket.IO door", "livrya, Socket.IO door, own positions"]
)
def test_a_crowd_with_names_is_delivered_to(server: str, redis: str) -> None:
    taken = take(small(FAN_OUT), server, redis, "")
    assert (taken.invalid, taken.delivered) == ("", 200)


def test_with_names_everybody_stands_in_twelve_rooms_one_of_them_their_own(redis: str) -> None:
    with running(SERVERS["livrya, JSON door"], redis, "", environment_of(FAN_OUT)) as server:
        address = f"ws://127.0.0.1:{server.port}/ws/bench/"
        stood = []
        for _ in range(2):
            with connect(address, subprotocols=["livrya.v1"]) as link:  # type: ignore[list-item]  # a NewType of str
                stood.append(set(json.loads(link.recv())["payload"]["rooms"]))
    assert [len(rooms) for rooms in stood] == [12, 12]
    assert all("bench:1" in rooms for rooms in stood)
    assert sorted(room for rooms in stood for room in rooms if "own" in room) == ["bench_own:0", "bench_own:1"]
