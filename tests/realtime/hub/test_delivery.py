"""The hub: order, gaps, other processes' events, history that is lost, and one layer group per room."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.test import override_settings

import realtime
from realtime.hub import Hub, current_hub
from realtime.hub.layer import LayerLink
from realtime.hub.room import RoomState
from realtime.log import after_commit, reading
from realtime.log.events import StoredEvent
from realtime.log.hints import group_name
from realtime.log.reading import Head
from realtime.log.retention import begin_new_epoch
from realtime.models import Event, RoomHead
from realtime.positions import Position
from realtime.testing.client import JsonClient
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import AUTHENTICATOR, Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

HALL = HallRoom(1)


async def say(*texts: str) -> None:
    for text in texts:
        await realtime.aemit(HALL, Said(text=text))


async def heard(client: JsonClient, text: str) -> None:
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == text, anywhere=True)


async def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition that nothing announces."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # nothing to await
            await asyncio.sleep(0.01)


def elsewhere(hub: Hub) -> None:
    """From now on this process's commits reach the hub as another process's would: by the log alone."""
    after_commit.detach(hub.receive)


def deaf(hub: Hub) -> None:
    """From now on the hub learns of nothing by itself, as between two sweeps, or behind hints that come late."""
    elsewhere(hub)
    hub.sweep._sweep = nothing  # type: ignore[method-assign]


async def nothing() -> None:
    pass


async def stored(hub: Hub) -> list[StoredEvent]:
    head = (await hub.handlers.run(reading.heads, [HALL.name]))[HALL.name]
    return await hub.handlers.run(reading.read_page, HALL.name, 0, head.seq, 1000)


def state(hub: Hub) -> RoomState:
    return hub.rooms[HALL.name]


async def test_every_room_is_one_group_with_one_channel_however_many_sessions(connect: Connect, hub: Hub) -> None:
    for _ in range(5):
        client = await connect()
        await client.tell("session:resume", {"rooms": {"hall:1": None, "hall:2": None}})
    layer = get_channel_layer()
    groups = {group_name("hall:1"), group_name("hall:2")}
    await until(lambda: groups <= set(layer.groups))
    assert {group: set(layer.groups[group]) for group in groups} == {group: {hub.layer.channel} for group in groups}


async def test_events_that_come_in_another_order_go_out_in_the_order_of_the_log(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    hub.sweep.wake = lambda: None  # type: ignore[method-assign]
    await say("a", "b", "c", "d")
    for event in reversed(await stored(hub)):
        hub.accept(event)
    await heard(client, "d")
    assert client.texts() == ["a", "b", "c", "d"]


async def test_what_comes_twice_goes_out_once(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await say("a", "b")
    for event in [*await stored(hub), *await stored(hub)]:
        assert not hub.accept(event)
    await say("c")
    await heard(client, "c")
    assert client.texts() == ["a", "b", "c"]


async def test_a_gap_is_closed_from_the_log(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    hub.sweep.wake = lambda: None  # type: ignore[method-assign]
    await say("lost", "seen")
    hub.accept((await stored(hub))[-1])
    await heard(client, "seen")
    assert client.texts() == ["lost", "seen"]


async def enter_many_halls(client: JsonClient) -> None:
    """Enters so many that the backstop's turn of the first one comes long after the test."""
    await client.tell("session:resume", {"rooms": {f"hall:{number}": None for number in range(100, 0, -1)}})


async def test_what_another_process_committed_before_the_first_sweep_arrives_too(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await enter_many_halls(client)
    elsewhere(hub)
    hub.sweep.wake = lambda: None  # type: ignore[method-assign]
    await say("early")
    await heard(client, "early")


async def test_what_is_found_while_a_rooms_head_is_being_read_is_not_forgotten(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await enter_many_halls(client)
    elsewhere(hub)
    hub.sweep.wake = lambda: None  # type: ignore[method-assign]
    before = (await hub.log.heads([HALL.name]))[HALL.name]

    async def older(rooms: list[str]) -> dict[str, Head]:
        return {HALL.name: before}

    state(hub).loaded = False
    await say("meanwhile")
    await hub.sweep._sweep()
    hub.log.heads, now = older, hub.log.heads  # type: ignore[assignment]
    await hub.load([state(hub)])
    hub.log.heads = now  # type: ignore[method-assign]
    await heard(client, "meanwhile")


async def test_what_another_process_committed_arrives_without_any_hint(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    await say("by the sweep")
    await heard(client, "by the sweep")


async def test_a_change_of_the_file_wakes_the_sweep_only_where_no_hint_tells_of_it(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no file to look at")
    await connect()
    asked: list[bool] = []
    brings = True

    def brings_hints(link: LayerLink) -> bool:
        asked.append(brings)
        return brings

    monkeypatch.setattr(LayerLink, "brings_hints", property(brings_hints))
    woken: list[bool] = []
    hub.sweep.wake = lambda: woken.append(brings)  # type: ignore[method-assign]
    await say("heard of")
    seen = len(asked)
    await until(lambda: len(asked) >= seen + 2)
    brings = False
    await say("not heard of")
    await until(lambda: bool(woken))
    assert True not in woken


async def test_the_backstop_finds_what_the_change_cursor_missed(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    hub.sweep._cursor.poll = dict  # type: ignore[method-assign]
    await say("by the backstop")
    await heard(client, "by the backstop")


@dataclass
class Reads:
    """The pages that were read from the log; `meanwhile` runs in the reader's thread behind each of them."""

    count: int = 0
    meanwhile: Callable[[], object] = lambda: None


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    reads, read_page = Reads(), reading.read_page

    def counted(room: str, after: int, until: int, limit: int) -> list[StoredEvent]:
        reads.count += 1
        page = read_page(room, after, until, limit)
        reads.meanwhile()
        return page

    monkeypatch.setattr(reading, "read_page", counted)
    return reads


async def resume(connect: Connect, since: Position) -> JsonClient:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1, "since": {"epoch": since.epoch, "seq": since.seq}})
    return client


async def test_who_comes_back_after_a_restart_reads_for_the_others_too(
    connect: Connect, hub: Hub, reads: Reads
) -> None:
    await say(*map(str, range(200)))  # before this hub knows the room
    epoch, reads.count = (await stored(hub))[0].epoch, 0
    ring = hub.settings.ring_events
    for back in (ring + 50, 1, ring // 2, ring):
        client = await resume(connect, Position(epoch, 200 - back))
        await heard(client, "199")
        assert client.texts() == [str(number) for number in range(200 - back, 200)]
    assert reads.count == 1
    await say("live")
    late = await resume(connect, Position(epoch, 199))
    await heard(late, "live")
    assert (late.texts(), reads.count) == (["199", "live"], 1)


async def test_a_page_that_was_read_before_a_deletion_is_shown_to_nobody_after_it(
    connect: Connect, hub: Hub, reads: Reads
) -> None:
    await realtime.aemit(HALL, Said(text="regretted"), ref="said:1")
    epoch = (await stored(hub))[0].epoch

    def regret() -> None:
        reads.meanwhile = lambda: None
        with realtime.atomic():
            realtime.blank(ref="said:1")
        deadline = time.monotonic() + 10
        while state(hub).seq < 2 and time.monotonic() < deadline:
            time.sleep(0.01)

    reads.meanwhile = regret
    first = await resume(connect, Position(epoch, 0))
    await first.wait(lambda frame: frame.get("seq") == 2, anywhere=True)
    second = await resume(connect, Position(epoch, 0))
    await second.wait(lambda frame: frame.get("seq") == 2, anywhere=True)
    assert second.texts() == [None, None]


async def test_a_restored_database_resets_the_room(connect: Connect, hub: Hub) -> None:
    await say("a")
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, epoch="another")
    await say("b")
    reset = await client.event("room:reset")
    assert reset["payload"] == {"reason": "epoch", "position": {"epoch": "another", "seq": 2}}
    await say("c")
    await heard(client, "c")
    assert [event["seq"] for event in client.events()] == [3]


async def test_a_new_epoch_is_noticed_by_servers_that_are_running(connect: Connect, hub: Hub) -> None:
    await say("a")
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    elsewhere(hub)
    hub.sweep._compare_some_heads = nothing  # type: ignore[method-assign]
    await hub.handlers.run(begin_new_epoch)
    reset = await client.event("room:reset")
    head = await hub.handlers.run(RoomHead.objects.get, room=HALL.name)
    assert reset["payload"] == {"reason": "epoch", "position": {"epoch": head.epoch, "seq": head.seq}}


@pytest.mark.parametrize("said_before", [0, 1], ids=["empty until then", "with another epoch until then"])
async def test_who_has_heard_more_elsewhere_goes_on_here_from_there(
    connect: Connect, hub: Hub, said_before: int
) -> None:
    """As behind a balancer: the other process has heard the hint already."""
    await say(*["before"] * said_before)
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    deaf(hub)
    if said_before:
        await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, epoch="another")
    await say("one", "two")
    head = await hub.handlers.run(RoomHead.objects.get, room=HALL.name)
    for command, payload in (
        ("session:resume", {"rooms": {"hall:1": {"epoch": head.epoch, "seq": head.seq - 1}}}),
        ("hall:join", {"hallId": 1, "since": {"epoch": head.epoch, "seq": head.seq - 1}}),
    ):
        again = await connect()
        answer = await again.tell(command, payload)
        assert answer.get("hall:1", answer)["recovered"] is True
        await heard(again, "two")
        assert again.texts() == ["two"]


async def test_a_position_that_could_not_be_looked_up_in_time_is_not_said_to_be_lost(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under load reading takes its time: that is temporary, and its client loses nothing by it."""
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    deaf(hub)
    await say("one", "two")
    since = {"epoch": (await stored(hub))[0].epoch, "seq": 1}
    again = await connect()
    with monkeypatch.context() as slow:
        slow.setattr("realtime.hub.hub._REACH_SECONDS", 0.02)
        slow.setattr(hub.log, "close_gap", lambda state: None)
        outcome = (await again.tell("session:resume", {"rooms": {"hall:1": since}}))["hall:1"]
        assert (outcome["recovered"], outcome["reason"]) == (False, "UNAVAILABLE")
        # As well in a room that is received already.
        assert (await client.ask("hall:join", {"hallId": 1, "since": since}))["error"]["code"] == "UNAVAILABLE"
    assert (await again.tell("session:resume", {"rooms": {"hall:1": since}}))["hall:1"]["recovered"] is True
    await heard(again, "two")
    assert again.texts() == ["two"]


async def test_a_head_behind_the_hub_resets_the_room(connect: Connect, hub: Hub) -> None:
    await say("a", "b")
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, seq=1)
    reset = await client.event("room:reset")
    assert reset["payload"]["reason"] == "epoch"
    assert reset["payload"]["position"]["seq"] == 1


async def test_history_that_is_pruned_between_two_pages_is_said_to_be_trimmed(connect: Connect, hub: Hub) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await client.close()
    await say("a", "b", "c")
    state(hub).forget()
    await hub.handlers.run(Event.objects.filter(room=HALL.name, seq__lte=2).delete)
    again = await connect()
    await again.tell("session:resume", {"rooms": {"hall:1": position}})
    reset = await again.event("room:reset")
    assert reset["payload"]["reason"] == "trimmed"
    assert again.events() == []


async def test_a_room_too_big_for_one_turn_is_served_in_slices_in_order(transactional_db: None) -> None:
    values = settings.REALTIME | {"AUTHENTICATOR": AUTHENTICATOR, "FAN_OUT_SLICE": 2}
    with override_settings(REALTIME=values):
        hub = await current_hub()
        try:
            from realtime.routing import websocket_application

            clients = [await JsonClient.in_process(websocket_application, "/ws/halls/") for _ in range(7)]
            for client in clients:
                await client.tell("hall:join", {"hallId": 1})
            texts = [str(number) for number in range(5)]
            await asyncio.gather(*[say(text) for text in texts])
            for client in clients:
                for text in texts:
                    await heard(client, text)
                assert [event["seq"] for event in client.events()] == [1, 2, 3, 4, 5]
            for client in clients:
                await client.close()
        finally:
            await hub.stop()


async def test_a_room_is_forgotten_some_time_after_its_last_member(connect: Connect, hub: Hub) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await client.close()
    hub.drop_empty_rooms()
    assert HALL.name in hub.rooms
    empty_since = state(hub).empty_since
    assert empty_since is not None
    state(hub).empty_since = empty_since - hub.settings.room_linger_seconds
    hub.drop_empty_rooms()
    assert HALL.name not in hub.rooms


async def test_an_ended_connection_leaves_nothing_behind(connect: Connect, hub: Hub) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    await client.close(1006)
    assert not hub.connections
    assert not any(room.members for room in hub.rooms.values())


async def test_a_cancelled_connection_is_cleaned_up_like_any_other(connect: Connect, hub: Hub) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    client._link._task.cancel()  # type: ignore[attr-defined]  # what servers do to applications that do not end
    await until(lambda: not hub.connections)
    await until(lambda: not any(room.members for room in hub.rooms.values()))


async def test_one_event_is_encoded_once_for_all_sessions(
    connect: Connect, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.transport.wire import JsonWire

    encoded: list[object] = []
    durable = JsonWire.durable
    monkeypatch.setattr(JsonWire, "durable", lambda *args: encoded.append(args) or durable(*args))
    clients = [await connect() for _ in range(4)]
    for client in clients:
        await client.tell("hall:join", {"hallId": 1})
    await say("once")
    for client in clients:
        await heard(client, "once")
    assert len(encoded) == 1
