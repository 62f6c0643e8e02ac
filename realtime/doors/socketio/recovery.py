"""Connection state recovery: what a stock client keeps, and what can be made of it after a break.

A client keeps two strings per namespace: the `pid` of its first connection, and as `offset` the last
argument of the last event if that was a string. That is one of three:

- a number, the same for everybody who gets the event live: what it means, the process's journal knows;
- a vector, the session's position in all of its rooms, in an event of its own: it needs no memory on any server;
- an event's id, where one was replayed to this client alone and its vector is to follow: it names no place.
"""

import re
import secrets
from collections.abc import Container

import msgspec
from django.core import signing

from realtime.doors.places import read_places, write_place
from realtime.hub.room import HubSession, Membership, Phase
from realtime.positions import Position

_SALT = "realtime.socketio.pid"
_VECTOR = "1"
_PRESENT = "*"
_APART = "~"
_NUMBER = re.compile(r"2 ([0-9a-f]{16}) ([0-9]{1,18})", re.ASCII)


class Ticket(msgspec.Struct, frozen=True):
    """What a pid names: whose connection it was. It lets nobody in, credentials do that."""

    socket_id: str
    namespace: str
    user_id: int | None


class Place(msgspec.Struct, frozen=True):
    """Where a session was: the rooms that it received, and those in which its person was counted."""

    positions: dict[str, Position]
    present: frozenset[str]


def new_socket_id() -> str:
    return secrets.token_urlsafe(15)


def sign(ticket: Ticket) -> str:
    """Returns the pid; it is the same over any number of recoveries."""
    return signing.dumps([ticket.socket_id, ticket.namespace, ticket.user_id], salt=_SALT)


def read_pid(pid: object) -> Ticket | None:
    """Returns what the pid names, None for anything that we have not signed."""
    if not isinstance(pid, str):
        return None
    try:
        socket_id, namespace, user_id = signing.loads(pid, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Ticket(socket_id, namespace, user_id)


class Anchor(msgspec.Struct, frozen=True):
    """Where a session was behind the delivery of that number.

    `apart`: the rooms of which it does not get what is delivered: it reads them from the log.
    """

    number: int
    place: Place
    apart: frozenset[str]

    @classmethod
    def read(cls, number: int, text: str) -> "Anchor | None":
        """Returns what `anchor_of` wrote."""
        places = text.split(" ")
        place = read_vector(" ".join(place.removeprefix(_APART) for place in places))
        apart = [place.lstrip(_APART + _PRESENT).partition("=")[0] for place in places if place.startswith(_APART)]
        return Anchor(number, place, frozenset(apart)) if place is not None else None


def vector_of(session: HubSession, *, anchor: bool = False, answered: Container[Membership] = ()) -> str | None:
    """Returns the position of everything that was written to the session, None while that is not known.

    To be asked between the steps of the loop's turn only: within one, a room's place may be ahead of what was written.
    `anchor`: as `Anchor` reads it. `answered`: members whose answer is about to be written.
    """
    places = [_VECTOR]
    for name, member in session.memberships.items():
        if member.watching or member.phase in (Phase.PENDING, Phase.ENDED):
            continue
        if member.phase is Phase.HELD and member not in answered:
            return None  # stopped while its permission is asked for again, or until an answer says where it begins
        place = write_place(name, Position(member.state.epoch, member.place()))
        if member.present:
            place = _PRESENT + place
        places.append(_APART + place if anchor and not member.is_live else place)
    return " ".join(places)


def read_vector(offset: object) -> Place | None:
    """Returns the place that a vector names, None for anything else that a client may have kept."""
    if not isinstance(offset, str):
        return None
    version, *places = offset.split(" ")
    if version != _VECTOR:
        return None
    positions = read_places(place.removeprefix(_PRESENT) for place in places)
    if positions is None:
        return None
    present = [place[1:].partition("=")[0] for place in places if place.startswith(_PRESENT)]
    return Place(positions, frozenset(present))


def write_number(process: str, number: int) -> str:
    """Returns the offset that means everything up to that delivery of that process."""
    return f"2 {process} {number}"


def read_number(offset: object) -> tuple[str, int] | None:
    """Returns the process and the number, None for anything else."""
    match = _NUMBER.fullmatch(offset) if isinstance(offset, str) else None
    return (match[1], int(match[2])) if match else None
