"""What the connections of one loop have to send, each turn all at once."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from realtime.transport.packets import Packet
from realtime.transport.sockets import send_to_all

logger = logging.getLogger(__name__)

_NO_PACKET = Packet(b"")


class Sink(Protocol):
    """Where finished frames go: the transport itself."""

    def write(self, data: bytes | memoryview, /) -> None:
        """Sends the bytes behind what was written before; never blocks."""


class Writable(Protocol):
    """A connection, as what is due to it needs to know it; `realtime.transport.connection` has it."""

    id: str
    pending: Packet | list[Packet] | None
    direct: Sink | None
    descriptor: int | None

    def write(self, packet: Packet) -> None:
        """Queues the packet for the end of this turn."""

    def flush(self) -> None:
        """Hands everything queued to the transport now."""

    def hand_over(self, due: Packet | list[Packet]) -> None:
        """Hands this to the transport now, past what is queued."""

    def broken(self) -> None:
        """Cuts a link that raised the exception which is being handled."""


class Recipients:
    """Connections that get the same packets. Belongs to their loop, as they do.

    Where the frames of each go is found once for many packets: a fan-out then touches nothing of a connection but its
    socket. What else it would touch has long left the processor's caches, and costs more than its instructions say.
    """

    __slots__ = ("_as_of", "connections", "descriptors", "others", "straight")

    def __init__(self, connections: Iterable[Writable]) -> None:
        self.connections = tuple(connections)
        self.straight: tuple[Writable, ...] = ()
        self.descriptors: tuple[int, ...] = ()
        """Those of `straight`."""
        self.others: tuple[Writable, ...] = ()
        """Those that have no descriptor just now."""
        self._as_of = -1

    def __len__(self) -> int:
        return len(self.connections)

    def look(self, redirections: int) -> None:
        """Finds the descriptors, unless the batch has counted no redirection since they were found."""
        if self._as_of != redirections:
            self._as_of = redirections
            self.straight = tuple([connection for connection in self.connections if connection.descriptor is not None])
            self.descriptors = tuple([number for one in self.straight if (number := one.descriptor) is not None])
            self.others = tuple([connection for connection in self.connections if connection.descriptor is None])


class WriteBatch:
    """What is due in this turn; one callback at its end serves all connections.

    What is spread over recipients is kept as it is for as long as nothing else is due. Otherwise `deal` gives everybody
    their own, behind which the rest can be: one connection gets all that is due in one write.
    """

    __slots__ = ("_behind", "_dirty", "_loop", "redirections", "spreads")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._dirty: list[Writable] = []
        self._behind: list[Callable[[], None]] = []
        self.spreads: list[tuple[Packet, Recipients]] = []
        """What `deal` has not dealt out yet."""
        self.redirections = 0
        """How often any connection's frames began to go elsewhere."""

    def add(self, connection: Writable) -> None:
        if not self._dirty:
            self._loop.call_soon(self._flush)
        self._dirty.append(connection)

    def spread(self, packet: Packet, recipients: Recipients) -> None:
        """Does what `connection.write(packet)` does, for each of the recipients."""
        if not self.spreads and not self._dirty:
            self._loop.call_soon(self._flush)
        self.spreads.append((packet, recipients))

    def behind(self, write: Callable[[], None]) -> None:
        """Has `write` called when everything else of this turn is due, so that what it writes comes behind that."""
        if not self._behind:
            self._loop.call_soon(self._flush)
        self._behind.append(write)

    def deal(self) -> None:
        """Queues what was spread in this turn at each of its connections."""
        spreads, self.spreads = self.spreads, []
        dirty = self._dirty
        for packet, recipients in spreads:
            for connection in recipients.connections:
                if connection.pending is None:
                    connection.pending = packet
                    dirty.append(connection)
                else:
                    connection.write(packet)

    def _flush(self) -> None:
        behind, self._behind = self._behind, []
        for write in behind:
            try:
                write()
            except Exception:
                logger.exception("What was to come behind a turn is left out.")
        if self._dirty or len(self.spreads) > 1:
            self.deal()
        spreads, self.spreads = self.spreads, []
        dirty, self._dirty = self._dirty, []
        for spread in spreads:
            self._hand_over(*spread)
        last, frame = _NO_PACKET, b""
        for connection in dirty:
            # For neighbours that get one packet: what `flush` does, without its calls and the memory that they touch.
            packet, direct = connection.pending, connection.direct
            if packet is not last or direct is None:
                if direct is None or packet is None or isinstance(packet, list):
                    connection.flush()
                    continue
                last, frame = packet, packet.frame
            connection.pending = None
            try:
                direct.write(frame)
            except Exception:
                connection.broken()

    def _hand_over(self, packet: Packet, recipients: Recipients) -> None:
        """Sends the packet to recipients for whom nothing else is due: the hot path of the fan-out."""
        recipients.look(self.redirections)
        frame = packet.frame
        taken = send_to_all(recipients.descriptors, frame)
        if taken.count(len(frame)) < len(taken):
            for connection, size in zip(recipients.straight, taken, strict=True):
                if size < len(frame) and (direct := connection.direct) is not None:
                    try:
                        direct.write(memoryview(frame)[max(size, 0) :])  # the bytes are still everybody's
                    except Exception:
                        connection.broken()
        for connection in recipients.others:
            connection.hand_over(packet)
