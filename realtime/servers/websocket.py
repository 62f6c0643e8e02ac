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
from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.conf import realtime_settings
from realtime.errors import CloseCode
from realtime.people.limits.trifles import one_more
from realtime.servers.http import missing_of_uvicorn
from realtime.servers.opened import OpenedProtocol
from realtime.servers.parsing import frame_bytes, is_close, is_text, is_trifle, is_whole, is_whole_pong, small_message
from realtime.transport.connection import Connection, Listener
from realtime.transport.turns import turns_of

_USED = (
    "handle_connect",
    "handle_events",
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


class FramesProtocol(OpenedProtocol):
    """A WebSocket connection whose finished frames may be written straight to the transport."""

    __slots__ = (
        "_at",
        "_closer",
        "_deaf",
        "_held",
        "_in_turn",
        "_limit",
        "_listener",
        "_listens",
        "_owner",
        "_passes_over",
        "_rest",
        "_size",
        "_trifles",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # What was read and is not parsed yet begins at `_at` of `_held`; while there is any, nothing more is read.
        self._held = b""
        self._at = 0
        self._size = 0  # of the frame that has begun,
        self._rest = 0  # and how much of it is missing
        self._passes_over = False  # that frame is not parsed
        self._in_turn = False
        self._deaf = False
        self._trifles = 0.0
        self._owner: Connection | None = None
        self._listener: Listener | None = None
        self._listens = False  # has had a listener
        self._limit = 0
        self._closer: asyncio.TimerHandle | None = None

    # Reading: a small message by itself is parsed at once. Whatever else comes waits for its part of the turns, frame
    # by frame, and reading is paused for that, or because the application has not taken what there is.

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.loop.time()
        at_once = not (self._held or self._rest or self.close_sent or self._deaf) and self.handshake_complete
        if at_once and is_whole(data) and not self._must_wait():
            self._take_small(data)
        elif not self.handshake_initiated:
            super().data_received(data)
        elif not self._deaf:
            self._held = self._held[self._at :] + data
            self._at = 0
            self.transport.pause_reading()
            self._parse_on()

    def _take_small(self, data: bytes) -> None:
        """Parses a small message that came by itself."""
        if self._conn is not None:  # it may be in the middle of a message
            super().data_received(data)
            return
        self.curr_msg_data_type = "text" if is_text(data[0]) else "bytes"
        self.frames = [small_message(data)]
        self.send_receive_event_to_app()

    def start_keepalive(self) -> None:
        super().start_keepalive()
        self._parse_on()  # accepted: what was sent before anybody said so had to wait

    async def receive(self) -> Any:
        inbox: Any = self.queue
        while inbox.empty():
            await inbox.filled()
        message = inbox.take()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._read_on()
        return message

    def _read_on(self) -> None:
        """The application wants more."""
        if self._held:
            self._parse_on()
        elif not self._deaf:
            self.transport.resume_reading()

    def _parse_on(self) -> None:
        if self._held and not self._in_turn and self.handshake_complete:
            self._in_turn = True
            turns_of(self.loop).add(self)

    def step(self) -> bool:
        """Parses one frame, or as much of it as there is."""
        try:
            self._in_turn = self._parse_frame()
        except Exception:
            self.abort()
            raise
        if not self._in_turn and self._at >= len(self._held):
            self._held, self._at = b"", 0
        return self._in_turn

    def _parse_frame(self) -> bool:
        held, at = self._held, self._at
        if self.disconnected or self.transport.is_closing():
            self._at = len(held)
            return False
        if not self.close_sent and self._must_wait():
            return False
        if not self._rest:
            self._size = self._rest = frame_bytes(held, at)
            if not self._rest:
                self._held, self._at = held[at:], 0
                self._resume()
                return False
            self._passes_over = self.close_sent and not is_close(held[at])
            if (self._passes_over or is_trifle(held[at])) and not self._affords_trifle():
                return False
        piece = held[at : at + self._rest]
        self._at += len(piece)
        self._rest -= len(piece)
        if not self._rest:
            turns_of(self.loop).spend(self._size)
        # The answer to a heartbeat says that somebody is there, which was noted when it came.
        if not (self._passes_over or (self._conn is None and is_whole_pong(piece))):
            super().data_received(piece)
        if self._at < len(held):
            return True
        self._resume()
        return False

    def _must_wait(self) -> bool:
        """Tells whether nothing is to be taken: until the application asks, or the client takes its answers."""
        if self._listens:
            return self._owner is not None and self._owner.congested
        return len(self.queue) >= _WAITING  # type: ignore[arg-type]  # an Inbox, see OpenedProtocol

    def _resume(self) -> None:
        """Reads on, unless there is another reason not to."""
        if not (self.read_paused or self._deaf or self.disconnected or self.transport.is_closing()):
            self.transport.resume_reading()

    def _affords_trifle(self) -> bool:
        """Counts a frame that is no message; of somebody who sends too many nothing is read any more."""
        used_until = one_more(self._trifles, self.heard_at)
        if used_until is not None:
            self._trifles = used_until
            return True
        self._deaf = True
        self._at = len(self._held)
        if self._closer is not None:
            self._closer.cancel()
            self._closer = None
        self._end_within(_GOODBYE_SECONDS)
        self.close(CloseCode.ABUSE, "Too many control frames or fragments.")
        return False

    def handle_events(self) -> None:
        super().handle_events()
        if not self.handshake_initiated:
            # The whole handshake has come, at once (see `BoundedProtocol`), and the parser takes it for none: uvicorn
            # would neither send its answer nor close.
            self.handshake_initiated = self.handshake_complete = self.close_sent = True
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()
            self._end_within(realtime_settings().close_timeout_seconds)

    def handle_ping(self) -> None:
        super().handle_ping()
        self._measure()

    def send_receive_event_to_app(self) -> None:
        # uvicorn refuses it too, and writes a traceback to the log for every such message.
        if self.curr_msg_data_type == "text" and not _is_text(self.frames):
            self.close(CloseCode.NOT_TEXT, "not UTF-8")
        elif self.read_paused or not self.queue.empty():
            super().send_receive_event_to_app()
        else:
            # uvicorn stops reading at each message until it has been taken: two system calls for every command. Here a
            # second one that waits is the first to stop it.
            self.read_paused = True
            super().send_receive_event_to_app()
            self.read_paused = False

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
            self._read_on()
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
            self._read_on()
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
            self._parse_on()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._held, self._at = b"", 0
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


def _is_text(parts: Sequence[bytes]) -> bool:
    try:
        b"".join(parts).decode()
    except UnicodeDecodeError:
        return False
    return True
