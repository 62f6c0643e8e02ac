"""HTTP connections that are parsed one request at a time, and little of it in one turn.

uvicorn parses all requests of a read at once, however many there are, and reads on while they wait.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

from realtime.servers.http import BoundedProtocol
from realtime.servers.lean import Latch
from realtime.transport.turns import turns_of

_END_OF_HEAD = b"\r\n\r\n"
# Of what has no known length: heads and chunks. The smallest of them have five bytes, so this is under a millisecond.
_PIECE_BYTES = 4096


class _Flow(FlowControl):
    """uvicorn's own reason not to read: a body that the application has not taken."""

    __slots__ = ("_is_writable_event", "_read_on", "_transport", "read_paused", "write_paused")

    def __init__(self, transport: asyncio.Transport, read_on: Callable[[], None]) -> None:
        # What uvicorn's own does, but for its event of 800 bytes.
        self._transport = transport
        self.read_paused = self.write_paused = False
        self._is_writable_event = Latch()  # type: ignore[assignment]  # all that is asked of it
        self._read_on = read_on

    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self._read_on()


class PipelineProtocol(BoundedProtocol):
    """An HTTP connection; a request is parsed when the one before is answered. Reading is paused until then."""

    __slots__ = ("_at", "_held", "_in_turn", "_missing_bytes")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # What was read and is not parsed yet begins at `_at` of `_held`; while there is any, nothing more is read.
        self._held = b""
        self._at = 0
        self._in_turn = False
        self._missing_bytes = 0  # of a body that says how long it is

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.flow = _Flow(transport, self._read_on)

    def data_received(self, data: bytes) -> None:
        self._held = self._held[self._at :] + data
        self._at = 0
        # The first request, as nearly always the only one, is parsed at once: its head, and its body if that is there.
        if not self._in_turn and self._parse_piece() and self._missing_bytes:
            self._parse_piece()
        if self._held:
            self.transport.pause_reading()
            self._parse_on()

    def step(self) -> bool:
        """Parses a head, a body, or a part of them."""
        try:
            self._in_turn = self._parse_piece()
        except Exception:
            self.transport.abort()
            raise
        if not self._in_turn:
            self._resume()
        return self._in_turn

    def _parse_on(self) -> None:
        if self._held and not self._in_turn:
            self._in_turn = True
            turns_of(self.loop).add(self)

    def _read_on(self) -> None:
        """The application wants more."""
        self._parse_on()
        self._resume()

    def _resume(self) -> None:
        """Reads on, unless there is another reason not to."""
        if not (self._held or self.flow.read_paused or self._upgraded or self.transport.is_closing()):
            self.transport.resume_reading()

    def _parse_piece(self) -> bool:
        """Returns whether there is more to parse by now."""
        held, at = self._held, self._at
        if self.transport.is_closing():
            self._held, self._at = b"", 0
            return False
        if self.flow.read_paused or (self._answering() and not (self._in_head or self._in_body)):
            return False
        end = at + self._missing_bytes
        if not self._missing_bytes:
            found = held.find(_END_OF_HEAD, at, at + _PIECE_BYTES)
            end = at + _PIECE_BYTES if found < 0 else found + len(_END_OF_HEAD)
            turns_of(self.loop).spend(end - at)
        self._at = end
        if end >= len(held):
            self._held, self._at = b"", 0
        super().data_received(held[at:end])
        return bool(self._held)

    # What the parser and the application say

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        rest, self._held, self._at = self._held[self._at :], b"", 0
        if not self.transport.is_closing():
            self.transport.resume_reading()
            if rest:
                websocket: Any = self.transport.get_protocol()
                websocket.data_received(rest)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        said = next((value for name, value in self.headers if name == b"content-length"), b"")
        self._missing_bytes = int(said) if said.isdigit() else 0

    def on_body(self, body: bytes) -> None:
        self._missing_bytes = max(0, self._missing_bytes - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._missing_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._parse_on()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._held, self._at = b"", 0
