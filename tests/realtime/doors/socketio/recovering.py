"""Clients of the halls that break off and come back, and what is known of where they stand."""

import json
from typing import Any

from asgiref.sync import sync_to_async

import realtime
from realtime.doors.socketio.door import current_door
from realtime.doors.socketio.recovery import Place, read_pid
from realtime.doors.socketio.session import SocketSession
from realtime.hub import Hub
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.doors.in_process import BareClient, Open

HALLS = "/halls"


async def say(hall: int, *texts: str) -> None:
    for text in texts:
        await realtime.aemit(HallRoom(hall), Said(text=text))


async def say_together(hall: int, *texts: str) -> None:
    """In one transaction, whose events are sent in one turn."""

    @sync_to_async
    def say_all() -> None:
        with realtime.atomic():
            for text in texts:
                realtime.emit(HallRoom(hall), Said(text=text))

    await say_all()


async def settled(client: BareClient) -> None:
    """Waits until everything before has gone out, vector and all."""
    await client.ask(HALLS, "session:ping", {})


async def resolved(accepted: dict[str, Any], offset: str) -> Place | None:
    """Where a client stands that was accepted with that pid, and kept that offset."""
    ticket = read_pid(accepted["pid"])
    assert ticket is not None
    return await (await current_door()).backend.place(ticket, offset)


async def told_where_they_stand(hub: Hub) -> None:
    """The heartbeat of everybody comes, behind which nobody's last word is a number."""
    for session in hub.sessions():
        assert isinstance(session, SocketSession)
        session.beating()


async def begin(open_socket: Open, *halls: int, token: str = "7") -> tuple[BareClient, dict[str, Any]]:
    """A client in some halls, with its `sid` and `pid`."""
    client = await open_socket()
    accepted = await client.enter(HALLS, token=token)
    for hall in halls:
        assert (await client.ask(HALLS, "hall:join", {"hallId": hall}))["success"]
    return client, accepted


async def assert_exact(client: BareClient, accepted: dict[str, Any]) -> int:
    """Holds each offset against the events before and behind it; returns how many places were compared."""
    compared = 0
    events = [json.loads(text[text.index("[") :]) for text in client.texts if text.startswith(f"2{HALLS},[")]
    for index, (*_, offset) in enumerate(events):
        place = await resolved(accepted, offset) if isinstance(offset, str) else None
        for room, position in (place.positions if place else {}).items():
            before = [event[2]["seq"] for event in events[: index + 1] if is_said(event, room)]
            behind = [event[2]["seq"] for event in events[index + 1 :] if is_said(event, room)]
            assert not before or before[-1] <= position.seq, (offset, events)
            assert not behind or behind[0] == position.seq + 1, (offset, events)
            compared += bool(before or behind)
    return compared


def is_said(event: list[Any], room: str) -> bool:
    return event[0] == "hall:said" and event[2]["room"] == room
