"""Limits as clients meet them, in one process."""

import pytest

from realtime.testing.client import Closed
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_too_many_commands_are_refused_with_the_time_to_wait_and_the_connection_lives(connect: Connect) -> None:
    client = await connect(token="7")
    answers = [await client.ask("session:ping") for _ in range(120)]
    refused = [answer["error"] for answer in answers if not answer["success"]]
    assert refused[0]["code"] == "RATE_LIMITED"
    assert refused[0]["retryable"]
    assert refused[0]["retryAfter"] > 0
    assert sum(answer["success"] for answer in answers) >= 60 - 1  # opening the session took the first point
    assert client.closed is None


async def test_who_goes_on_for_long_without_waiting_loses_the_connection(connect: Connect) -> None:
    client = await connect(token="7")
    with pytest.raises((Closed, AssertionError)):
        for _ in range(5000):
            await client.ask("session:ping")
    assert await client.ended() == 4508


async def test_a_person_has_so_many_connections_and_gets_another_for_each_that_ends(connect: Connect) -> None:
    clients = [await connect(token="7") for _ in range(10)]
    for client in clients:
        await client.ready()
    refused = await connect(token="7")
    assert await refused.ended() == 4429
    [error] = [frame["payload"] for frame in refused.frames if frame["type"] == "error"]
    assert (error["code"], error["retryAfter"] > 0) == ("RATE_LIMITED", True)
    other = await connect(token="8")
    await other.ready()
    await clients[0].close()
    again = await connect(token="7")
    await again.ready()
