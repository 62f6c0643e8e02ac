"""What a raw frame of each door says about rooms."""

import json
from typing import Any

import pytest

from realtime.positions import Position
from realtime.testing.frames import READERS, Answered, Began, Left, Observation, Received, Reset

pytestmark = pytest.mark.either_database

POSITION = {"epoch": "e", "seq": 7}
PLACE = Position("e", 7)
META = {"room": "hall:1", **POSITION}


def said(door: str, name: str, payload: Any = None, **about: Any) -> list[Observation]:
    """Returns what is read when a door says this."""
    if door == "socketio":
        raw = "42/halls," + json.dumps([name, payload, *([about] if about else []), "an offset"])
    else:
        raw = json.dumps({"type": name, "payload": payload, **about})
    return list(READERS[door](f"id: 1\ndata: {raw}\n" if door == "sse" else raw))


def answered(door: str, **answer: Any) -> list[Observation]:
    if door == "socketio":
        return list(READERS[door](f"43/halls,12{json.dumps([answer])}"))
    raw = json.dumps({"requestId": "12", **answer})
    return list(READERS[door](f"data: {raw}" if door == "sse" else raw))


@pytest.mark.parametrize("door", READERS)
def test_each_door_says_the_same(door: str) -> None:
    assert said(door, "hall:said", {"text": "x"}, **META) == [Received("hall:1", PLACE, "hall:said", {"text": "x"})]
    assert said(door, "hidden", None, **META) == [Received("hall:1", PLACE, "hidden", None)]
    assert said(door, "room:left", {"reason": ""}, room="hall:1") == [Left("hall:1")]
    reset = said(door, "room:reset", {"position": POSITION, "reason": "epoch"}, room="hall:1")
    assert reset == [Reset("hall:1", PLACE, "epoch")]
    rooms = {"hall:1": {"position": POSITION, "recovered": True}, "vault:1": {"reason": "FORBIDDEN"}}
    began = [Began("hall:1", PLACE, True, None), Began("vault:1", None, None, "FORBIDDEN")]
    for name in ("session:ready", "rooms:entered"):
        assert said(door, name, {"rooms": rooms}) == began


@pytest.mark.parametrize("door", READERS)
def test_an_answer_says_where_the_rooms_begin_that_it_is_about(door: str) -> None:
    joined = {"success": True, "data": {"room": "hall:1", "position": POSITION}}
    assert answered(door, **joined)[:-1] == [Began("hall:1", PLACE)]
    resumed = {"success": True, "data": {"hall:1": {"position": POSITION, "recovered": False}, "count": 3}}
    assert answered(door, **resumed)[:-1] == [Began("hall:1", PLACE, False)]
    [only] = answered(door, success=False, error={"code": "CONFLICT"})
    assert isinstance(only, Answered)
    assert (only.request, only.answer["error"]) == ("12", {"code": "CONFLICT"})


@pytest.mark.parametrize("door", READERS)
def test_what_is_said_in_passing_says_nothing_of_a_rooms_log(door: str) -> None:
    assert said(door, "hall:waved", {}, room="hall:1", eventId="x") == []
    assert said(door, "bye", {"code": 1012}) == []


@pytest.mark.parametrize(
    ("door", "raw"), [("socketio", "2"), ("socketio", "40/halls,{}"), ("socketio", "3probe"), ("sse", ": still there")]
)
def test_other_packets_say_nothing(door: str, raw: str) -> None:
    assert list(READERS[door](raw)) == []
