"""How events, answers and the engine's words look to a Socket.IO client.

A listener is called with `(payload, meta)`, meta being `{eventId, timestamp, room, epoch, seq}`. For a client that
does not keep positions of its own, an event of the log has a third argument, a string, which a stock client keeps
as its offset: where the client stands in all of its rooms, or the event's id where an offset of its own is to follow.
"""

from functools import lru_cache
from typing import Any

from realtime.doors.socketio.packets import PacketType, head
from realtime.doors.socketio.recovery import offset_of
from realtime.doors.socketio.written import MESSAGE, Written, WrittenEvent, WrittenOffset
from realtime.hub.room import HubSession
from realtime.positions import Position
from realtime.transport.packets import Packet
from realtime.transport.wire import Wire, WireEvent, encode_json


class SocketIOWire(Wire):
    """The wire of Socket.IO: JSON in an array behind the packet's head. `recovers`: clients are told their offset."""

    def __init__(self, *, recovers: bool) -> None:
        self.tells_places = recovers

    def key(self, namespace: str) -> str:
        return f"socket.io {namespace}" if self.tells_places else f"socket.io without offsets {namespace}"

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
            namespace,
        )

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
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
        return self._of_log(
            b'%b["hidden",null,{"room":"%b","epoch":"%b","seq":%d}'
            % (_event_head(namespace), name, epoch, position.seq),
            b"%b:%b:%d" % (name, epoch, position.seq),
            namespace,
        )

    def _of_log(self, stem: bytes, event_id: bytes, namespace: str) -> Packet:
        if not self.tells_places:
            return Written(b"%b]" % stem, namespace=namespace)
        return WrittenEvent(stem, event_id, namespace=namespace)

    def placed(self, packet: Packet, session: HubSession) -> Packet:
        offset = offset_of(session)
        if offset is None or not isinstance(packet, WrittenEvent):
            return packet
        return packet.placed(encode_json(offset))

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        arguments = [name, payload, {"room": room}] if room else [name, payload]
        return Written(_event_head(namespace) + encode_json(arguments), namespace=namespace, moves=self.tells_places)

    def offset(self, namespace: str, offset: str) -> WrittenOffset:
        """Encodes where the client stands after what was just written; its last argument is the offset."""
        return WrittenOffset(_event_head(namespace), encode_json(offset), namespace=namespace)


@lru_cache(maxsize=256)
def _event_head(namespace: str) -> bytes:
    return MESSAGE + head(PacketType.EVENT, namespace).encode()


SOCKET_IO = SocketIOWire(recovers=True)
SOCKET_IO_WITHOUT_OFFSETS = SocketIOWire(recovers=False)
"""For clients that keep their own positions."""
