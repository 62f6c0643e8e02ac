"""What staff do to open connections and what they watch, over sockets."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import override_settings

from livrya.audit.models import AuditEntry
from livrya.settings import REALTIME
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.testing.client import PATIENCE_SECONDS
from social.models import Group
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import person
from tests.social.rooms import group

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

somebody = in_thread(person)


@pytest.fixture(autouse=True)
def asked_here(tmp_path: Path):
    with override_settings(REALTIME=REALTIME | {"INSPECTION_DIR": str(tmp_path)}):
        yield


async def test_a_person_is_put_out_of_every_connection_and_may_come_again(enter: Enter) -> None:
    staff, ada = await somebody("keeper", is_staff=True, is_superuser=True), await somebody("ada")
    here, there, moderator = await enter(ada), await enter(ada, "/social"), await enter(staff, "/admin")
    answer = await moderator.tell("user:disconnect", {"userId": ada.pk, "reason": "Have a break."})
    assert answer == {"userId": ada.pk}
    for client in (here, there):
        assert (await client.event("bye"))["payload"]["reason"] == "Have a break."
        assert await client.ended() == CloseCode.REVOKED
    await enter(ada)
    entry = await in_thread(AuditEntry.objects.get)(act="person:disconnect")
    assert (entry.actor_name, entry.target) == ("keeper", f"person:{ada.pk}")
    refused = await moderator.ask("user:disconnect", {"userId": ada.pk, "reason": "x" * 201})
    assert refused["error"]["code"] == "VALIDATION"


async def test_it_is_told_who_is_connected_in_a_room_and_where_a_person_is(enter: Enter) -> None:
    staff, ada = await somebody("keeper", is_staff=True, is_superuser=True), await somebody("ada")
    await enter(ada)
    moderator = await enter(staff, "/admin")
    for asked in ({"room": f"user:{ada.pk}"}, {"userId": ada.pk}):
        [found] = (await moderator.tell("session:list", asked))["sessions"]
        assert (found["username"], found["namespace"]) == ("ada", "/")
        assert f"user:{ada.pk}" in found["rooms"]
    assert (await moderator.ask("session:list", {}))["error"]["code"] == "VALIDATION"


async def test_a_group_is_closed_and_other_rooms_are_not(enter: Enter) -> None:
    staff = await somebody("keeper", is_staff=True, is_superuser=True)
    made = await in_thread(group)()
    moderator = await enter(staff, "/admin")
    closed = await moderator.tell("room:close", {"room": f"group:{made.pk}", "reason": "Spam."})
    assert closed == {"room": f"group:{made.pk}"}
    assert (await in_thread(Group.objects.get)(pk=made.pk)).end_reason == "Spam."
    for room, code in ((f"group:{made.pk}", "ROOM_NOT_FOUND"), ("book:1", "VALIDATION"), ("nowhere", "NOT_FOUND")):
        assert (await moderator.ask("room:close", {"room": room}))["error"]["code"] == code


async def test_staff_hear_what_is_counted_until_they_leave(enter: Enter, hub: Hub) -> None:
    staff, ada = await somebody("keeper", is_staff=True, is_superuser=True), await somebody("ada")
    made = await in_thread(group)(ada)
    reader = await enter(ada, "/social")
    moderator = await enter(staff, "/admin")
    assert await moderator.tell("stats:subscribe", {"intervalSeconds": 1}) == {"intervalSeconds": 1}
    first = (await moderator.event("room:stats"))["payload"]
    assert (first["connectionRate"], first["messagesPerSecond"], first["errorRate"]) == (None, None, None)
    assert (first["connections"], first["totalUsers"], first["redisMemoryBytes"]) == (2, 2, None)
    assert len(first["processes"]) == 1
    [room] = [room for room in first["rooms"] if room["room"] == f"group:{made.pk}"]
    assert (room["type"], room["userCount"], room["socketCount"], room["rate"]) == ("group", 1, 1, None)
    assert room["createdAt"] == int(made.created_at.timestamp() * 1000)
    await reader.tell("room:join", {"roomId": made.pk})
    await reader.tell("message:send", {"roomId": made.pk, "text": "Ahoy!"})
    await reader.ask("nonsense")
    missing = {"in the room", "over all", "errors"}
    while missing:  # they may have fallen into two intervals
        payload = (await moderator.event("room:stats"))["payload"]
        [room] = [room for room in payload["rooms"] if room["room"] == f"group:{made.pk}"]
        rates = {"in the room": room["rate"], "over all": payload["messagesPerSecond"], "errors": payload["errorRate"]}
        missing -= {name for name, rate in rates.items() if rate}
    await moderator.close()
    await wait_until(lambda: not watching(hub))


async def test_who_subscribes_again_is_told_as_they_say_last_and_zero_ends_it(enter: Enter, hub: Hub) -> None:
    staff = await somebody("keeper", is_staff=True, is_superuser=True)
    moderator = await enter(staff, "/admin")
    for seconds, tasks in ((300, 1), (200, 1), (0, 0)):
        assert await moderator.tell("stats:subscribe", {"intervalSeconds": seconds}) == {"intervalSeconds": seconds}
        await wait_until(lambda: len(watching(hub)) == tasks)  # noqa: B023  # awaited here
    assert (await moderator.ask("stats:subscribe", {"intervalSeconds": 301}))["error"]["code"] == "VALIDATION"
    reader = await enter(await somebody("ada"))
    assert (await reader.ask("stats:subscribe"))["error"]["code"] == "UNKNOWN_COMMAND"


def watching(hub: Hub) -> list[asyncio.Task[None]]:
    return [task for task in hub._tasks if task.get_coro().__qualname__ == "_send_stats"]  # type: ignore[union-attr]


async def wait_until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110  # nobody tells of the end of a task of the hub
            await asyncio.sleep(0.02)
