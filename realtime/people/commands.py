"""Asking who is in a room, and saying whether one is there with more than an open tab."""

from realtime.contracts import Payload, command
from realtime.namespaces import Call, standard
from realtime.people.part import attend, who_is_in
from realtime.people.presence.events import PresenceReply
from realtime.rooms import parse_room
from realtime.sessions.session import Session


@command("presence:list", reply=PresenceReply)
class ListPresent(Payload):
    """Lists who is in a room that one receives: after a hole in the versions, or to begin with."""

    room: str


@command("presence:away")
class GoAway(Payload):
    """This page is in the background now: its person is away in all their rooms once all their pages are.

    Holds for the session, and for the rooms that it enters later; say it again after a reconnection.
    """


@command("presence:here")
class ComeBack(Payload):
    """This page is in front again."""


def _own(call: Call) -> Session:
    assert isinstance(call.session, Session)
    return call.session


@standard.handles(ListPresent)
async def list_present(call: Call, asked: ListPresent) -> PresenceReply:
    return await who_is_in(call.session, parse_room(asked.room))


@standard.handles(GoAway)
async def go_away(call: Call, said: GoAway) -> None:
    attend(_own(call), away=True)


@standard.handles(ComeBack)
async def come_back(call: Call, said: ComeBack) -> None:
    attend(_own(call), away=False)
