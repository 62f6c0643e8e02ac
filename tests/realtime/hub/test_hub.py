"""The hub: events in the order of the log, once each, from wherever they come, and nothing left behind."""

import asyncio

import pytest
from django.conf import settings
from django.test import override_settings

from realtime.hub import Hub, current_hub
from realtime.models import RoomHead
from realtime.testing.client import JsonClient
from tests.realtime.halls import AUTHENTICATOR, Connect, connect, hub
from tests.realtime.hub.hall import HALL, deaf, elsewhere, heard, say, state, stored, until

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


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
