"""A hub on its channel layer: what channels_redis' does not bound, what it makes wait, a Redis that comes and goes."""

import asyncio
import errno
import logging
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisSingleShardConnection
from channels_redis.utils import create_pool
from django.conf import settings
from django.test import override_settings
from redis import Redis
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection

import realtime
from realtime.hub import Hub, current_hub
from realtime.hub import layer as layer_module
from realtime.log import after_commit, hints
from realtime.log.events import StoredEvent
from realtime.log.hint_queue import EVENTS_PER_HINT
from realtime.log.hints import group_name
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.environment import channel_layer
from tests.realtime.halls import AUTHENTICATOR, Connect, connect, hub
from tests.realtime.hub.hall import heard, until
from tests.services import Valkey

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 200
VALUES = settings.REALTIME | {
    "AUTHENTICATOR": AUTHENTICATOR,
    # Nothing but hints brings what other processes commit.
    **dict.fromkeys(("SWEEP_SECONDS", "WATCH_SECONDS", "BACKSTOP_SECONDS"), 3600),
    **dict.fromkeys(("CONNECTION_POINTS_BURST", "ANONYMOUS_POINTS_BURST_PER_ADDRESS"), 10 * MANY),
}


class Place:
    """One hub on a layer, with what is open at it."""

    def __init__(self, valkey: Valkey) -> None:
        self.valkey = valkey
        self.hub: Hub
        self.clients: list[JsonClient] = []

    async def connect(self) -> JsonClient:
        client = await JsonClient.in_process(websocket_application, "/ws/halls/")
        self.clients.append(client)
        return client

    @property
    def stock(self) -> Any:
        """What the layer has of this loop."""
        return get_channel_layer()._get_layer()

    async def subscribed(self, *rooms: str) -> None:
        """Waits until Redis counts a listener for each of the rooms' groups."""
        names = [f"asgi__group__{await asyncio.to_thread(group_name, room)}" for room in rooms]

        def all_heard() -> bool:
            with Redis.from_url(self.valkey.url) as redis:
                return all(count for _, count in redis.pubsub_numsub(*names))

        async with asyncio.timeout(30):
            while not await asyncio.to_thread(all_heard):  # noqa: ASYNC110  # Redis tells nobody
                await asyncio.sleep(0.01)

    async def elsewhere(self, hall: int, text: str) -> None:
        """Commits as another process does, whose hint comes through Redis."""
        after_commit.detach(self.hub.receive)
        await realtime.aemit(HallRoom(hall), Said(text=text))
        self.publish(await asyncio.to_thread(group_name, f"hall:{hall}"), hints.WAKE_UP)

    def publish(self, group: str, hint: bytes) -> None:
        with Redis.from_url(self.valkey.url) as redis:
            message = get_channel_layer().serialize({"type": hints.MESSAGE_TYPE, "hint": hint})
            redis.publish(f"asgi__group__{group}", message)


@pytest.fixture
async def place(valkey: Valkey, transactional_db: None) -> AsyncIterator[Place]:
    # A Redis that hangs is waited for as long as it does.
    layers = {"default": channel_layer(f"{valkey.url}?socket_timeout=600")}
    with override_settings(REALTIME=VALUES, CHANNEL_LAYERS=layers):
        place = Place(valkey)
        yield place
        for client in place.clients:
            await client.close()
        await (await current_hub()).stop()


@pytest.fixture
async def running(place: Place) -> Place:
    place.hub = await current_hub()
    await place.subscribed(hints.EVERYBODY)
    return place


async def test_every_room_is_one_group_with_one_channel_however_many_sessions(connect: Connect, hub: Hub) -> None:
    for _ in range(5):
        client = await connect()
        await client.tell("session:resume", {"rooms": {"hall:1": None, "hall:2": None}})
    layer = get_channel_layer()
    groups = {group_name("hall:1"), group_name("hall:2")}
    await until(lambda: groups <= set(layer.groups))
    assert {group: set(layer.groups[group]) for group in groups} == {group: {hub.layer.channel} for group in groups}


async def test_two_hundred_joins_do_not_wait_for_a_publish_that_hangs(running: Place) -> None:
    client = await running.connect()
    (shard,) = running.stock._shards
    running.valkey.pause()
    try:
        await realtime.aemit(HallRoom(1), Said(text="hangs"))
        await until(shard._lock.locked)
        for hall in range(1, MANY + 1):
            assert "position" in await client.tell("hall:join", {"hallId": hall})
        assert shard._lock.locked()  # the publish hangs on, and no group was joined
    finally:
        running.valkey.resume()
    await running.subscribed(*[f"hall:{hall}" for hall in range(1, MANY + 1)])
    await running.elsewhere(MANY, "after the pause")
    await heard(client, "after the pause")


async def test_what_waits_for_the_hub_is_taken_whatever_it_is(running: Place) -> None:
    client = await running.connect()
    await client.tell("hall:join", {"hallId": 1})
    await running.subscribed("hall:1")
    group = await asyncio.to_thread(group_name, "hall:1")

    def flood() -> None:
        with Redis.from_url(running.valkey.url) as redis:
            pipeline = redis.pipeline(transaction=False)
            for _ in range(1000):
                pipeline.publish(f"asgi__group__{group}", b"\xc1 no MessagePack")
                pipeline.publish(f"asgi__group__{group}", get_channel_layer().serialize({"no": "hint"}))
                pipeline.publish(f"asgi__group__{group}", get_channel_layer().serialize({"hint": b"\x01damaged"}))
            pipeline.execute()

    await asyncio.to_thread(flood)
    await running.elsewhere(1, "behind the flood")
    await heard(client, "behind the flood")
    await until(running.stock.channels[running.hub.layer.channel].empty)


async def test_a_hint_that_comes_is_not_written_out_for_a_log(running: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "push_response")  # redis-py makes the text whether or not anybody reads it
    client = await running.connect()
    await client.tell("hall:join", {"hallId": 1})
    await running.subscribed("hall:1")
    await running.elsewhere(1, "quietly")
    await heard(client, "quietly")
    assert not [record for record in caplog.records if record.name == "push_response"]


class Overheard:
    """What goes through the layer to some rooms' groups, from now on, as (room, hint)."""

    def __init__(self, valkey: Valkey, groups: dict[str, str]) -> None:
        self._rooms = {f"asgi__group__{group}".encode(): room for room, group in groups.items()}
        self._redis = Redis.from_url(valkey.url)
        self._subscribed = self._redis.pubsub(ignore_subscribe_messages=True)
        self._subscribed.subscribe(*self._rooms)

    async def next(self) -> tuple[str, hints.Hint | None]:
        """Waits for the next one; None for a hint that carries nothing."""
        async with asyncio.timeout(30):
            while (message := await asyncio.to_thread(self._subscribed.get_message, timeout=1)) is None:
                pass
        return self._rooms[message["channel"]], hints.decode(get_channel_layer().deserialize(message["data"])["hint"])

    def close(self) -> None:
        self._subscribed.close()
        self._redis.close()


@pytest.fixture
async def overheard(place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Overheard]:
    """Of a hub that begins now, and is given no time to hear that others are there."""
    monkeypatch.setattr(layer_module, "_ANSWER_SECONDS", 0)
    monkeypatch.setattr(layer_module, "_PRESENT_SECONDS", 3600)
    names = [hints.EVERYBODY, "hall:1"]
    overheard = Overheard(place.valkey, {name: await asyncio.to_thread(group_name, name) for name in names})
    place.hub = await current_hub()
    yield overheard
    overheard.close()


def another(number: int) -> bytes:
    """Returns what another hub says of itself."""
    said = hints.encode([])
    return said.replace(hints.ORIGIN.encode(), f"{number:016}".encode())


async def speaks(overheard: Overheard, *, own: bool) -> None:
    room, hint = await overheard.next()
    assert room == hints.EVERYBODY
    assert hint is not None
    assert (hint.origin == hints.ORIGIN, hint.events) == (own, [])


async def test_hints_are_sent_only_while_another_hub_is_there(place: Place, overheard: Overheard) -> None:
    everybody = await asyncio.to_thread(group_name, hints.EVERYBODY)
    await speaks(overheard, own=True)  # it begins
    await until(lambda: place.hub.layer._hears_until > 0)
    await realtime.aemit(HallRoom(1), Said(text="to nobody"))
    place.publish(everybody, another(1))
    await speaks(overheard, own=False)
    await speaks(overheard, own=True)  # whom it did not know
    await realtime.aemit(HallRoom(1), Said(text="to another"))
    room, hint = await overheard.next()
    assert room == "hall:1"
    assert hint is not None
    assert [event.payload for event in hint.events] == [b'{"text":"to another"}']
    link = place.hub.layer
    link._others_until = place.hub.loop.time()  # for so long nothing was heard of it
    await realtime.aemit(HallRoom(1), Said(text="to nobody again"))
    place.publish(everybody, another(1))
    await speaks(overheard, own=False)
    await until(lambda: link._others_until > place.hub.loop.time())
    # Deaf: for so long it has not heard its own word either.
    link._others_until = link._hears_until = place.hub.loop.time()
    await realtime.aemit(HallRoom(1), Said(text="to whoever is there"))
    assert (await overheard.next())[0] == "hall:1"


async def test_who_speaks_while_a_hub_still_joins_is_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have heard of it by then, and answer nobody twice."""
    monkeypatch.setattr(layer_module, "_ANSWER_SECONDS", 0)
    monkeypatch.setattr(layer_module, "_PRESENT_SECONDS", 3600)
    everybody = await asyncio.to_thread(group_name, hints.EVERYBODY)
    join = layer_module.LayerLink._reconcile

    async def joining(link: layer_module.LayerLink) -> None:
        await join(link)
        if not link._others:
            place.publish(everybody, another(1))
            await until(lambda: link._others and place.hub.statistics.hints_sent == 1)

    monkeypatch.setattr(layer_module.LayerLink, "_reconcile", joining)
    place.hub = await current_hub()
    await until(lambda: place.hub.statistics.hints_sent == 2)
    await realtime.aemit(HallRoom(1), Said(text="to another"))
    await until(lambda: place.hub.statistics.hints_sent == 3)


async def test_a_hub_says_that_it_is_there_however_much_it_has_to_tell(place: Place, overheard: Overheard) -> None:
    await speaks(overheard, own=True)
    place.publish(await asyncio.to_thread(group_name, hints.EVERYBODY), another(1))
    await speaks(overheard, own=False)
    await speaks(overheard, own=True)
    waiting = [StoredEvent("hall:1", "epoch", seq, "hall:said", b"{}", 0) for seq in range(1, 2 * EVENTS_PER_HINT)]
    place.hub.layer.publish(waiting)
    place.hub.layer._say_present()
    await speaks(overheard, own=True)
    assert [(await overheard.next())[0] for _ in range(2)] == ["hall:1", "hall:1"]


async def test_a_hub_that_could_not_send_believes_that_others_are_there(place: Place, overheard: Overheard) -> None:
    await speaks(overheard, own=True)
    link = place.hub.layer
    place.valkey.stop()
    link._say_present()
    await until(lambda: not link.healthy)
    place.valkey.start()
    link._say_present()
    await until(lambda: link._sends)
    sent = place.hub.statistics.hints_sent
    await realtime.aemit(HallRoom(1), Said(text="to whoever is there"))
    await until(lambda: place.hub.statistics.hints_sent > sent)


async def test_a_hub_that_has_ended_leaves_no_queue_behind(running: Place) -> None:
    client = await running.connect()
    await client.tell("hall:join", {"hallId": 1})
    await running.subscribed("hall:1")
    await running.hub.stop()
    assert (running.stock.channels, running.stock.groups) == ({}, {})


async def test_while_redis_is_down_nothing_grows_with_the_attempts(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "_RETRY_SECONDS", 0)
    place.valkey.stop()
    place.hub = await current_hub()
    client = await place.connect()
    for hall in range(1, 21):
        await client.tell("hall:join", {"hallId": hall})
    attempts, publish = [], RedisSingleShardConnection.publish

    async def counted(shard: RedisSingleShardConnection, channel: str, message: bytes) -> None:
        attempts.append(channel)
        await publish(shard, channel, message)

    monkeypatch.setattr(RedisSingleShardConnection, "publish", counted)
    await until(lambda: len(attempts) > 50)
    assert (place.stock.channels, place.stock.groups) == ({}, {})
    place.valkey.start()
    await place.subscribed("hall:20")
    assert len(place.stock.channels) == 1
    await place.elsewhere(20, "from the first on")
    await heard(client, "from the first on")


# Its reader and a subscriber may both connect again; the one that is too many is closed by the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_redis_that_was_restarted_is_heard_again(running: Place) -> None:
    client = await running.connect()
    await client.tell("hall:join", {"hallId": 1})
    await running.subscribed("hall:1")
    running.valkey.stop()
    await client.tell("hall:join", {"hallId": 2})
    running.valkey.start()
    await running.subscribed(hints.EVERYBODY, "hall:1", "hall:2")
    for hall in (1, 2):
        await running.elsewhere(hall, f"in hall {hall}")
        await heard(client, f"in hall {hall}")


async def test_a_connection_that_the_network_loses_holds_nobody_up(running: Place) -> None:
    client = await running.connect()
    await client.tell("hall:join", {"hallId": 1})
    await running.subscribed("hall:1")
    alarms: list[int] = []

    def alarm(number: int, frame: object) -> None:
        alarms.append(number)
        raise ZeroDivisionError("The loop does nothing else any more.")

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 10, 10)
    try:
        # What a transport says whose keepalives go unanswered.
        lost = TimeoutError(errno.ETIMEDOUT, "Connection timed out")
        running.stock._shards[0]._pubsub.connection._reader.set_exception(lost)
        await asyncio.sleep(0.5)
        assert "position" in await client.tell("hall:join", {"hallId": 2})
        await running.subscribed("hall:1", "hall:2")
        await running.elsewhere(1, "over a new connection")
        await heard(client, "over a new connection")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not alarms


@pytest.mark.parametrize(
    ("url", "kind", "options"),
    [
        ("redis://", Connection, {}),
        (
            "redis://:p%40ss@cache.example:6380/1",
            Connection,
            {"host": "cache.example", "port": 6380, "password": "p@ss"},
        ),
        ("redis://me:hush@cache.example", Connection, {"username": "me", "password": "hush"}),
        ("rediss://cache.example?ssl_cert_reqs=none", SSLConnection, {"ssl_cert_reqs": "none"}),
        ("unix:///run/redis.sock", UnixDomainSocketConnection, {"path": "/run/redis.sock"}),
    ],
)
def test_addresses_are_those_of_redis_py(url: str, kind: type, options: dict[str, object]) -> None:
    (host,) = channel_layer(url)["CONFIG"]["hosts"]
    pool = create_pool(host)
    assert pool.connection_class is kind
    assert options.items() <= pool.connection_kwargs.items()
    assert pool.make_connection()._parser.__class__.__module__ == "realtime.log.redis_parser"


async def test_a_password_is_used_and_a_wrong_one_never_told(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as client:
        client.acl_setuser("writer", enabled=True, passwords=["+right"], commands=["+@all"], channels=["*"])
    host = valkey.url.removeprefix("redis://")
    for password in ("guess", "right"):
        with override_settings(CHANNEL_LAYERS={"default": channel_layer(f"redis://writer:{password}@{host}")}):
            if password == "right":
                await get_channel_layer().group_send("g", {})
                continue
            with pytest.raises(Exception, match="invalid username-password pair") as refusal:
                await get_channel_layer().group_send("g", {})
            assert password not in str(refusal.value)
