"""Connection state recovery: what a stock client keeps, and what can be made of it after a break.

A client keeps two strings per namespace: the `pid` of its first connection, and as `offset` the last
argument of the last event if that was a string. Here the offset is the session's whole position: in the event
that moved it, or as a small event of its own behind a turn of several. It needs no memory on any server: any
process can continue, also after the death of the one before. A break in the middle of a turn leaves an event's
id as the offset, which says nothing of the other rooms: then recovery is refused.
"""

import secrets

import msgspec
from django.core import signing

from realtime.doors.places import read_places, write_place
from realtime.hub.room import HubSession, Phase
from realtime.positions import Position

_SALT = "realtime.socketio.pid"
_VERSION = "1"
_PRESENT = "*"


class Ticket(msgspec.Struct, frozen=True):
    """What a pid stands for: whose connection it was. It lets nobody in, credentials do that."""

    socket_id: str
    namespace: str
    user_id: int | None


class Place(msgspec.Struct, frozen=True):
    """Where a session stood: the rooms that it received, and those in which its person was counted."""

    positions: dict[str, Position]
    present: frozenset[str]


def new_socket_id() -> str:
    return secrets.token_urlsafe(15)


def sign(ticket: Ticket) -> str:
    """Returns the pid; it stays the same over any number of recoveries."""
    return signing.dumps([ticket.socket_id, ticket.namespace, ticket.user_id], salt=_SALT)


def read_pid(pid: object) -> Ticket | None:
    """Returns what the pid stands for, None for anything that we have not signed."""
    if not isinstance(pid, str):
        return None
    try:
        socket_id, namespace, user_id = signing.loads(pid, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(socket_id, namespace, user_id)


def offset_of(session: HubSession) -> str | None:
    """Returns the position of everything that was written to the session, None while that is not known.

    To be asked between turns only: within one, a room's place may be ahead of what was written.
    """
    places = [_VERSION]
    for name, member in session.memberships.items():
        if member.watching or member.phase in (Phase.PENDING, Phase.HELD, Phase.ENDED):
            if member.phase is Phase.HELD and member.stale:
                # Stopped while its permission is asked for again: neither in nor out.
                return None
            continue
        place = write_place(name, Position(member.state.epoch, member.place()))
        places.append(_PRESENT + place if member.present else place)
    return " ".join(places)


def read_offset(offset: object) -> Place | None:
    """Returns the place that an offset stands for, None for anything else that a client may have kept."""
    if not isinstance(offset, str):
        return None
    version, *places = offset.split(" ")
    if version != _VERSION:
        return None
    positions = read_places(place.removeprefix(_PRESENT) for place in places)
    if positions is None:
        return None
    present = [place[1:].partition("=")[0] for place in places if place.startswith(_PRESENT)]
    return Place(positions, frozenset(present))
