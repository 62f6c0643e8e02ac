"""The Engine.IO 4 codec. No input or output of its own: text and bytes in, packets out, and back.

A text packet is one digit and its data. Over WebSocket a binary message is a bare binary frame; over
polling it is `b` and base64, and packets are joined by the record separator 0x1e.

Source: the Engine.IO protocol, revision 4, "Packet encoding" and "HTTP long-polling".
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from realtime.doors.errors import MalformedPacket

SEPARATOR = "\x1e"


class PacketType(StrEnum):
    OPEN = "0"
    CLOSE = "1"
    PING = "2"
    PONG = "3"
    MESSAGE = "4"
    UPGRADE = "5"
    NOOP = "6"


_TYPES = {str(packet_type): packet_type for packet_type in PacketType}


@dataclass(frozen=True, slots=True)
class EnginePacket:
    """One packet; `data` is bytes only in a binary message."""

    type: PacketType
    data: str | bytes = ""


CLOSE = EnginePacket(PacketType.CLOSE)
PING = EnginePacket(PacketType.PING)
NOOP = EnginePacket(PacketType.NOOP)
PROBE_ANSWER = EnginePacket(PacketType.PONG, "probe")


def encode(packet: EnginePacket) -> str | bytes:
    """Returns the packet as one WebSocket message."""
    return packet.data if isinstance(packet.data, bytes) else f"{packet.type}{packet.data}"


def decode(message: str | bytes) -> EnginePacket:
    """Reads one WebSocket message. Raises MalformedPacket."""
    if isinstance(message, bytes):
        return EnginePacket(PacketType.MESSAGE, message)
    packet_type = _TYPES.get(message[:1])
    if packet_type is None:
        raise MalformedPacket("That is no Engine.IO packet.")
    return EnginePacket(packet_type, message[1:])


def decode_payload(body: bytes) -> Iterator[EnginePacket]:
    """Reads the body of one polling request, packet by packet: at least one. Raises MalformedPacket on the way.

    Bounded by the size of the body alone, not by a number of packets: dropping some would lose messages. What is no
    UTF-8 becomes U+FFFD, as in every other server of this protocol: one wrong letter shall not end all namespaces.
    """
    text = body.decode(errors="replace")
    at = 0
    while (end := text.find(SEPARATOR, at)) >= 0:
        yield _decode_polled(text[at:end])
        at = end + 1
    yield _decode_polled(text[at:])


def _decode_polled(part: str) -> EnginePacket:
    if not part.startswith("b"):
        return decode(part)
    try:
        return EnginePacket(PacketType.MESSAGE, b64decode(part[1:], validate=True))
    except (Base64Error, ValueError) as error:
        raise MalformedPacket("The binary packet is not base64.") from error
