"""A connection's seats are taken once, and given back however it ends."""

import asyncio
import dataclasses
from typing import Any

import pytest

from realtime.errors import RateLimited
from realtime.hub import Hub
from realtime.identity import ANONYMOUS, Identity
from realtime.transport.connection import SendingConnection
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "203.0.113.9"
PATIENCE_SECONDS = 20.0


class Gate:
    """A store of seats that answers when it is let."""

    def __init__(self, inner: Any) -> None:
        self.open = asyncio.Event()
        self.asked = asyncio.Event()
        self.takes = 0
        self._inner = inner

    async def take(self, key: str, limit: int) -> bool:
        self.takes += 1
        self.asked.set()
        await self.open.wait()
        taken: bool = await self._inner.take(key, limit)
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def gate(hub: Hub) -> Gate:
    assert hub.limiter is not None
    gate = hub.limiter._seats = Gate(hub.limiter._seats)  # type: ignore[assignment]  # as the store behind it
    return gate


async def nothing(event: dict[str, Any]) -> None:
    return None


def connection_of(hub: Hub) -> SendingConnection:
    connection = SendingConnection(hub.write_batch, nothing, limit=1000, address=ADDRESS)
    hub.add_connection(connection)
    return connection


@pytest.mark.parametrize("given_up", [False, True])
async def test_a_connection_that_ends_while_its_seat_is_being_taken_keeps_none(
    hub: Hub, gate: Gate, given_up: bool
) -> None:
    assert hub.limiter is not None
    connection = connection_of(hub)
    taking = asyncio.create_task(hub.seat(connection, Identity(user_id=7)))
    await gate.asked.wait()
    if given_up:
        taking.cancel()
    connection.lost()
    hub.remove_connection(connection)
    gate.open.set()
    await asyncio.gather(taking, return_exceptions=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while hub.limiter._taken:  # noqa: ASYNC110  # given back by a task of the hub
            await asyncio.sleep(0.01)
    assert connection.seats is None


async def test_two_namespaces_at_once_take_a_seat_once(hub: Hub, gate: Gate) -> None:
    assert hub.limiter is not None
    connection = connection_of(hub)
    gate.open.set()
    people = [Identity(user_id=7), Identity(user_id=7), Identity(user_id=8)]
    await asyncio.gather(*(hub.seat(connection, person) for person in people))
    assert sorted(connection.seats or ()) == [f"address:{ADDRESS}", "user:7", "user:8"]
    assert dict(hub.limiter._taken) == {f"address:{ADDRESS}": 1, "user:7": 1, "user:8": 1}
    connection.lost()
    hub.remove_connection(connection)


async def test_signing_in_at_an_address_without_a_seat_left_needs_no_second_one(hub: Hub) -> None:
    assert hub.limiter is not None
    hub.limiter.limits = dataclasses.replace(hub.limiter.limits, seats_per_address=1, seats_per_user=1)
    first, second = connection_of(hub), connection_of(hub)
    await hub.seat(first, ANONYMOUS)
    await hub.seat(first, Identity(user_id=7))
    with pytest.raises(RateLimited):
        await hub.seat(second, ANONYMOUS)
    for connection in (first, second):
        connection.lost()
        hub.remove_connection(connection)
