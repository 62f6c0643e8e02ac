"""How events, answers and the engine's words look to a Socket.IO client.

A listener is called with `(payload, meta)`, meta being `{eventId, timestamp, room, epoch, seq}`. For a client that
does not keep positions of its own, an event of the log has a third argument, a string, which a stock client keeps
as its offset, see `realtime.doors.socketio.recovery`.
"""

from functools import lru_cache
from typing import Any

from realtime.doors.socketio.journal import Journal
from realtime.doors.socketio.packets import PacketType, head
from realtime.doors.socketio.recovery import write_number
from realtime.doors.socketio.written import MESSAGE, WrittenEvent
from realtime.positions import Position
from realtime.transport.packets import Packet
from realtime.transport.wire import Wire, WireEvent, encode_json


class SocketIOWire(Wire):
    """The wire of Socket.IO, JSON in an array behind the packet's head, for clients that keep their own positions."""

    def key(self, namespace: str) -> str:
        return f"socket.io without offsets {namespace}"

    def durable(self, namespace: str, event: WireEvent, position: Position) -> Packet:
        event_id = event.event_id.encode()
        return self._of_log(
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
        )

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
        return Packet(
            b'%b["%b",%b,{"eventId":"%b","timestamp":%d,"room":"%b"}]'
            % (
                _event_head(namespace),
                event.type.encode(),
                event.payload,
                event.event_id.encode(),
                event.created_at_ms,
                event.room.encode(),
            )
        )

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        name = room.encode()
        epoch = position.epoch.encode()
        return self._of_log(
            b'%b["hidden",null,{"room":"%b","epoch":"%b","seq":%d}'
            % (_event_head(namespace), name, epoch, position.seq),
            b"%b:%b:%d" % (name, epoch, position.seq),
        )

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        arguments = [name, payload, {"room": room}] if room else [name, payload]
        return Packet(_event_head(namespace) + encode_json(arguments))

    def _of_log(self, stem: bytes, event_id: bytes) -> Packet:
        return Packet(b"%b]" % stem)


class RecoveringWire(SocketIOWire):
    """The same for stock clients: events of the log carry an offset. One for each hub; belongs to its loop."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._delivery: tuple[str, Position, int] | None = None
        self._offset = b""
        self._numbered: dict[Packet, Packet] = {}

    def key(self, namespace: str) -> str:
        return _key(namespace)

    def delivered(self, packet: Packet, room: str, position: Position, part: int, *, more: bool) -> Packet:
        """Returns the event with a number, one for all audiences of one step."""
        delivery = (room, position, part)
        if delivery != self._delivery:
            self._delivery = delivery
            self._numbered.clear()
            number = self._journal.delivered(room, position, more=more)
            self._offset = write_number(self._journal.process, number).encode()
        numbered = self._numbered.get(packet)
        if numbered is None:
            assert isinstance(packet, WrittenEvent)
            numbered = self._numbered[packet] = packet.with_offset(self._offset)
        return numbered

    def offset(self, namespace: str, offset: str) -> Packet:
        """Encodes a client's place after what was just written; its last argument is the offset."""
        return Packet(_event_head(namespace) + encode_json(["session:offset", offset]))

    def _of_log(self, stem: bytes, event_id: bytes) -> Packet:
        return WrittenEvent(stem, event_id)


@lru_cache(maxsize=256)
def _key(namespace: str) -> str:
    return f"socket.io {namespace}"


@lru_cache(maxsize=256)
def _event_head(namespace: str) -> bytes:
    return MESSAGE + head(PacketType.EVENT, namespace).encode()


SOCKET_IO = SocketIOWire()
"""For clients that keep their own positions."""
