"""Sessions of the Socket.IO door on their way to another process, played in this one."""

from typing import Any

import pytest

import realtime
from realtime.doors.engineio.server import Moved
from realtime.doors.engineio.session import EngineSession
from realtime.doors.socketio.connection import SocketConnection
from realtime.doors.socketio.door import SocketDoor, current_door
from realtime.hub import Hub
from realtime.log import after_commit
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.doors.engineio.echoing import Way
from tests.realtime.doors.temporary import until

HALLS, HALL = "/halls", HallRoom(1)
SCOPE: dict[str, Any] = {"type": "http", "path": "/socket.io/", "headers": [], "query_string": b"", "client": None}


async def say(*texts: str) -> None:
    for text in texts:
        await realtime.aemit(HALL, Said(text=text))


async def nothing() -> None:
    pass


def forgetful(hub: Hub) -> None:
    """Leaves the hub as it is in another process: it has seen the room empty, and learns of nothing by itself."""
    after_commit.detach(hub.receive)
    hub.sweep._sweep = nothing  # type: ignore[method-assign]
    state = hub.rooms[HALL.name]
    state.epoch, state.seq, state.known = "", 0, 0
    state.forget()


@pytest.fixture
async def door(hub: Hub) -> SocketDoor:
    return await current_door()


async def in_the_hall(door: SocketDoor, hub: Hub) -> EngineSession:
    """A client on polling that has joined the hall and wants to go on through a WebSocket."""
    session = await door.server.begin(SCOPE)
    await session.post(b'40/halls,{"token":"7"}')
    assert isinstance(session.application, SocketConnection)
    await until(lambda: session.application.live)  # type: ignore[attr-defined]  # it is a SocketConnection
    await session.post(b'42/halls,1["hall:join",{"hallId":1}]')
    await until(lambda: HALL.name in hub.rooms and hub.rooms[HALL.name].live_count)
    session.begin_upgrade()
    return session


async def go_on(door: SocketDoor, sid: str, moved: Moved) -> tuple[EngineSession, Way]:
    way = Way()
    return door.server.adopt(sid, SCOPE, lambda session: way, moved), way
