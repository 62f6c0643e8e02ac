"""What an Engine.IO session sends through: a WebSocket, or the polls of its client."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Protocol

from realtime.doors.engineio import packets as wire
from realtime.doors.errors import Refusal, RequestRefused
from realtime.transport.connection import Connection, FrameStream, Listener, SendingConnection
from realtime.transport.packets import Packet, joined_frames
from realtime.transport.write_batch import WriteBatch

_SEPARATOR = wire.SEPARATOR.encode()
CLOSE = Packet(wire.PacketType.CLOSE.encode())
PING = Packet(wire.PacketType.PING.encode())
NOOP = Packet(wire.PacketType.NOOP.encode())
PROBE_ANSWER = Packet(b"3probe")


def polled(packets: list[Packet]) -> bytes:
    """Returns the packets as the body of one polling response."""
    parts: list[bytes] = []
    for packet in packets:
        if packet.text:
            parts.append(packet.text)
        parts.extend(b"b" + b64encode(attachment) for attachment in packet.attachments)
    return _SEPARATOR.join(parts)


class Link(Protocol):
    """One transport of a session. Belongs to the loop and never blocks."""

    name: str

    def send(self, packets: list[Packet]) -> None:
        """Sends the packets, in order and with nothing between them."""

    def buffered(self) -> int:
        """Returns how many bytes the client has not taken yet, as far as the transport can tell."""

    def close(self, code: int, reason: str) -> None:
        """Ends the transport behind what was sent."""

    def abort(self) -> None:
        """Ends the transport at once."""

    def gone(self) -> None:
        """The transport has ended; whatever was held for it is let go."""


class FrameLink:
    """A WebSocket whose finished frames go straight to the transport."""

    __slots__ = ("_stream",)
    name = "websocket"

    def __init__(self, stream: FrameStream, owner: Connection, *, limit: int) -> None:
        self._stream = stream
        # Gone while its session was being moved here: whoever reads is about to see the end.
        with contextlib.suppress(RuntimeError):
            stream.attach(owner, limit)

    def send(self, packets: list[Packet]) -> None:
        self._stream.write(joined_frames(packets))

    def buffered(self) -> int:
        return self._stream.buffered()

    def close(self, code: int, reason: str) -> None:
        self._stream.close(code, reason)

    def abort(self) -> None:
        self._stream.abort()

    def gone(self) -> None:
        """Nothing is held: what was sent is the transport's."""

    def listen(self, listener: Listener) -> bool:
        """See `FrameStream.listen`."""
        return self._stream.listen(listener)


class SocketLink(SendingConnection):
    """A WebSocket on a server without the frame extension: a task of its own awaits each `send()`."""

    __slots__ = ("_owner_congested", "_owner_drained")
    name = "websocket"

    def __init__(
        self,
        write_batch: WriteBatch,
        send: Callable[[dict[str, Any]], Any],
        *,
        limit: int,
        congested: Callable[[], None],
        drained: Callable[[], None],
    ) -> None:
        self._owner_congested = congested
        self._owner_drained = drained
        super().__init__(write_batch, send, limit=limit)

    def send(self, packets: list[Packet]) -> None:
        self._send(packets)

    def gone(self) -> None:
        self.lost()

    def became_congested(self) -> None:
        super().became_congested()
        self._owner_congested()

    def became_drained(self) -> None:
        super().became_drained()
        self._owner_drained()


class PollingLink:
    """What waits for the client's next poll. At most one poll waits for something to be sent.

    `congested` is called when more than `limit` bytes wait, `drained` when a poll has taken them.
    """

    __slots__ = ("_bytes", "_congested", "_drained", "_limit", "_poll", "_waiting")
    name = "polling"

    def __init__(self, *, limit: int, congested: Callable[[], None], drained: Callable[[], None]) -> None:
        self._limit = limit
        self._congested = congested
        self._drained = drained
        self._waiting: list[Packet] = []
        self._bytes = 0
        self._poll: asyncio.Future[bytes] | None = None

    @property
    def polling(self) -> bool:
        """Whether a poll waits for something to be sent."""
        return self._poll is not None and not self._poll.done()

    def poll(self) -> "asyncio.Future[bytes]":
        """Returns the body of the next response, as soon as there is something to say."""
        self._poll = asyncio.get_running_loop().create_future()
        if self._waiting:
            self._answer()
        return self._poll

    def send(self, packets: list[Packet]) -> None:
        self._waiting.extend(packets)
        self._bytes += sum(len(packet.text) + sum(map(len, packet.attachments)) for packet in packets)
        if self.polling:
            self._answer()
        elif self._bytes > self._limit:
            self._congested()

    def take(self) -> list[Packet]:
        """Returns what no poll has taken, and forgets it; a waiting poll is let go with nothing to do."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if self.polling:
            self.release()
        return waiting

    def release(self) -> None:
        """Lets a waiting poll go with nothing to do."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(NOOP.text)

    def buffered(self) -> int:
        return self._bytes

    def close(self, code: int, reason: str) -> None:
        self.send([CLOSE])

    def refuse(self, error: RequestRefused) -> None:
        """Turns a waiting poll away."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(error)

    def abort(self) -> None:
        self.refuse(RequestRefused(Refusal.UNKNOWN_SESSION))
        self.take()

    def gone(self) -> None:
        self.take()

    def _answer(self) -> None:
        assert self._poll is not None
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        self._poll.set_result(polled(waiting))
        self._drained()
