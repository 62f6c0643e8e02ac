"""What a client sends over a WebSocket, parsed in its part of the turns, and no faster than it is taken."""

from collections.abc import Sequence
from typing import Any

from realtime.errors import CloseCode
from realtime.people.limits.trifles import one_more
from realtime.servers.opened import OpenedProtocol
from realtime.servers.parsing import frame_bytes, is_close, is_text, is_trifle, is_whole, is_whole_pong, small_message
from realtime.transport.turns import turns_of


class ReadingProtocol(OpenedProtocol):
    """A WebSocket connection that reads within bounds.

    A small message by itself is parsed at once. Whatever else comes waits for its part of the turns, frame by frame.
    Reading is paused for that, or because nobody has taken what there is.
    """

    __slots__ = ("_at", "_deaf", "_held", "_in_turn", "_passes_over", "_rest", "_size", "_trifles")

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

    # What a subclass does

    def close(self, code: int, reason: str) -> None:
        """Sends a close frame."""
        raise NotImplementedError

    def abort(self) -> None:
        """Drops the connection."""
        raise NotImplementedError

    def must_wait(self) -> bool:
        """Tells whether nothing is to be taken: until the application asks, or the client takes its answers."""
        raise NotImplementedError

    def throw_out(self) -> None:
        """Ends the connection of somebody who sends too much that is no message."""
        raise NotImplementedError

    # Reading

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.loop.time()
        at_once = not (self._held or self._rest or self.close_sent or self._deaf) and self.handshake_complete
        if at_once and is_whole(data) and not self.must_wait():
            self._take_small(data)
        elif not self.handshake_initiated:
            super().data_received(data)
        elif not self._deaf:
            self._held = self._held[self._at :] + data
            self._at = 0
            self.transport.pause_reading()
            self.parse_on()

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
        self.parse_on()  # accepted: what was sent before anybody said so had to wait

    async def receive(self) -> Any:
        inbox: Any = self.queue
        while inbox.empty():
            await inbox.filled()
        message = inbox.take()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self.read_on()
        return message

    def read_on(self) -> None:
        """The application wants more."""
        if self._held:
            self.parse_on()
        elif not self._deaf:
            self.transport.resume_reading()

    def parse_on(self) -> None:
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
        if not self.close_sent and self.must_wait():
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
        self.throw_out()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._held, self._at = b"", 0

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


def _is_text(parts: Sequence[bytes]) -> bool:
    try:
        b"".join(parts).decode()
    except UnicodeDecodeError:
        return False
    return True
