"""The Socket.IO 5 codec: packets with their binary attachments, bounded in every direction.

`<type>[<attachments>-][<namespace>,][<id>][JSON]`, then one binary message per attachment. Bytes inside the
JSON are replaced by `{"_placeholder": true, "num": index}`.

Source: the Socket.IO protocol, revision 5, "Packet encoding".
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from realtime.doors.errors import MalformedPacket
from realtime.transport.scalars import scalars_only
from realtime.transport.wire import encode_json

MAX_ATTACHMENTS = 16
MAX_NESTING = 64
MAX_NAMESPACE = 128

# The parts before the JSON. ASCII digits only, at most 15, so that an ack id is exact in every client.
_HEAD = re.compile(r"([0-6])(?:([0-9]{1,4})-)?(?:(/[^,]*)(?:,|\Z))?([0-9]{1,15})?", re.ASCII)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NEITHER_BRACKETS_NOR_QUOTES = bytes(set(_NO_BRACKETS) - set(b'"'))
# What the client library raises by itself; on the wire they would be mistaken for its own.
RESERVED_EVENTS = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)


class PacketType(IntEnum):
    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4
    BINARY_EVENT = 5
    BINARY_ACK = 6


_BINARY_OF = {PacketType.EVENT: PacketType.BINARY_EVENT, PacketType.ACK: PacketType.BINARY_ACK}
_TEXT_OF = {binary: text for text, binary in _BINARY_OF.items()}


@dataclass(frozen=True, slots=True)
class SocketPacket:
    """One packet, its attachments in place: `type` is never one of the BINARY types.

    `data` is an object or None (CONNECT, CONNECT_ERROR), None (DISCONNECT) or the list of arguments, the
    event's name first (EVENT).
    """

    type: PacketType
    namespace: str = "/"
    data: Any = None
    id: int | None = None


def head(packet_type: PacketType, namespace: str, packet_id: int | None = None, attachments: int = 0) -> str:
    """Returns what comes before the JSON."""
    return (
        f"{packet_type.value}"
        f"{f'{attachments}-' if attachments else ''}"
        f"{f'{namespace},' if namespace != '/' else ''}"
        f"{'' if packet_id is None else packet_id}"
    )


def encode(packet: SocketPacket) -> list[str | bytes]:
    """Returns the packet's messages: its text, then its attachments. Nothing may come between them on the stream."""
    attachments: list[bytes] = []
    packet_type = packet.type
    data = packet.data
    if packet_type in _BINARY_OF:
        data = _take_out(data, attachments)
        if attachments:
            packet_type = _BINARY_OF[packet_type]
    json = "" if data is None else encode_json(data).decode()
    return [head(packet_type, packet.namespace, packet.id, len(attachments)) + json, *attachments]


def _take_out(value: Any, attachments: list[bytes]) -> Any:
    """Returns `value` with placeholders for bytes, which go to `attachments`; the same object if it has none."""
    if isinstance(value, bytes | bytearray | memoryview):
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview))
    if isinstance(value, dict):
        return {key: _take_out(item, attachments) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_take_out(item, attachments) for item in value]
    return value


class Decoder:
    """Joins the packets of one connection from their parts, in order. Not to be used after it has raised.

    `max_bytes` bounds the sum of the text and all attachments of one packet.
    """

    __slots__ = ("_attachments", "_bytes", "_expected", "_packet", "max_bytes")

    def __init__(self, *, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._packet: SocketPacket | None = None
        self._expected = 0
        self._bytes = 0
        self._attachments: list[bytes] | None = None

    def feed(self, message: str | bytes) -> SocketPacket | None:
        """Takes one message; returns the packet that it completes, if any. Raises MalformedPacket."""
        try:
            return self._attach(message) if isinstance(message, bytes) else self._start(message)
        except RecursionError as error:
            raise MalformedPacket("The packet is nested too deeply.") from error

    def _start(self, text: str) -> SocketPacket | None:
        if self._packet is not None:
            raise MalformedPacket("The attachments of the packet before are missing.")
        packet, expected = _read(text)
        if not expected:
            return packet
        self._packet, self._expected, self._bytes = packet, expected, len(text)
        return None

    def _attach(self, data: bytes) -> SocketPacket | None:
        if self._packet is None:
            raise MalformedPacket("The binary message belongs to no packet.")
        self._bytes += len(data)
        if self._bytes > self.max_bytes:
            raise MalformedPacket("The attachments are too large.")
        if self._attachments is None:
            self._attachments = []
        self._attachments.append(data)
        if len(self._attachments) < self._expected:
            return None
        packet, attachments = self._packet, self._attachments
        self._packet = self._attachments = None
        unused = set(range(len(attachments)))
        arguments = _put_back(packet.data, attachments, unused)
        if unused:
            raise MalformedPacket("An attachment is not used.")
        return SocketPacket(_TEXT_OF[packet.type], packet.namespace, arguments, packet.id)


def _read(text: str) -> tuple[SocketPacket, int]:
    match = _HEAD.match(text)
    if match is None:
        raise MalformedPacket("That is no Socket.IO packet.")
    digit, count, namespace, packet_id = match.groups()
    packet_type = PacketType(int(digit))
    attachments = int(count) if count else 0
    if (packet_type in _TEXT_OF) != (count is not None):
        raise MalformedPacket("Only binary packets have attachments.")
    if attachments > MAX_ATTACHMENTS or (namespace and len(namespace) > MAX_NAMESPACE):
        raise MalformedPacket("The packet has too many attachments or too long a namespace.")
    data = _read_json(text[match.end() :])
    _check(packet_type, data, packet_id)
    packet = SocketPacket(packet_type, namespace or "/", data, int(packet_id) if packet_id else None)
    if packet_type in _TEXT_OF and not attachments:
        packet = SocketPacket(_TEXT_OF[packet_type], packet.namespace, data, packet.id)
    return packet, attachments


def _read_json(json: str) -> Any:
    if not json:
        return None
    try:
        data = msgspec.json.decode(scalars_only(json))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise MalformedPacket("The packet's data is not JSON.") from error
    # Counting brackets is quick; only what could be too deep is looked at.
    if json.count("[") + json.count("{") > MAX_NESTING and _is_deep(json):
        raise MalformedPacket("The packet is nested too deeply.")
    return data


def _check(packet_type: PacketType, data: Any, packet_id: str | None) -> None:
    match packet_type:
        case PacketType.CONNECT:
            valid = (data is None or isinstance(data, dict)) and packet_id is None
        case PacketType.DISCONNECT:
            valid = data is None and packet_id is None
        case PacketType.EVENT | PacketType.BINARY_EVENT:
            valid = isinstance(data, list) and bool(data) and isinstance(data[0], str)
            valid = valid and data[0] not in RESERVED_EVENTS
        case PacketType.ACK | PacketType.BINARY_ACK:
            valid = isinstance(data, list) and packet_id is not None
        case PacketType.CONNECT_ERROR:
            valid = data is None or isinstance(data, dict | str)
    if not valid:
        raise MalformedPacket(f"That is no valid {packet_type.name} packet.")


def _is_deep(json: str) -> bool:
    """Tells whether valid JSON is nested too deeply: takes the innermost brackets away, level by level.

    In C all of it: to walk a message that is wide instead would take several ms.
    """
    brackets = _brackets_of(json).translate(_BRACKETS)
    for _ in range(MAX_NESTING):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _brackets_of(json: str) -> bytes:
    """Returns the brackets of valid JSON, without those in its strings."""
    if "\\" not in json:
        brackets = json.encode(errors="replace").translate(None, _NEITHER_BRACKETS_NOR_QUOTES).replace(b'""', b"")
        if b'"' not in brackets:  # no string has brackets in it; a twelfth of what the pattern takes
            return brackets
    return _STRING.sub("", json).encode(errors="replace").translate(None, _NO_BRACKETS)


def _put_back(value: Any, attachments: list[bytes], unused: set[int]) -> Any:
    """Returns `value` with the attachments in place of their placeholders, each used exactly once."""
    if isinstance(value, list):
        return [_put_back(item, attachments, unused) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("_placeholder") is not True:
        return {key: _put_back(item, attachments, unused) for key, item in value.items()}
    number = value.get("num")
    if type(number) is not int or number not in unused:
        raise MalformedPacket("A placeholder names no attachment of its own.")
    unused.remove(number)
    return attachments[number]
