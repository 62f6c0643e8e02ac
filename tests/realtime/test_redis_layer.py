"""The channel layer over a real Redis: what it carries, and what happens when Redis is not there."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from asgiref.sync import async_to_sync
from redis import Redis

from realtime.redis_layer import RedisLayer
from realtime.redis_layer import layer as layer_module
from realtime.redis_layer import link as link_module
from realtime.redis_layer.link import RedisRefused
from tests.services import Valkey


@pytest.fixture
async def layers(redis: str) -> AsyncIterator[tuple[RedisLayer, RedisLayer]]:
    """Two processes' ends, as far as Redis can tell."""
    here, there = RedisLayer(redis), RedisLayer(redis)
    yield here, there
    await here.flush()
    await there.flush()


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110  # Redis tells nobody
            await asyncio.sleep(0.01)


async def test_a_group_hears_what_another_process_sends_in_its_order(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    channels = [await here.new_channel(), await here.new_channel()]
    for channel in channels:
        await here.group_add("readers", channel)
    for number in range(100):
        await there.group_send("readers", {"type": "told", "number": number, "bytes": b"\x00\xff"})
    for channel in channels:
        heard = [await here.receive(channel) for _ in range(100)]
        assert heard == [{"type": "told", "number": number, "bytes": b"\x00\xff"} for number in range(100)]


async def test_many_senders_at_once_each_get_their_own_answer(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    channel = await here.new_channel()
    await asyncio.gather(*[there.send(channel, {"number": number}) for number in range(500)])
    assert [(await here.receive(channel))["number"] for _ in range(500)] == list(range(500))


async def test_a_channel_hears_what_is_sent_to_it_alone(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    mine, other = await here.new_channel("hub"), await here.new_channel("hub")
    await there.send(other, {"to": "other"})
    await there.send(mine, {"to": "mine"})
    assert await here.receive(mine) == {"to": "mine"}


async def test_a_message_larger_than_any_read_arrives_whole(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    channel = await here.new_channel()
    text = "čaj" * 1_000_000
    await there.send(channel, {"text": text})
    assert await here.receive(channel) == {"text": text}


async def test_who_has_left_a_group_hears_nothing_of_it(layers: tuple[RedisLayer, RedisLayer], redis: str) -> None:
    here, there = layers
    first, second = await here.new_channel(), await here.new_channel()
    for channel in (first, second):
        await here.group_add("g", channel)
    await here.group_discard("g", first)
    await there.group_send("g", {"n": 1})
    assert await here.receive(second) == {"n": 1}
    await there.send(first, {"n": 2})
    assert await here.receive(first) == {"n": 2}
    await here.group_discard("g", second)
    assert "asgi:group:g" not in heard_of(redis)


async def test_a_consumer_that_goes_leaves_nothing_behind(layers: tuple[RedisLayer, RedisLayer], redis: str) -> None:
    here, _ = layers
    channel = await here.new_channel()
    await here.group_add("left", channel)
    reading = asyncio.create_task(here.receive(channel))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    async def forgotten() -> bool:
        return not {"asgi:group:left", f"asgi:channel:{channel}"} & heard_of(redis)

    await soon(forgotten)


def heard_of(url: str) -> set[str]:
    with Redis.from_url(url) as client:
        return {channel.decode() for channel in client.pubsub_channels()}


async def test_a_full_channel_loses_its_oldest(
    layers: tuple[RedisLayer, RedisLayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "_CAPACITY", 3)
    here, there = layers
    full, last = await here.new_channel(), await here.new_channel()
    for number in range(5):
        await there.send(full, {"n": number})
    await there.send(last, {})
    await here.receive(last)
    assert [(await here.receive(full))["n"] for _ in range(3)] == [2, 3, 4]


async def test_a_channel_of_another_process_cannot_be_added(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    channel = await here.new_channel()
    with pytest.raises(RuntimeError, match="another event loop or process"):
        await there.group_add("g", channel)


def test_code_without_an_event_loop_can_send(redis: str) -> None:
    layer = RedisLayer(redis)

    async def main() -> None:
        channel = await layer.new_channel()
        await asyncio.to_thread(async_to_sync(layer.send), channel, {"from": "a thread"})
        assert await layer.receive(channel) == {"from": "a thread"}

    asyncio.run(main())
    assert layer._exchanges == {}  # the loops have ended, and with them their connections


async def test_a_layer_can_be_used_again_after_it_was_flushed(layers: tuple[RedisLayer, RedisLayer]) -> None:
    here, there = layers
    await here.flush()  # before its first use, too
    before = await here.new_channel()
    await here.flush()
    after = await here.new_channel()
    await there.send(before, {"n": 1})
    await there.send(after, {"n": 2})
    assert await here.receive(after) == {"n": 2}


async def test_groups_are_heard_again_after_redis_was_restarted(valkey: Valkey) -> None:
    here, there = RedisLayer(valkey.url), RedisLayer(valkey.url)
    channel = await here.new_channel()
    await here.group_add("g", channel)
    valkey.stop()
    with pytest.raises(ConnectionError, match="Redis"):
        while True:  # what is on its way when the connection goes is refused too
            await there.group_send("g", {})
    valkey.start()

    async def sent() -> bool:
        try:
            await there.group_send("g", {"after": "the restart"})
        except ConnectionError:
            return False
        return "asgi:group:g" in heard_of(valkey.url)

    await soon(sent)
    await there.group_send("g", {"after": "the restart"})
    assert await here.receive(channel) == {"after": "the restart"}
    await here.flush()
    await there.flush()


async def test_a_redis_that_hangs_refuses_in_time_and_is_used_again(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "_PATIENCE_SECONDS", 0.2)
    layer = RedisLayer(valkey.url)
    channel = await layer.new_channel()
    valkey.pause()
    try:
        with pytest.raises(ConnectionError, match="Redis"):
            async with asyncio.timeout(20):
                await layer.send(channel, {})
    finally:
        valkey.resume()

    async def sent() -> bool:
        try:
            await layer.send(channel, {"back": True})
        except ConnectionError:
            return False
        return True

    await soon(sent)
    while await layer.receive(channel) != {"back": True}:
        pass
    await layer.flush()


async def test_what_is_not_redis_is_said_to_be_not(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1") as server:
        layer = RedisLayer(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(ConnectionError, match="does not speak like Redis"):
            await layer.send("x", {})
        await layer.flush()
    assert not caplog.records


async def test_a_wrong_password_is_said_without_telling_it(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as client:
        client.acl_setuser(
            "writer", enabled=True, passwords=["+right"], commands=["+@all"], channels=["asgi:group:mine"]
        )
    host = valkey.url.removeprefix("redis://")
    wrong = RedisLayer(f"redis://writer:guess@{host}")
    with pytest.raises(ConnectionError, match="WRONGPASS") as refusal:
        await wrong.send("x", {})
    assert "guess" not in str(refusal.value)
    await wrong.flush()
    right = RedisLayer(f"redis://writer:right@{host}")
    await right.group_send("mine", {})
    with pytest.raises(RedisRefused, match="NOPERM"):
        await right.group_send("not mine", {})
    await right.group_send("mine", {})  # the refusal went to its own command
    await right.flush()


def test_addresses_are_read_as_redis_py_reads_them() -> None:
    secure = RedisLayer("rediss://me:p%40ss@cache.example:6380/1?ssl_cert_reqs=none")._address
    assert (secure.host, secure.port, secure.credentials) == ("cache.example", 6380, (b"AUTH", b"me", b"p@ss"))
    assert secure.tls is not None
    assert secure.tls.verify_mode is ssl.CERT_NONE
    assert RedisLayer("unix:///run/redis.sock")._address.path == "/run/redis.sock"
    plain = RedisLayer("redis://")._address
    assert (plain.host, plain.port, plain.tls, plain.credentials) == ("localhost", 6379, None, ())
    with pytest.raises(ValueError, match="scheme"):
        RedisLayer("http://localhost")
