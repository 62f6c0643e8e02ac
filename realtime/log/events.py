"""Events on their way from the commit to the clients, as hubs and hints carry them."""

import re
from binascii import b2a_base64
from typing import TypeAlias

import msgspec

from realtime.positions import Position

HIDDEN = "hidden"
"""The type of an event whose content nobody may see any more; its seq is kept, so density can be checked."""

BLANKED = "realtime:blanked"
"""The type of the internal event by which hubs learn that they must forget what they hold of a room."""


LARGE_BYTES = 64 * 1024
"""A larger payload is kept in no memory and sent in no hint: whoever needs it reads the log."""

_EVENT_ID = re.compile(r"(.+):([^:]+):([0-9]{1,18})", re.ASCII)


class StoredEvent(msgspec.Struct, frozen=True, array_like=True, tag_field="kind", tag="d"):
    """A durable event as the log has it.

    `payload` is the JSON that goes out, unchanged. `created_at_ms` is Unix milliseconds. `internal` events
    go to hubs only: clients are shown `HIDDEN` in their place. `skip` is the connection left out, or None. `binary`: it
    carries bytes, a piece of something whole, which no view hides.
    """

    room: str
    epoch: str
    seq: int
    type: str
    payload: bytes
    created_at_ms: int
    internal: bool = False
    ref: str = ""
    actor_id: int | None = None
    skip: str | None = None
    binary: bool = False

    @property
    def is_large(self) -> bool:
        return len(self.payload) > LARGE_BYTES

    @property
    def event_id(self) -> str:
        """The event's name everywhere and for ever: its room and position."""
        return f"{self.room}:{self.epoch}:{self.seq}"


class EphemeralEvent(msgspec.Struct, frozen=True, array_like=True, tag_field="kind", tag="e"):
    """An event that is delivered at most once, to those who are there.

    `key`: among events of one room with equal keys a newer one replaces an older one that has not left
    yet; None means never. `version` orders them (an older one is dropped); 0 is unversioned. `to` is the
    only connection that receives it, `skip` the one that does not, or those; None for both means everybody.
    """

    room: str
    type: str
    payload: bytes
    event_id: str
    created_at_ms: int
    key: str | None = None
    version: int = 0
    skip: str | tuple[str, ...] | None = None
    to: str | None = None


OutgoingEvent: TypeAlias = StoredEvent | EphemeralEvent


def with_data(payload: bytes, data: bytes) -> bytes:
    """Returns a stored payload, whose last field is an empty text, with the bytes in that field as base64."""
    return payload[:-2] + b2a_base64(data, newline=False) + payload[-2:]


def read_event_id(event_id: str) -> tuple[str, Position] | None:
    """Returns the room and position that a durable event's id names; None for an ephemeral one's, or nonsense."""
    match = _EVENT_ID.fullmatch(event_id)
    return (match[1], Position(match[2], int(match[3]))) if match else None
