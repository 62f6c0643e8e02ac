"""A connection to Redis that the network has lost is an error at once; a moment without an answer is none."""

import asyncio
import errno
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from redis._parsers.encoders import Encoder
from redis.exceptions import ConnectionError as LostConnection

from realtime.log.redis_parser import Parser

pytestmark = pytest.mark.either_database


@pytest.fixture
async def reader() -> asyncio.StreamReader:
    return asyncio.StreamReader()


@pytest.fixture
def parser(reader: asyncio.StreamReader) -> Any:
    made = Parser(socket_read_size=4096)
    made.on_connect(SimpleNamespace(_reader=reader, encoder=Encoder("utf-8", "strict", False)))
    return made


async def test_what_redis_says_is_returned(parser: Any, reader: asyncio.StreamReader) -> None:
    reader.feed_data(b"+PONG\r\n")
    assert await parser.read_response() == b"PONG"


async def test_what_the_system_calls_a_timeout_is_a_lost_connection(parser: Any, reader: asyncio.StreamReader) -> None:
    reader.set_exception(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
    with pytest.raises(LostConnection, match="timed out"):
        await parser.read_response()


async def test_a_moment_that_a_reader_gives_itself_is_only_over(parser: Any, reader: asyncio.StreamReader) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await parser.read_response()
    reader.feed_data(b"+PONG\r\n")
    assert await parser.read_response() == b"PONG"


async def test_what_was_published_is_handed_on_and_written_out_for_no_log(
    parser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "push_response")  # redis-py makes the text whether or not anybody reads it
    published = [b"message", b"group", b"hint"]
    assert await parser.handle_pubsub_push_response(published) is published
    assert caplog.records == []
