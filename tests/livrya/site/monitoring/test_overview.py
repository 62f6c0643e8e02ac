"""What staff watch: processes added up, and rates between two looks."""

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from livrya.accounts.services import tokens
from livrya.settings import REALTIME
from livrya.site.monitoring import overview
from livrya.site.monitoring.overview import _RATES, Look, _rates, look
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.commands import running_database_url
from tests.livrya.accounts.doors import in_thread
from tests.livrya.accounts.people import person
from tests.services import Valkey
from tests.social.rooms import group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked_here(tmp_path: Path):
    with override_settings(REALTIME=REALTIME | {"INSPECTION_DIR": str(tmp_path)}):
        yield


somebody = in_thread(person)


@pytest.mark.live
async def test_the_processes_of_the_host_are_added_up_and_a_person_counts_once(tmp_path: Path) -> None:
    ada = await somebody("ada")
    room = await in_thread(group)(ada)
    environment = {"DATABASE_URL": running_database_url(), "VAR_DIR": str(tmp_path)}
    with (
        override_settings(REALTIME=REALTIME | {"INSPECTION_DIR": str(tmp_path / "run")}),
        ServerProcess(environment=environment) as one,
        ServerProcess(environment=environment) as other,
    ):
        clients = []
        for server in (one, other, other):
            token = (await in_thread(tokens.issue)(user=ada)).access
            clients.append(await JsonClient.over_socket(server.ws("social"), token=token))
            await clients[-1].ready()
        shown, _ = await in_thread(look)(None)
        for client in clients:
            await client.close()
    assert (len(shown.processes), shown.connections, shown.total_users) == (2, 3, 1)
    [found] = [found for found in shown.rooms if found.room == f"group:{room.pk}"]
    assert (found.user_count, found.socket_count) == (1, 3)
    assert sum(crowd.rooms for crowd in shown.users_per_room) == shown.total_rooms


def counted(**numbers: int) -> dict[str, int]:
    return dict.fromkeys(_RATES, 0) | numbers


def test_a_rate_counts_what_a_new_process_did_and_not_what_one_did_while_it_was_silent() -> None:
    before = Look(at_ms=10_000, counted={(1, 500): counted(commands=100)}, seqs={})
    after = {
        (1, 500): counted(commands=120),
        (2, 11_000): counted(commands=30),
        (3, 600): counted(commands=5_000),  # it did not answer before
    }
    rates = _rates(before, Look(at_ms=20_000, counted=after, seqs={}))
    assert rates["commands"] == 5.0


@pytest.mark.live
def test_the_memory_of_redis_is_told_while_it_answers() -> None:
    valkey = Valkey()
    with override_settings(REDIS_URL=valkey.url):
        stats, _ = look(None)
        valkey.stop()
        silent, _ = look(None)
    assert stats.redis_memory_bytes is not None
    assert stats.redis_memory_bytes > 0
    assert silent.redis_memory_bytes is None


def test_people_and_sockets_of_a_room_are_added_up_over_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def process(number: int, rooms: dict[str, Any], users: list[int]) -> dict[str, Any]:
        about = {"process": number, "startedAt": 1, "connections": 2, "layer": "memory"}
        return {"rooms": rooms, "users": users, "latenciesMs": [number], "counted": counted() | about}

    answers = [
        process(1, {"book:1": {"users": [7, 8], "sockets": 3, "seq": 5}}, [7, 8]),
        process(
            2,
            {
                "book:1": {"users": [8], "sockets": 1, "seq": 6},
                "book:2": {"users": [], "sockets": 0, "seq": None},
            },
            [8],
        ),
    ]
    monkeypatch.setattr(overview, "ask_processes", lambda question: answers)
    shown, first = look(None)
    assert (shown.connections, shown.total_users, shown.total_rooms, shown.empty_rooms) == (4, 2, 2, 1)
    busiest, empty = shown.rooms
    assert (busiest.room, busiest.user_count, busiest.socket_count, busiest.rate) == ("book:1", 2, 4, None)
    assert (empty.room, empty.user_count, empty.type) == ("book:2", 0, "book")
    assert {crowd.at_least: crowd.rooms for crowd in shown.users_per_room if crowd.rooms} == {0: 1, 2: 1}
    assert first.seqs == {"book:1": 6}
    answers[1]["rooms"]["book:1"]["seq"] = 26
    again, _ = look(Look(at_ms=first.at_ms - 10_000, counted=first.counted, seqs=first.seqs))
    assert 1.5 < (again.rooms[0].rate or 0) <= 2
