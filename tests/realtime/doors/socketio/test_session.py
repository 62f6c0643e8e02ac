"""The offsets that one client of a namespace is sent, and what is kept of it."""

import asyncio
import gc
import weakref

import msgspec
import pytest

from realtime.hub import Hub
from realtime.models import RoomHead
from tests.realtime.doors.in_process import Open, hub, open_socket
from tests.realtime.doors.socketio.recovering import (
    HALLS,
    assert_exact,
    begin,
    resolved,
    say,
    say_together,
    settled,
    told_where_they_stand,
)

__all__ = ["hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_heartbeat_tells_where_a_client_stands_whose_last_word_was_a_number(
    open_socket: Open, hub: Hub
) -> None:
    client, before = await begin(open_socket, 1)
    await say(1, "one")
    await client.until(client.said)
    number = client.offset()
    assert number.startswith("2 ")
    await told_where_they_stand(hub)
    await settled(client)
    assert client.events(HALLS, "session:offset")[-1] == [client.offset()]
    assert client.offset().startswith("1 *hall:1=")
    assert await resolved(before, client.offset()) == await resolved(before, number)
    seen = len(client.texts)
    await told_where_they_stand(hub)
    await settled(client)
    assert not any("session:offset" in text for text in client.texts[seen:])


async def test_who_catches_up_is_told_where_it_stands_behind_each_page(open_socket: Open, hub: Hub) -> None:
    await say_together(1, *(str(number) for number in range(100)))
    hub.settings = msgspec.structs.replace(hub.settings, replay_page=10)
    client = await open_socket()
    rooms = {"hall:1": {"epoch": (await RoomHead.objects.aget(room="hall:1")).epoch, "seq": 0}}
    accepted = await client.enter(HALLS, token="7", rooms=rooms)
    await client.until(lambda: len(client.said()) == 100)
    await settled(client)
    found = [await resolved(accepted, offset) for [offset] in client.events(HALLS, "session:offset")]
    seqs = [place.positions["hall:1"].seq for place in found if place and place.positions]
    assert set(range(10, 101, 10)) <= set(seqs)
    assert await assert_exact(client, accepted) >= 10


async def test_an_older_session_of_the_same_client_writes_nothing_into_its_journal(open_socket: Open, hub: Hub) -> None:
    """A cut that the server has not noticed yet: both are live, in other rooms, under one socket id."""
    unnoticed, before = await begin(open_socket, 1)
    await say(1, "one")
    await unnoticed.until(unnoticed.said)
    client = await open_socket()
    assert await client.enter(HALLS, token="7", pid=before["pid"], offset=unnoticed.offset()) == before
    assert (await client.ask(HALLS, "hall:join", {"hallId": 2}))["success"]
    assert (await unnoticed.ask(HALLS, "room:unsubscribe", {"room": "hall:1"}))["success"]
    await told_where_they_stand(hub)
    await settled(unnoticed)
    await say(2, "two")
    await client.until(lambda: client.said() == ["two"])
    place = await resolved(before, client.offset())
    assert place is not None
    assert place.positions.keys() == {"hall:1", "hall:2"}


async def test_what_is_kept_of_those_at_one_place_lets_go_of_who_is_gone(open_socket: Open, hub: Hub) -> None:
    gone, *others = [(await begin(open_socket, 1))[0] for _ in range(3)]
    await say(1, "one")
    for client in (gone, *others):
        await client.until(lambda client=client: client.said() == ["one"])
    connections = [weakref.ref(connection) for connection in hub.connections.values()]
    await gone.close()
    async with asyncio.timeout(30):
        while sum(connection() is not None for connection in connections) > 2:
            gc.collect()
            await asyncio.sleep(0.01)
