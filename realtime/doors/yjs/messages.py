"""What both stock clients of Yjs write and read: one binary message, read without a library.

Source: y-protocols 1.0.7 (sync, awareness, auth), y-websocket 3.1.0, @hocuspocus/provider and common 4.8.0.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from realtime.documents import Pointed, lib0
from realtime.documents.awareness import Presence, encode_awareness
from realtime.documents.lib0 import Reader
from realtime.documents.queue import MAX_UPDATE_BYTES
from realtime.doors.errors import MalformedPacket
from realtime.errors import MalformedUpdate, TooLarge

MAX_MESSAGE_BYTES = MAX_UPDATE_BYTES + 1024
"""With what is around an update."""

MAX_VECTOR_BYTES = 64 * 1024
"""A state vector of five thousand clients, more than write in one document; reading it takes milliseconds."""

MAX_ADDRESS_CHARACTERS = 500
"""A document's name, and the session that a client puts behind it."""


def too_large() -> TooLarge:
    """Returns the refusal of a larger one."""
    return TooLarge("One change has at most 1 MiB here.")


class Kind(IntEnum):
    """What a message is. Those from STATELESS on are Hocuspocus' own."""

    SYNC = 0
    AWARENESS = 1
    AUTH = 2
    QUERY_AWARENESS = 3
    STATELESS = 5
    CLOSE = 7
    SYNC_STATUS = 8
    PING = 9
    PONG = 10


class Sync(IntEnum):
    """What of the syncing: what the sender has, what the other lacks by that, and a change."""

    STEP_1 = 0
    STEP_2 = 1
    UPDATE = 2


class Auth(IntEnum):
    """A token (from the server: ask for one), a refusal, and what is allowed."""

    TOKEN = 0
    DENIED = 1
    ALLOWED = 2


class Message(NamedTuple):
    """One message of a client. `sync` is None but for SYNC; `data` is what it carries, the bytes of a token also."""

    kind: Kind
    sync: Sync | None = None
    data: bytes = b""


class Addressed(NamedTuple):
    """One message of a Hocuspocus client, and the document that it is for. A PONG is for none."""

    address: str
    message: Message


_FROM_YWEBSOCKET = frozenset({Kind.SYNC, Kind.AWARENESS, Kind.QUERY_AWARENESS})
_FROM_HOCUSPOCUS = _FROM_YWEBSOCKET | {Kind.AUTH, Kind.STATELESS, Kind.CLOSE}


def read_message(data: bytes) -> Message:
    """Returns what a client of `y-websocket` says. Raises MalformedPacket for what it never writes."""
    reader = Reader(data)
    try:
        message = _read(reader, _FROM_YWEBSOCKET)
        reader.expect_end()
    except MalformedUpdate as error:
        raise MalformedPacket from error
    return message


def read_addressed(data: bytes) -> Addressed:
    """Returns what a client of Hocuspocus says. Raises MalformedPacket for what it never writes."""
    if data == _PONG:
        return Addressed("", Message(Kind.PONG))
    reader = Reader(data)
    try:
        address = reader.text()
        if len(address) > MAX_ADDRESS_CHARACTERS:
            raise MalformedPacket
        message = _read(reader, _FROM_HOCUSPOCUS)
        reader.expect_end()
    except MalformedUpdate as error:
        raise MalformedPacket from error
    return Addressed(address, message)


def _read(reader: Reader, known: frozenset[Kind]) -> Message:
    number = reader.uint()
    if number not in known:
        raise MalformedPacket
    kind = Kind(number)
    if kind is Kind.SYNC:
        step = reader.uint()
        if step > Sync.UPDATE:
            raise MalformedPacket
        return Message(kind, Sync(step), reader.buffer())
    if kind in (Kind.AWARENESS, Kind.STATELESS):
        return Message(kind, data=reader.buffer())
    if kind is Kind.AUTH:
        if reader.uint() != Auth.TOKEN:
            raise MalformedPacket
        token = reader.buffer()
        if reader.at < reader.size:  # the library's version, from 4 on
            reader.buffer()
        return Message(kind, data=token)
    return Message(kind)


_PONG = bytes((Kind.PONG,))
PING = bytes((Kind.PING,))
"""Of Hocuspocus' server; without an address."""


def sync(step: Sync, data: bytes) -> bytes:
    return bytes((Kind.SYNC, step)) + lib0.buffer(data)


def awareness(pointed: Sequence[Pointed]) -> bytes:
    """Returns who points where, as editors of Yjs read it: name and colour beside the caret."""
    return bytes((Kind.AWARENESS,)) + lib0.buffer(encode_awareness([_presence(one) for one in pointed]))


def _presence(pointed: Pointed) -> Presence:
    if pointed.state is None:
        return Presence(pointed.client_id, pointed.clock, None)
    user = {
        "id": pointed.user_id,
        "name": pointed.display_name or pointed.username,
        "username": pointed.username,
        "color": pointed.color,
    }
    return Presence(pointed.client_id, pointed.clock, {"user": user, **pointed.state})


NOBODY = awareness(())
"""An empty awareness: it says nothing, and keeps a client of `y-websocket` from taking the connection for dead."""


def denied(reason: str) -> bytes:
    """Returns the words of a refusal for `y-websocket`, which shows them in the console."""
    return bytes((Kind.AUTH, 0)) + lib0.text(reason)


def refused(reason: str) -> bytes:
    """Returns the refusal of a document for Hocuspocus."""
    return bytes((Kind.AUTH, Auth.DENIED)) + lib0.text(reason)


def allowed(*, writes: bool) -> bytes:
    return bytes((Kind.AUTH, Auth.ALLOWED)) + lib0.text("read-write" if writes else "readonly")


ASK_FOR_TOKEN = bytes((Kind.AUTH, Auth.TOKEN))


def status(*, saved: bool) -> bytes:
    """Returns whether an update of the client's is saved."""
    return bytes((Kind.SYNC_STATUS, saved))


def stateless(words: str) -> bytes:
    return bytes((Kind.STATELESS,)) + lib0.text(words)


def closed(reason: str) -> bytes:
    return bytes((Kind.CLOSE,)) + lib0.text(reason)
