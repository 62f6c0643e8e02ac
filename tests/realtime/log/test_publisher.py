"""Hints from processes that are no servers, over a real Redis."""

import asyncio
import os

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.test import override_settings
from pytest_django import Settings
from redis import Redis

import realtime
from realtime.hub import current_hub
from realtime.hub import layer as layer_module
from realtime.log import after_commit
from realtime.log.events import StoredEvent
from realtime.log.hints import MESSAGE_TYPE, decode, group_name
from realtime.log.publisher import Publisher, publisher
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.environment import channel_layer
from tests.realtime.examples import BenchRoom, Poke, Spoken
from tests.realtime.halls import AUTHENTICATOR
from tests.realtime.hub.hall import until
from tests.services import Valkey

pytestmark = pytest.mark.django_db(transaction=True)

BENCH = BenchRoom(1)


@pytest.fixture
def layer_on(valkey: Valkey, settings: Settings) -> Valkey:
    settings.CHANNEL_LAYERS = {"default": channel_layer(valkey.url)}
    return valkey


def speak(*texts: str) -> None:
    with realtime.atomic():
        for text in texts:
            realtime.emit(BENCH, Spoken(text=text))
        realtime.emit(BENCH, Poke(who=1))


async def test_a_commit_of_this_process_is_heard_by_others(layer_on: Valkey) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(await asyncio.to_thread(group_name, BENCH.name), channel)
    await asyncio.to_thread(speak, "one", "two")
    message = await layer.receive(channel)
    assert message["type"] == MESSAGE_TYPE
    hint = decode(message["hint"])
    assert hint is not None
    assert [event.payload for event in hint.events] == [b'{"text":"one"}', b'{"text":"two"}', b'{"who":1}']
    assert [event.seq for event in hint.events if isinstance(event, StoredEvent)] == [1, 2]


async def test_a_bulk_wakes_the_others_once_instead_of_telling_every_room(
    layer_on: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "_PRESENT_SECONDS", 3600)  # what the hub says of itself is published too
    never = settings.REALTIME | {"AUTHENTICATOR": AUTHENTICATOR, "SWEEP_SECONDS": 3600, "WATCH_SECONDS": 3600}
    with override_settings(REALTIME=never):
        hub = await current_hub()
        client = await JsonClient.in_process(websocket_application, "/ws/halls/")
        try:
            await client.tell("hall:join", {"hallId": 200})
            await subscribed(layer_on, "")
            await until(lambda: bool(hub.statistics.hints_sent))  # that it begins
            after_commit.detach(hub.receive)  # from here on this process's commits are another's
            before = published(layer_on)
            await asyncio.to_thread(say_in_many_halls)
            await client.event("hall:said")
            await asyncio.to_thread(publisher.flush)
            assert published(layer_on) == before + 1
        finally:
            await client.close()
            await hub.stop()


def say_in_many_halls() -> None:
    with realtime.atomic(max_rooms=200):
        for hall in range(1, 201):
            realtime.emit(HallRoom(hall), Said(text="to all"))


def published(valkey: Valkey) -> int:
    """Returns how often anything was published so far."""
    with Redis.from_url(valkey.url) as redis:
        calls: int = redis.info("commandstats").get("cmdstat_publish", {}).get("calls", 0)
        return calls


async def subscribed(valkey: Valkey, room: str) -> None:
    """Waits until somebody hears the room's group."""
    group = await asyncio.to_thread(group_name, room)
    async with asyncio.timeout(10):
        with Redis.from_url(valkey.url) as redis:
            while not any(group in channel.decode() for channel in redis.pubsub_channels()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


def test_commits_neither_fail_nor_wait_while_redis_is_down(
    layer_on: Valkey, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_failing", False)  # whatever another test has left
    layer_on.stop()
    for number in range(20):
        speak(str(number))
    publisher.flush()
    assert [record.name for record in caplog.records] == ["realtime.log.publisher"]  # said once
    layer_on.start()


def test_a_process_with_a_hub_leaves_the_hints_to_it(layer_on: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[object] = []
    monkeypatch.setattr(publisher, "publish", published.append)
    received: list[object] = []
    after_commit.attach(received.extend)
    try:
        speak("one")
    finally:
        after_commit.detach(received.extend)
    assert (len(received), published) == (2, [])


def test_without_a_shared_layer_nothing_is_started() -> None:
    fresh = Publisher()
    fresh.publish([])
    fresh.flush()
    assert not fresh.started


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_starts_its_own_thread(layer_on: Valkey) -> None:
    speak("in the parent")
    publisher.flush()
    assert publisher.started
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"0" if publisher.started else b"1")
        os._exit(0)
    assert os.read(reader, 1) == b"1"
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)
