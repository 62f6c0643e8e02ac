"""uvicorn's WebSocket protocol, offering its socket to the engine past ASGI (see `FrameStream`).

Tested against the pinned uvicorn; `check_uvicorn` says at start when another one does not fit.
"""

import asyncio
import contextlib
import fcntl
import socket
import struct
import sys
import termios
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.conf import realtime_settings
from realtime.errors import CloseCode
from realtime.servers.http import missing_of_uvicorn
from realtime.servers.reading import ReadingProtocol
from realtime.transport.connection import Connection, Listener
from realtime.transport.packets import websocket_frame

_USED = (
    "handle_connect",
    "handle_events",
    "handle_parser_exception",
    "handle_ping",
    "connection_lost",
    "data_received",
    "pause_writing",
    "receive",
    "resume_writing",
    "send_500_response",
    "send_receive_event_to_app",
    "start_keepalive",
)
_PING = b"\x89\x00"
_CLOSE = 0x88
# So many messages may wait for the application before no more are parsed: it takes them a few at a time.
_WAITING = 16
# For the close frame of somebody who sends too much to arrive; while it waits nothing of theirs is read.
_GOODBYE_SECONDS = 1.0
_AT_ONCE = struct.pack("ii", 1, 0)  # linger: on, for 0 seconds
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def check_uvicorn() -> None:
    """Raises RuntimeError when the installed uvicorn is not built as this subclass expects."""
    missing = [name for name in _USED if not callable(getattr(WebSocketsSansIOProtocol, name, None))]
    if missing := missing + missing_of_uvicorn():
        raise RuntimeError(
            f"This uvicorn's protocols have no {', '.join(missing)}: use the version in requirements.txt."
        )


class FramesProtocol(ReadingProtocol):
    """A WebSocket connection whose finished frames may be written straight to the transport."""

    __slots__ = (
        "_closer",
        "_limit",
        "_listener",
        "_listens",
        "_owner",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._owner: Connection | None = None
        self._listener: Listener | None = None
        self._listens = False  # has had a listener
        self._limit = 0
        self._closer: asyncio.TimerHandle | None = None

    # How it ends

    def throw_out(self) -> None:
        if self._closer is not None:
            self._closer.cancel()
            self._closer = None
        self._end_within(_GOODBYE_SECONDS)
        self.close(CloseCode.ABUSE, "Too many control frames or fragments.")

    def handle_events(self) -> None:
        super().handle_events()
        if not self.handshake_initiated:
            # The whole handshake has come, at once (see `BoundedProtocol`), and the parser takes it for none: uvicorn
            # would neither send its answer nor close.
            self.handshake_initiated = self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()
            self._end_within(realtime_settings().close_timeout_seconds)

    def handle_parser_exception(self) -> None:
        sent = self.conn.close_sent
        if self._owner is not None and sent is not None and sent.code == CloseCode.TOO_BIG:
            code = self._owner.too_large()
            self.conn.data_to_send()  # drops the library's own close frame
            self._owner.flush()
            self._shut()
            self.transport.write(websocket_frame(_CLOSE, code.to_bytes(2, "big") + b"too large"))
        super().handle_parser_exception()

    def handle_ping(self) -> None:
        super().handle_ping()
        self._measure()

    def must_wait(self) -> bool:
        """Tells whether nothing is to be taken: until the application asks, or the client takes its answers."""
        if self._listens:
            return self._owner is not None and self._owner.congested
        return len(self.queue) >= _WAITING  # type: ignore[arg-type]  # an Inbox, see OpenedProtocol

    # FrameStream

    def write(self, frame: bytes) -> bool:
        if not self.handshake_complete or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        self._measure()
        return True

    def buffered(self) -> int:
        return 0 if self.disconnected else self.transport.get_write_buffer_size() + self._untaken()

    def _untaken(self) -> int:
        """Returns the bytes that the kernel holds because the peer has not taken them; 0 where it does not say.

        It refills its own buffer in big steps: a client that reads 1 KB/s would seem to take nothing for minutes.
        """
        link = self.transport.get_extra_info("socket")
        try:
            queued: bytes = fcntl.ioctl(link.fileno(), termios.TIOCOUTQ, bytes(4))
        except (OSError, AttributeError):
            return 0
        return int.from_bytes(queued, sys.byteorder)

    def close(self, code: int, reason: str) -> None:
        if self.close_sent or self.disconnected:
            return
        if not self.handshake_complete or self.transport.is_closing():
            self.abort()
            return
        self._shut()
        self.conn.send_close(code, reason.encode()[:120].decode(errors="ignore"))
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:  # the client's own close frame is to be read
            self.read_paused = False
            self.read_on()
        self._end_within(realtime_settings().close_timeout_seconds)

    def abort(self) -> None:
        if self.disconnected:
            return
        self._shut()
        # Without this the kernel goes on trying to deliver what it has, for minutes, to a client that takes nothing.
        if (link := self.transport.get_extra_info("socket")) is not None:
            with contextlib.suppress(OSError):
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    def ping(self) -> None:
        self.write(_PING)

    def attach(self, owner: Connection, limit: int) -> None:
        # Sent, and asked for the last time: who writes past ASGI has been accepted.
        self.response = self.scope = None  # type: ignore[assignment]
        self.transport.set_write_buffer_limits(high=0)  # it says when it begins to hold something, and when it ends
        self._owner = owner
        self._limit = limit
        if not self.transport.get_write_buffer_size():
            self._open()

    def listen(self, listener: Listener) -> bool:
        inbox: Any = self.queue
        self._listener, self._listens = listener, True
        self.queue = self  # type: ignore[assignment]  # all that uvicorn asks of it
        while not inbox.empty():
            self.put_nowait(inbox.take())
        if self.read_paused:
            self.read_paused = False
            self.read_on()
        return True

    # What uvicorn asks of its queue, once somebody listens

    def empty(self) -> bool:
        return True

    def put_nowait(self, event: Any) -> None:
        if event["type"] != "websocket.disconnect":
            if self._listener is not None:
                text = event.get("text")
                self._listener.heard(text if text is not None else event["bytes"])
            return
        # In a turn of its own: whoever closes a stream learns it behind that.
        self.loop.call_soon(self._tell_end)
        if not self.disconnected:
            self._end_within(realtime_settings().close_timeout_seconds)

    def _tell_end(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.gone()

    def _open(self) -> None:
        """Lets its owner write past this object, now that nothing is buffered."""
        if self._owner is not None and not (self.close_sent or self.disconnected or self.transport.is_closing()):
            encrypted = self.transport.get_extra_info("ssl_object") is not None
            link = self.transport.get_extra_info("socket")
            self._owner.redirect(self.transport, None if encrypted else link.fileno())

    def _measure(self) -> None:
        """Says when more is buffered than its owner allows."""
        if self._owner is not None and self.transport.get_write_buffer_size() > self._limit:
            self._owner.became_congested()

    def _shut(self) -> None:
        """Keeps its owner from writing past this object: something is buffered, or the end has begun."""
        if self._owner is not None:
            self._owner.redirect(None)

    # What the transport says

    def pause_writing(self) -> None:
        super().pause_writing()
        self._shut()
        self._measure()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._open()
        if self._owner is not None:
            self._owner.became_drained()
            self.parse_on()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._closer is not None:
            self._closer.cancel()
        self._shut()
        if self._owner is not None:
            self._owner.became_drained()
            self._owner = None

    async def run_asgi(self) -> None:
        # As uvicorn's own, which closes what its application has left: not where somebody listens.
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
        else:
            if not self.handshake_complete:
                self.logger.error("ASGI callable returned without completing handshake.")
                self.send_500_response()
            if self._listens:
                return
        if self.close_timer is None:
            self.transport.close()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        if self._listens:
            return
        # The application is done and uvicorn has closed the transport, which first sends what is buffered:
        # a client that takes nothing would hold it for ever.
        if not self.disconnected:
            self._end_within(realtime_settings().close_timeout_seconds)

    def _end_within(self, seconds: float) -> None:
        if self._closer is None:
            self._closer = self.loop.call_later(seconds, self.abort)
        if self.close_timer is None:
            # uvicorn ends the transport when the peer's close frame arrives while this timer exists.
            self.close_timer = self.loop.call_later(seconds + 1, self.transport.close)
