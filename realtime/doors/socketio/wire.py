"""How events, answers and the engine's words look to a Socket.IO client.

A listener is called with `(payload, meta)`, meta being `{eventId, timestamp, room, epoch, seq}`. An event of
the log has a third argument, a string, which a stock client keeps as its offset: where the client stands in all of
its rooms, or the event's id where an offset of its own is to follow.
"""

from functools import lru_cache
from typing import Any

from realtime.connection import Packet
from realtime.doors.socketio.packets import Packet as SocketPacket
from realtime.doors.socketio.packets import PacketType, encode, head
from realtime.doors.socketio.recovery import offset_of
from realtime.positions import Position
from realtime.session import Session
from realtime.wire import Heard, Wire, encode_json

_MESSAGE = b"4"


class Written(Packet):
    """A packet of one namespace; `moves` says that the client's position may be another after it."""

    __slots__ = ("moves", "namespace")

    def __init__(
        self, text: bytes, attachments: tuple[bytes, ...] = (), *, namespace: str, moves: bool = False
    ) -> None:
        super().__init__(text, attachments)
        self.namespace = namespace
        self.moves = moves


class WrittenEvent(Written):
    """An event of the log: `stem` is all but its last argument."""

    __slots__ = ("stem",)

    def __init__(self, stem: bytes, event_id: bytes, *, namespace: str) -> None:
        super().__init__(b'%b,"%b"]' % (stem, event_id), namespace=namespace, moves=True)
        self.stem = stem

    def placed(self, offset: bytes) -> Written:
        """Returns the event with a client's whole offset (as JSON) in place of its id; nothing has to follow it."""
        return Written(b"%b,%b]" % (self.stem, offset), namespace=self.namespace)


class WrittenOffset(Written):
    """Where a client stands, by itself: behind packets that do not say so. `offset` is the text as JSON."""

    __slots__ = ("offset",)

    def __init__(self, head: bytes, offset: bytes, *, namespace: str) -> None:
        super().__init__(b'%b["session:offset",%b]' % (head, offset), namespace=namespace)
        self.offset = offset


def written(packet: SocketPacket, *, moves: bool = False) -> Written:
    """Returns the packet as it is written to an Engine.IO session."""
    text, *attachments = encode(packet)
    assert isinstance(text, str)
    parts = tuple(part for part in attachments if isinstance(part, bytes))
    return Written(_MESSAGE + text.encode(), parts, namespace=packet.namespace, moves=moves)


class SocketIOWire(Wire):
    """The wire of Socket.IO: JSON in an array behind the packet's head."""

    tells_places = True

    def key(self, namespace: str) -> str:
        return f"socket.io {namespace}"

    def durable(self, namespace: str, event: Heard, position: Position) -> Packet:
        event_id = event.event_id.encode()
        return WrittenEvent(
            b'%b["%b",%b,{"eventId":"%b","timestamp":%d,"room":"%b","epoch":"%b","seq":%d}'
            % (
                _event_head(namespace),
                event.type.encode(),
                event.payload,
                event_id,
                event.created_at_ms,
                event.room.encode(),
                position.epoch.encode(),
                position.seq,
            ),
            event_id,
            namespace=namespace,
        )

    def ephemeral(self, namespace: str, event: Heard) -> Packet:
        return Written(
            b'%b["%b",%b,{"eventId":"%b","timestamp":%d,"room":"%b"}]'
            % (
                _event_head(namespace),
                event.type.encode(),
                event.payload,
                event.event_id.encode(),
                event.created_at_ms,
                event.room.encode(),
            ),
            namespace=namespace,
        )

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        name = room.encode()
        epoch = position.epoch.encode()
        return WrittenEvent(
            b'%b["hidden",null,{"room":"%b","epoch":"%b","seq":%d}'
            % (_event_head(namespace), name, epoch, position.seq),
            b"%b:%b:%d" % (name, epoch, position.seq),
            namespace=namespace,
        )

    def placed(self, packet: Packet, session: Session) -> Packet:
        offset = offset_of(session)
        if offset is None or not isinstance(packet, WrittenEvent):
            return packet
        return packet.placed(encode_json(offset))

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        arguments = [name, payload, {"room": room}] if room else [name, payload]
        return Written(_event_head(namespace) + encode_json(arguments), namespace=namespace, moves=True)

    def offset(self, namespace: str, offset: str) -> WrittenOffset:
        """Encodes where the client stands after what was just written; its last argument is the offset."""
        return WrittenOffset(_event_head(namespace), encode_json(offset), namespace=namespace)


@lru_cache(maxsize=256)
def _event_head(namespace: str) -> bytes:
    return _MESSAGE + head(PacketType.EVENT, namespace).encode()


SOCKET_IO = SocketIOWire()
