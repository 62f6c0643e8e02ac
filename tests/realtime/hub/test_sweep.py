"""What the hub finds by itself: events without a hint, history that is another now."""

import pytest
from django.db import connection

from realtime.hub import Hub
from realtime.hub.layer import LayerLink
from realtime.log.reading import Head
from realtime.log.retention import begin_new_epoch
from realtime.models import RoomHead
from realtime.testing.client import JsonClient
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import HALL, elsewhere, heard, nothing, say, state, until

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_a_head_behind_the_hub_resets_the_room(connect: Connect, hub: Hub) -> None:
    await say("a", "b")
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, seq=1)
    reset = await client.event("room:reset")
    assert reset["payload"]["reason"] == "epoch"
    assert reset["payload"]["position"]["seq"] == 1
