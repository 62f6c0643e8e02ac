"""Wires: how events, answers and the engine's own words are written for a kind of client.

A wire encodes an event once; what it returns is shared by every connection that speaks it.
"""

from typing import Any, Protocol

import msgspec

from realtime.positions import Position
from realtime.transport.packets import Packet

encode_json = msgspec.json.Encoder(enc_hook=str).encode


class WireEvent(Protocol):
    """What a wire needs of an event; `realtime.log.events` has the two kinds.

    `payload` is JSON as it was stored. `seq` and `epoch` are None when the event is ephemeral.
    """

    @property
    def room(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def created_at_ms(self) -> int: ...
    @property
    def event_id(self) -> str: ...


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a command: `data`, or `error` in the one error shape.

    `position` is that of a durable command's own event: `{room, epoch, seq}`.
    """

    success: bool
    data: Any = None
    error: dict[str, Any] | None = None
    position: dict[str, Any] | None = None


class Wire(Protocol):
    """One encoding; shared by all connections of its kind."""

    def key(self, namespace: str) -> str:
        """Returns what distinguishes encodings of one event: sessions with equal keys share bytes."""

    def durable(self, namespace: str, event: WireEvent, position: Position) -> Packet:
        """Encodes an event of the log."""

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
        """Encodes an event that is not in the log."""

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        """Encodes the place of an event that this session may not see, so that positions are dense."""

    def delivered(self, packet: Packet, room: str, position: Position, part: int, *, more: bool) -> Packet:
        """Returns an event of the log as it goes, in this very step, to members that are live in the room.

        `part` counts from 0 where they do not all get it in one step, and `more` says that others are still to come.
        """
        return packet

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        """Encodes a word of the engine itself: session:ready, room:reset, auth:expiring, bye, error."""


class JsonWire(Wire):
    """The wire of the JSON door: one JSON object per message; the namespace is the connection's."""

    def key(self, namespace: str) -> str:
        return "json"

    def durable(self, namespace: str, event: WireEvent, position: Position) -> Packet:
        return Packet(
            b'{"eventId":"%b","timestamp":%d,"type":"%b","room":"%b","epoch":"%b","seq":%d,"payload":%b}'
            % (
                event.event_id.encode(),
                event.created_at_ms,
                event.type.encode(),
                event.room.encode(),
                position.epoch.encode(),
                position.seq,
                event.payload,
            )
        )

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
        return Packet(
            b'{"eventId":"%b","timestamp":%d,"type":"%b","room":"%b","payload":%b}'
            % (
                event.event_id.encode(),
                event.created_at_ms,
                event.type.encode(),
                event.room.encode(),
                event.payload,
            )
        )

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        return Packet(
            b'{"type":"hidden","room":"%b","epoch":"%b","seq":%d}'
            % (room.encode(), position.epoch.encode(), position.seq)
        )

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        message = {"type": name, "room": room, "payload": payload} if room else {"type": name, "payload": payload}
        return Packet(encode_json(message))

    def answer(self, request_id: str | None, answer: Ack) -> Packet:
        """Encodes the answer to a command; `requestId` is null when the request's own could not be read."""
        message: dict[str, Any] = {"requestId": request_id, "success": answer.success}
        if answer.success:
            message["data"] = answer.data
        else:
            message["error"] = answer.error
        if answer.position:
            message["position"] = answer.position
        return Packet(encode_json(message))


JSON = JsonWire()
