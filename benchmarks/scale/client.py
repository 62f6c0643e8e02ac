"""One connection of a crowd: it counts what it gets, answers heartbeats, and comes back when it is cut off."""

import asyncio
import base64
import json
import os
import random
import time
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.load import masked_frame

_PONG = b"\x8a\x80\x00\x00\x00\x00"
_SEARCHED_BYTES = 300
"""An event names itself within these; its payload may be long."""
_FIRST_TRY_S = (0.5, 1.5)
_LONGEST_PAUSE_S = 5.0
"""As the stock client of Socket.IO comes back: after a second or so, then ever later."""


class Swarm(Protocol):
    """What a connection belongs to; everything happens on one loop."""

    port: int
    room: str

    def became_ready(self, client: "Client") -> None: ...
    def was_lost(self, client: "Client") -> None: ...
    def failed(self, client: "Client", why: str) -> None: ...
    def received(self, client: "Client", seq: int, sent_at: float) -> None: ...
    def answered(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Door:
    """How a crowd speaks: `ready` is in what says that a session is open, `event` in each event that counts."""

    name: str
    path: str
    subprotocol: str
    ready: bytes
    refused: bytes
    event: bytes
    asks: bytes
    answer: bytes

    def hello(self, client: "Client") -> bytes:
        if self.name == "json":
            position = {"epoch": client.epoch, "seq": client.seq} if client.epoch else None
            payload = {"rooms": {client.swarm.room: position}}
            return masked_frame(json.dumps({"type": "session:resume", "requestId": "r", "payload": payload}))
        return masked_frame(f"40/rooms,{json.dumps({'token': client.token, 'recovery': False})}")

    def position(self, message: bytes, room: str) -> tuple[str, int] | None:
        """Returns where the room's stream begins for a session that has become ready; None where nobody asked."""
        if self.name != "json":
            return None
        outcome = json.loads(message)["payload"]["rooms"][room]
        return outcome["position"]["epoch"], -1 if outcome.get("recovered") else outcome["position"]["seq"]


DOORS = {
    door.name: door
    for door in (
        Door(
            "json",
            "/ws/?resume",
            "livrya.v1",
            b'"session:ready"',
            b'"type":"bye"',
            b'"comment:new"',
            masked_frame('{"type":"session:ping","requestId":"p","payload":{}}'),
            b'"requestId":"p"',
        ),
        Door(
            "socket.io",
            "/socket.io/?EIO=4&transport=websocket",
            "",
            b"40/rooms,{",
            b"44/rooms,",
            b'"message:new"',
            masked_frame('42/rooms,1["session:ping",{}]'),
            b"43/rooms,1[",
        ),
    )
}


class Client(asyncio.Protocol):
    """A WebSocket client that takes frames apart and nothing more; `seq` is the last event it has of the one room."""

    __slots__ = (
        "asked_at",
        "buffer",
        "door",
        "epoch",
        "opened",
        "pause_s",
        "ready",
        "seq",
        "swarm",
        "token",
        "transport",
    )

    def __init__(self, swarm: Swarm, door: Door, token: str) -> None:
        self.swarm, self.door, self.token = swarm, door, token
        self.transport: Any = None
        self.epoch, self.seq = "", 0
        self.pause_s = random.uniform(*_FIRST_TRY_S)
        self.asked_at = 0.0
        self._begin()

    def _begin(self) -> None:
        self.buffer, self.opened, self.ready = b"", False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        lines = [
            f"GET {self.door.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.swarm.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        if self.door.subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {self.door.subprotocol}")
        self.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        at = 0
        if not self.opened:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.buffer = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self.swarm.failed(self, data[:12].decode(errors="replace"))
                self.transport.abort()
                return
            self.opened = True
            self.transport.write(self.door.hello(self))
            at = end + 4
        length = len(data)
        while length - at >= 2:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            elif size == 127:
                size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            if at + head + size > length:
                break
            self._take(data[at] & 15, data[at + head : at + head + size])
            at += head + size
        self.buffer = data[at:]

    def _take(self, kind: int, message: bytes) -> None:
        if kind == 9:
            self.transport.write(_PONG)
        elif message == b"2":
            self.transport.write(masked_frame("3"))
        elif self.door.event in message[:_SEARCHED_BYTES]:
            self._hear(message)
        elif self.asked_at and self.door.answer in message[:_SEARCHED_BYTES]:
            self.swarm.answered(time.monotonic() - self.asked_at)
            self.asked_at = 0.0
        elif not self.ready and self.door.ready in message[:_SEARCHED_BYTES]:
            self._become_ready(message)
        elif not self.ready and self.door.refused in message[:_SEARCHED_BYTES]:
            self.swarm.failed(self, message[:120].decode(errors="replace"))
            self.transport.abort()

    def _become_ready(self, message: bytes) -> None:
        if begins := self.door.position(message, self.swarm.room):
            self.epoch, seq = begins
            if seq >= 0:  # else it goes on where it was
                self.seq = seq
        self.ready = True
        self.pause_s = random.uniform(*_FIRST_TRY_S)
        self.swarm.became_ready(self)

    def _hear(self, message: bytes) -> None:
        # The JSON door's envelope comes before the payload, Socket.IO's second argument behind it.
        found = message.find(b'"seq":') if self.door.name == "json" else message.rfind(b'"seq":')
        digits = message[found + 6 : found + 26]
        seq = int(digits[: next(at for at, byte in enumerate(digits) if byte not in b"0123456789")])
        stamp = message.find(b"at=")
        self.swarm.received(self, seq, float(message[stamp + 3 : message.find(b";", stamp)]) if stamp > 0 else 0.0)

    def ask(self) -> None:
        """Pings the session, unless it still waits for an answer."""
        if self.ready and not self.asked_at:
            self.asked_at = time.monotonic()
            self.transport.write(self.door.asks)

    def next_pause_s(self) -> float:
        """Returns how long to wait before the next try."""
        pause, self.pause_s = self.pause_s, min(self.pause_s * 2, _LONGEST_PAUSE_S)
        return pause

    def connection_lost(self, error: Exception | None) -> None:
        was_ready = self.ready
        self._begin()
        self.asked_at = 0.0
        if was_ready:
            self.swarm.was_lost(self)
        else:
            self.swarm.failed(self, "closed before it was ready")
