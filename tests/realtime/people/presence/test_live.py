"""Presence over two real server processes on one Valkey: moves, kills, reloads, a Redis that is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import Any

import pytest

from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.halls import server_environment
from tests.services import Valkey

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

HALL = {"hallId": 1}
LEASE_SECONDS = 3
GHOST_SECONDS = LEASE_SECONDS * 5 / 3
"""The longest that somebody whose process was killed may still be counted: a lease, and a beat of the others."""


@pytest.fixture
def servers(transactional_db: None, valkey: Valkey) -> Iterator[list[ServerProcess]]:
    environment = server_environment(REDIS_URL=valkey.url, HALLS_LEASE_SECONDS=str(LEASE_SECONDS))
    with ThreadPoolExecutor(2) as starters:
        started = list(starters.map(lambda _: ServerProcess(environment=environment), range(2)))
    yield started
    for server in started:
        server.stop()


class Clients:
    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def enter(self, server: ServerProcess, user: int | None) -> tuple[JsonClient, dict[str, Any]]:
        """Opens a client (user None: anonymous) and enters the hall; returns it and the answer."""
        token = str(user) if user else None
        client = await JsonClient.over_socket(server.ws("/halls"), token=token)
        await self._stack.enter_async_context(client)
        return client, await client.tell("hall:join", HALL)

    async def close(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients()
    yield made
    await made.close()


def changes(client: JsonClient) -> list[tuple[str, int]]:
    return [
        (frame["type"], frame["payload"]["userId"])
        for frame in client.frames
        if frame.get("type", "").startswith("user:")
    ]


def people(answer: dict[str, Any]) -> set[int]:
    return {user["userId"] for user in answer["users"]}


async def test_people_on_both_processes_see_each_other_come_and_go(
    servers: list[ServerProcess], clients: Clients
) -> None:
    first, _ = await clients.enter(servers[0], 1)
    second, joined = await clients.enter(servers[1], 2)
    assert people(joined) == {1, 2}
    assert (await first.event("user:joined"))["payload"]["userCount"] == 2
    third, joined = await clients.enter(servers[1], 1)
    assert joined["userCount"] == 2
    await first.tell("room:unsubscribe", {"room": "hall:1"})
    await third.tell("room:unsubscribe", {"room": "hall:1"})
    left = (await second.event("user:left"))["payload"]
    assert (left["userId"], left["userCount"]) == (1, 1)
    assert changes(second) == [("user:left", 1)]


async def test_a_reload_storm_over_processes_does_not_flicker_and_ends_in_exact_counts(
    servers: list[ServerProcess], clients: Clients
) -> None:
    watcher, _ = await clients.enter(servers[0], 99)
    readers = [await clients.enter(servers[user % 2], user) for user in range(1, 11)]
    for round_number in range(3):
        await asyncio.gather(*(client.cut() for client, _ in readers))
        readers = [await clients.enter(servers[(user + round_number) % 2], user) for user in range(1, 11)]
    listed = await watcher.tell("presence:list", {"room": "hall:1"})
    assert people(listed) == {99, *range(1, 11)}
    found = changes(watcher)
    assert sorted(user for kind, user in found if kind == "user:joined") == list(range(1, 11))
    assert [change for change in found if change[0] == "user:left"] == []


async def test_a_killed_process_leaves_no_ghost_beyond_its_lease(
    servers: list[ServerProcess], clients: Clients
) -> None:
    watcher, _ = await clients.enter(servers[0], 1)
    ghost, _ = await clients.enter(servers[1], 2)
    await clients.enter(servers[1], 3)
    await clients.enter(servers[1], None)
    await watcher.event("user:joined")
    await watcher.event("user:joined")
    servers[1].kill()
    await ghost.ended()
    _, joined = await clients.enter(servers[0], 3)
    assert 3 in people(joined)
    left = await watcher.event("user:left", within=GHOST_SECONDS + 5)
    assert (left["payload"]["userId"], left["payload"]["disconnected"]) == (2, True)
    listed = await watcher.tell("presence:list", {"room": "hall:1"})
    assert (people(listed), listed["guestCount"]) == ({1, 3}, 0)
    assert ("user:left", 3) not in changes(watcher)


async def test_people_of_a_process_that_ends_in_order_are_not_gone_when_they_come_back(
    servers: list[ServerProcess], clients: Clients
) -> None:
    watcher, _ = await clients.enter(servers[0], 1)
    mover, _ = await clients.enter(servers[1], 2)
    servers[1].terminate()
    await mover.ended()
    await asyncio.to_thread(servers[1].wait)
    await clients.enter(servers[0], 2)
    await watcher.event("user:reconnected")
    assert ("user:left", 2) not in changes(watcher)


async def test_while_redis_is_away_joins_go_on_and_afterwards_everybody_knows_everybody(
    servers: list[ServerProcess], clients: Clients, valkey: Valkey
) -> None:
    first, _ = await clients.enter(servers[0], 1)
    second, _ = await clients.enter(servers[1], 2)
    await first.event("user:joined")
    valkey.stop()
    third, joined = await clients.enter(servers[0], 3)
    assert {1, 3} <= people(joined)
    valkey.start()
    for client in (first, second, third):
        await client.wait(
            lambda frame: (
                frame.get("type") == "presence:changed"
                and {user["userId"] for user in frame["payload"].get("users", [])} == {1, 2, 3}
            ),
            within=30,
        )
    assert [change for change in changes(first) if change[0] == "user:left"] == []
