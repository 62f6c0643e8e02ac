"""One transport link to a client, and what is written to it.

Nothing here awaits a client: a write is queued, leaves with everything else of the same loop turn, and a
client that does not read makes its connection congested instead of making anybody wait.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any, Protocol

from realtime.errors import CloseCode, for_applications
from realtime.identity import Identity
from realtime.transport.packets import Packet, joined_frames
from realtime.transport.write_batch import Sink, WriteBatch

logger = logging.getLogger(__name__)

# More than this in one loop turn leaves at once, so that a turn never piles up a second buffer.
TURN_BYTES = 256 * 1024


class CommandLimits(Protocol):
    """What a connection may do; `realtime.people.limits` has it."""

    abusive: bool
    """Somebody goes on for long without waiting."""

    async def charge(self, identity: Identity, cost: float, *, ahead: bool = True) -> None:
        """Counts a command against the connection and its person. Raises RateLimited with the time to wait.

        `ahead`: takes shared points for the next commands too.
        """

    def attempt(self) -> None:
        """Counts one try of somebody who is not known yet, against the connection alone. Raises RateLimited."""

    async def before_looking_up(self) -> None:
        """Asks whether the address has points left for a credential that may be no good. Raises RateLimited."""

    async def looked_up_in_vain(self) -> None:
        """Takes a point of the address for a credential that was no good."""


class Connection:
    """Base of all transport links. Belongs to the loop; no method may be called from another thread.

    A subclass sends in `_send` (or is `direct`, for the frequent case of one packet), and calls `became_congested`
    and `became_drained` when what the client has not taken passes the outbound limit, or is small again.
    """

    __slots__ = (
        "__weakref__",
        "_drained",
        "_pending_bytes",
        "_write_batch",
        "address",
        "closed",
        "congested",
        "descriptor",
        "direct",
        "id",
        "limits",
        "on_congested",
        "pending",
        "seats",
        "sessions",
    )

    def __init__(self, write_batch: WriteBatch, *, address: str = "") -> None:
        self.id = secrets.token_urlsafe(12)
        self.address = address
        self.sessions: dict[str, Any] = {}
        """What lives on the link, by namespace; the hub knows more of it (`realtime.hub.room.HubSession`)."""
        self.congested = False
        self.closed = False
        self.direct: Sink | None = None
        """What takes finished frames as they are, see `redirect`."""
        self.descriptor: int | None = None
        """The socket below, when frames may be sent past `direct` too."""
        self.on_congested: Callable[[Connection], None] | None = None
        self.limits: CommandLimits | None = None
        self.seats: list[str] | None = None
        self._write_batch = write_batch
        # One packet by itself, as after most turns, needs no list; `_pending_bytes` counts those of a list.
        self.pending: Packet | list[Packet] | None = None
        self._pending_bytes = 0
        self._drained: asyncio.Event | None = None

    # Writing

    def write(self, packet: Packet) -> None:
        """Queues the packet; it leaves at the end of this loop turn, in order, with whatever else is due."""
        if self._write_batch.spreads:
            self._write_batch.deal()
        pending = self.pending
        if pending is None:
            self.pending = packet
            self._write_batch.add(self)
            return
        if isinstance(pending, list):
            pending.append(packet)
            self._pending_bytes += len(packet.text)
        else:
            self.pending = [pending, packet]
            self._pending_bytes = len(pending.text) + len(packet.text)
        if self._pending_bytes > TURN_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hands everything queued to the transport now."""
        if self._write_batch.spreads:
            self._write_batch.deal()
        pending, self.pending = self.pending, None
        if pending is not None:
            self.hand_over(pending)

    def hand_over(self, due: Packet | list[Packet]) -> None:
        """Hands this to the transport now, past what is queued."""
        if self.closed:
            return
        try:
            if isinstance(due, list):
                self._send(due)
            else:
                self._send_one(due)
        except Exception:
            self.broken()

    def broken(self) -> None:
        """Cuts a link that raised the exception which is being handled: it must not end the turn of all others."""
        logger.exception("Writing to connection %s failed; it is aborted.", self.id)
        self.abort()

    def buffered(self) -> int:
        """Returns how many bytes the client has not taken yet, as far as the transport can tell."""
        pending = self.pending
        if pending is None:
            return 0
        return self._pending_bytes if isinstance(pending, list) else len(pending.text)

    def redirect(self, sink: Sink | None, descriptor: int | None = None) -> None:
        """Sets where finished frames go from now on; None: they have to be sent in another way, or not at all.

        `descriptor`: the socket into which the sink writes without holding anything back. As soon as it does, or
        before it closes the socket, this is to be called again.
        """
        self.direct = sink
        self.descriptor = descriptor
        self._write_batch.redirections += 1

    # Ending

    def close(self, code: int, reason: str = "") -> None:
        """Flushes, then closes with a code; a client that does not answer is cut off in time."""
        raise NotImplementedError

    def abort(self) -> None:
        """Cuts the link at once; nothing more is sent."""
        raise NotImplementedError

    def too_large(self) -> int:
        """Returns the code to close with where a message is larger than the server takes in."""
        return CloseCode.TOO_BIG.value

    # Backpressure

    async def drained(self) -> None:
        """Waits until the client has taken nearly everything, or is gone."""
        while self.congested and not self.closed:
            if self._drained is None:
                self._drained = asyncio.Event()
            await self._drained.wait()

    def _send(self, packets: list[Packet]) -> None:
        raise NotImplementedError

    def _send_one(self, packet: Packet) -> None:
        self._send([packet])

    def became_congested(self) -> None:
        """Says that the client has not taken more than the outbound limit."""
        if not self.congested and not self.closed:
            self.congested = True
            if self.on_congested is not None:
                self.on_congested(self)

    def became_drained(self) -> None:
        """Says that the client has taken nearly everything, or that nobody waits for it any more."""
        self.congested = False
        if self._drained is not None:
            self._drained.set()
            self._drained = None

    def lost(self) -> None:
        """Marks the link as gone: writes go nowhere, waiting ends. Called once by its consumer."""
        self.closed = True
        self.redirect(None)
        self.pending = None
        self.became_drained()


class Listener(Protocol):
    """Takes what a client says, in place of an application that waits for it. Called on the loop; never blocks."""

    def heard(self, message: str | bytes) -> None:
        """Takes one message."""

    def gone(self) -> None:
        """The client is gone, or what it says is not taken any more; called once."""


class FrameStream(Protocol):
    """What a server offers in `scope["extensions"]["realtime.frames"]["stream"]`: its socket, past ASGI.

    All of it belongs to the loop and never blocks.
    """

    def write(self, frame: bytes) -> bool:
        """Sends finished frames. Returns False before accept, while closing and after the end."""

    def buffered(self) -> int:
        """Returns the bytes that the peer has not taken, as far as the system can tell."""

    def close(self, code: int, reason: str) -> None:
        """Sends a close frame behind what is buffered; cut off if it is not over in time."""

    def abort(self) -> None:
        """Drops the connection and everything buffered."""

    def ping(self) -> None:
        """Sends a ping; every byte that comes in counts as an answer (`heard_at`)."""

    def attach(self, owner: "Connection", limit: int) -> None:
        """Gives an accepted socket to a connection: it is `direct` whenever nothing is buffered, until it is closed.

        Calls `became_congested` when more than `limit` bytes are buffered, `became_drained` when none are left.
        Raises RuntimeError if it is gone already.
        """

    def listen(self, listener: Listener) -> bool:
        """Has the listener take every message that the application has not asked for; for an attached stream.

        The application may end then: a task that waits has more than a kilobyte. Nothing is taken while the stream's
        owner is congested. Returns False where the application has to go on asking.
        """

    @property
    def heard_at(self) -> float:
        """The loop time at which the client last sent something."""


class FramedConnection(Connection):
    """A WebSocket whose finished frames go straight to the transport."""

    __slots__ = ("stream",)

    def __init__(self, write_batch: WriteBatch, stream: FrameStream, *, limit: int, address: str = "") -> None:
        super().__init__(write_batch, address=address)
        self.stream = stream
        stream.attach(self, limit)

    def _send(self, packets: list[Packet]) -> None:
        self.stream.write(joined_frames(packets))

    def buffered(self) -> int:
        return super().buffered() + self.stream.buffered()

    def close(self, code: int, reason: str = "") -> None:
        self.flush()
        self.stream.close(code, reason)

    def abort(self) -> None:
        self.stream.abort()


class SendingConnection(Connection):
    """A WebSocket on a server without the frame extension: a task awaits `send()` for each packet.

    The bound on memory holds only as far as the server's own `send()` waits for its client.
    """

    __slots__ = ("_limit", "_queue", "_queued_bytes", "_send_event", "_task", "_wake")

    def __init__(
        self, write_batch: WriteBatch, send: Callable[[dict[str, Any]], Any], *, limit: int, address: str = ""
    ) -> None:
        super().__init__(write_batch, address=address)
        self._send_event = send
        self._limit = limit
        self._queue: list[dict[str, Any]] = []
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._write_all())

    def _send(self, packets: list[Packet]) -> None:
        for packet in packets:
            if packet.text:
                self._queue.append({"type": "websocket.send", "text": packet.text.decode()})
                self._queued_bytes += len(packet.text)
            for attachment in packet.attachments:
                self._queue.append({"type": "websocket.send", "bytes": attachment})
                self._queued_bytes += len(attachment)
        self._wake.set()
        if self._queued_bytes > self._limit:
            self.became_congested()

    def buffered(self) -> int:
        return super().buffered() + self._queued_bytes

    def close(self, code: int, reason: str = "") -> None:
        self.flush()
        self._queue.append({"type": "websocket.close", "code": for_applications(code), "reason": reason})
        self._wake.set()

    def abort(self) -> None:
        self._queue = [{"type": "websocket.close", "code": 1000}]
        self._queued_bytes = 0
        self._wake.set()

    def lost(self) -> None:
        super().lost()
        self._queue.clear()
        self._task.cancel()

    async def _write_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                batch, self._queue = self._queue, []
                for event in batch:
                    try:
                        await self._send_event(event)
                    except Exception:
                        # Servers disagree on what sending to a lost client raises; the reader sees the end.
                        logger.debug("Sending to connection %s failed.", self.id, exc_info=True)
                        return
                self._queued_bytes = sum(len(event.get("text") or event.get("bytes") or "") for event in self._queue)
            if self.congested:
                self.became_drained()
