"""Which channel layers reach other processes, and what their errors say."""

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from redis.exceptions import ConnectionError as LostConnection

from realtime.log.layers import answers, reaches_others, said
from tests.services import Valkey

pytestmark = pytest.mark.either_database


def test_only_a_layer_outside_this_process_reaches_others() -> None:
    assert not reaches_others(None)
    assert not reaches_others(InMemoryChannelLayer())
    assert reaches_others(RedisChannelLayer())


async def test_asking_a_layer_leaves_nothing_behind(valkey: Valkey) -> None:
    layer = RedisChannelLayer(hosts=[valkey.url])
    await answers(layer)
    async with layer.connection(0) as link:
        assert await link.keys("*") == []
    await layer.close_pools()


async def test_asking_one_that_is_away_says_so(valkey: Valkey) -> None:
    valkey.stop()
    layer = RedisChannelLayer(hosts=[valkey.url])
    with pytest.raises(LostConnection) as raised:
        async with asyncio.timeout(30):
            await answers(layer)
    assert said(raised.value).startswith("ConnectionError: ")
    valkey.start()


def test_an_error_says_what_it_is_also_where_it_has_no_words() -> None:
    assert said(LostConnection("Connection refused")) == "ConnectionError: Connection refused"
    assert said(TimeoutError()) == "TimeoutError()"
