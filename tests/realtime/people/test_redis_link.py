"""The way to Redis: what is asked in one batch is carried out in its order."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from redis.asyncio.client import Pipeline

from realtime.errors import Unavailable
from realtime.people.redis_link import RedisLink, Script
from realtime.testing.clock import FakeClock
from tests.services import redis_url


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    address, server = redis_url()
    yield address
    if server:
        server.stop()


@pytest.fixture
async def link(url: str) -> AsyncIterator[RedisLink]:
    made = RedisLink(url, FakeClock())
    yield made
    await made.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collects how many commands each round trip has."""
    made: list[int] = []
    execute = Pipeline.execute

    async def counted(self: Any, raise_on_error: bool = True) -> Any:
        made.append(len(self))
        return await execute(self, raise_on_error)

    monkeypatch.setattr(Pipeline, "execute", counted)
    return made


async def test_a_crowd_needs_few_round_trips_and_is_no_outage(
    link: RedisLink, trips: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """As many as would need a connection each are more than the client's pool has."""
    count = Script("return {KEYS[1], ARGV[1]}")
    crowd = [link.run([("PING",), count.call(["link:crowd"], [number])]) for number in range(1_000)]
    answers = await asyncio.gather(*crowd)
    assert answers == [[True, ["link:crowd", str(number)]] for number in range(1_000)]
    assert len(trips) <= 3
    assert caplog.records == []


async def test_who_is_refused_is_refused_alone(link: RedisLink) -> None:
    await link.run([("SET", "link:text", "words")])

    async def tried(commands: Sequence[Any]) -> Any:
        try:
            return await link.run(commands)
        except Unavailable:
            return "refused"

    asked = [[("GET", "link:text")], [("INCR", "link:text"), ("GET", "link:text")], [("GET", "link:text")]]
    assert await asyncio.gather(*map(tried, asked)) == [["words"], "refused", ["words"]]


async def test_who_does_not_wait_any_more_takes_nothing_from_the_others(link: RedisLink) -> None:
    await link.run([("DEL", "link:count")])
    asked = [asyncio.ensure_future(link.run([("INCR", "link:count")])) for _ in range(20)]
    await asyncio.sleep(0)
    for leaving in asked[::2]:
        leaving.cancel()
    assert len({number for [number] in await asyncio.gather(*asked[1::2])}) == 10


async def test_a_script_that_redis_does_not_know_yet_is_not_overtaken(url: str) -> None:
    write, read = Script("return redis.call('INCR', KEYS[1])"), Script("return redis.call('GET', KEYS[1])")
    link = RedisLink(url, FakeClock())
    key = ["link:order"]
    await link.run([read.call(key, [])])
    assert await link.run([write.call(key, []), read.call(key, [])]) == [1, "1"]
    await link.close()
