"""The way to Redis: what is asked in one batch is carried out in its order."""

from collections.abc import Iterator

import pytest

from realtime.people.redis_link import RedisLink, Script
from realtime.testing.clock import FakeClock
from tests.services import redis_url


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    address, server = redis_url()
    yield address
    if server:
        server.stop()


async def test_a_script_that_redis_does_not_know_yet_is_not_overtaken(url: str) -> None:
    write, read = Script("return redis.call('INCR', KEYS[1])"), Script("return redis.call('GET', KEYS[1])")
    link = RedisLink(url, FakeClock())
    key = ["link:order"]
    await link.run([read.call(key, [])])
    assert await link.run([write.call(key, []), read.call(key, [])]) == [1, "1"]
    await link.close()
