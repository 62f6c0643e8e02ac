"""Every namespace of a Socket.IO connection is a session of the hub: begun, gone on with, or refused."""

import logging
from typing import Any

import pytest

from realtime.doors.socketio.door import SocketDoor
from realtime.hub import Hub
from realtime.models import RoomHead
from tests.realtime.doors.in_process import Open, open_socket
from tests.realtime.doors.moving import HALL, HALLS, door, forgetful, go_on, in_the_hall, say
from tests.realtime.doors.temporary import until
from tests.realtime.halls import hub

__all__ = ["door", "hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "realtime.doors")


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({"token": 7}, "VALIDATION"),
        ({"rooms": ["hall:1"]}, "VALIDATION"),
        ({"rooms": {"hall:1": {"epoch": "e"}}}, "VALIDATION"),
        ({"rooms": {f"hall:{number}": None for number in range(201)}}, "VALIDATION"),
        ({"token": "nobody"}, "UNAUTHENTICATED"),
        ({"token": "7:expired"}, "TOKEN_EXPIRED"),
    ],
)
async def test_what_a_client_says_wrong_of_itself_is_refused_in_data(
    open_socket: Open, auth: dict[str, Any], code: str
) -> None:
    client = await open_socket()
    assert (await client.enter(HALLS, **auth))["data"]["code"] == code
    assert "sid" in await client.enter(HALLS, token="7", whatever="is ignored")


async def test_who_keeps_positions_gets_no_pid_and_goes_on_from_them(open_socket: Open) -> None:
    client = await open_socket()
    assert "pid" in await client.enter(HALLS, token="7")
    position = (await client.ask(HALLS, "hall:join", {"hallId": 1}))["data"]["position"]
    await client.close()
    await say("one", "two")
    again = await open_socket()
    accepted = await again.enter(HALLS, token="7", recovery=False, rooms={HALL.name: position, "hall:2": None})
    assert set(accepted) == {"sid"}
    await again.until(lambda: again.said() == ["one", "two"])
    assert again.offset() == ""
    assert set(again.events(HALLS, "session:ready")[0][0]["rooms"]) == {HALL.name}


@pytest.mark.parametrize("acks", [True, False])
async def test_a_command_is_answered_where_that_was_asked_for_and_refused_aloud_anyway(
    open_socket: Open, acks: bool
) -> None:
    client = await open_socket()
    await client.enter(HALLS, token="7")
    if acks:
        answer = await client.ask(HALLS, "hall:refuse", {})
        assert (answer["success"], answer["error"]["code"]) == (False, "CONFLICT")
        answer = await client.ask(HALLS, "hall:say", {"hallId": 1, "text": "x"})
        assert (answer["data"], answer["position"]["room"]) == ({"said": "x"}, HALL.name)
    else:
        await client.send('2/halls,["hall:refuse",{}]')
        await client.until(lambda: client.events(HALLS, "error"))
        assert client.events(HALLS, "error")[0][0]["code"] == "CONFLICT"


async def test_the_log_says_why_a_client_begins_anew(open_socket: Open, caplog: pytest.LogCaptureFixture) -> None:
    client = await open_socket()
    before = await client.enter(HALLS, token="7")
    for auth, why in (
        ({"offset": "an event's id"}, '"an event\'s id" names no positions that are known'),
        ({"offset": "1 hall:1=f:9"}, "hall:1: epoch"),
        ({"pid": "forged", "offset": "1"}, "its pid is not ours"),
        ({"token": "8", "offset": "1"}, "that was another namespace, or somebody else"),
    ):
        caplog.clear()
        again = await open_socket()
        await again.enter(HALLS, **({"token": "7", "pid": before["pid"]} | auth))
        [line] = [line for line in caplog.messages if " begins anew in /halls: " in line]
        assert why in line


async def test_the_log_says_why_a_session_could_not_go_on_where_it_moved(
    door: SocketDoor, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    session = await in_the_hall(door, hub)
    await say("one")
    await until(lambda: hub.rooms[HALL.name].seq == 1)
    moved = await door.server.give_away(session.sid)
    forgetful(hub)
    await hub.handlers.run(RoomHead.objects.filter(room=HALL.name).update, epoch="another")
    there, way = await go_on(door, session.sid, moved)
    await until(lambda: way.closed)
    assert way.closed == "moving failed"
    [line] = [line for line in caplog.messages if "cannot go on" in line]
    assert line.startswith(f"{there.id} has moved here and /halls cannot go on: ")
    assert "hall:1: epoch" in line
    assert f"{there.id} ends on websocket: moving failed" in caplog.messages
