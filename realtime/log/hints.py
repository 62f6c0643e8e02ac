"""Hints: what processes send each other through the channel layer, so that a commit is delivered at once.

A hint may be lost, repeated or late; the log is the truth. Layout: one version byte, then MessagePack.
"""

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from realtime.conf import realtime_settings
from realtime.log.events import OutgoingEvent, StoredEvent
from realtime.log.installation import database_id

MESSAGE_TYPE = "realtime.hint"
_VERSION = 1

EVERYBODY = ""
"""In place of a room in which every hub is, whatever rooms it has: names of rooms are never empty."""

WAKE_UP = b"\x00"
"""The hint without a content, of no version: whoever gets it reads the log."""

_BULK_ROOMS = 64

ORIGIN = secrets.token_hex(8)
"""This process, in its hints: a hub has already delivered what comes back to it with its own origin."""


class Hint(msgspec.Struct, frozen=True, array_like=True):
    """Events of one room, from one process, in the order of their commit."""

    origin: str
    events: list[OutgoingEvent]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Hint)


def is_bulk(events: Sequence[OutgoingEvent]) -> bool:
    """Tells whether one commit wrote to so many rooms that one `WAKE_UP` says it better than a hint for each.

    Most rooms of a wide fan-out have nobody in them. What services write is far below, fan-out in jobs far above.
    """
    return len({event.room for event in events if isinstance(event, StoredEvent)}) > _BULK_ROOMS


def encode(events: Sequence[OutgoingEvent]) -> bytes:
    """Returns the hint that carries these events of one room."""
    return bytes([_VERSION]) + _encoder.encode(Hint(ORIGIN, list(events)))


def decode(hint: bytes) -> Hint | None:
    """Returns what a hint carries; None for one of another version or damaged, which only says "read the log"."""
    if hint[:1] != bytes([_VERSION]):
        return None
    try:
        return _decoder.decode(hint[1:])
    except msgspec.DecodeError:
        return None


def group_name(room: str) -> str:
    """Returns the channel-layer group of a room: ASCII, below 100 characters, of this installation alone.

    Touches the database the first time in a process, see `database_id`.
    """
    return f"{realtime_settings().redis_prefix}.{database_id()}.{_hash(room)}"


@lru_cache(maxsize=1024)  # those that are sent something; of most rooms it is asked once
def _hash(room: str) -> str:
    return hashlib.blake2b(room.encode(), digest_size=16).hexdigest()
