"""One Engine.IO session: the same connection whatever transports it goes through.

A session starts on polling or on a WebSocket, may move from the first to the second once, and ends when
its client says so, breaks the protocol or misses its heartbeat.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from realtime.doors.engineio.binding import Binding
from realtime.doors.engineio.links import NOOP, PING, FrameLink, Link, PollingLink, polled
from realtime.doors.engineio.packets import EnginePacket, PacketType, decode, decode_payload
from realtime.doors.errors import MalformedPacket, Refusal, RequestRefused
from realtime.errors import CloseCode
from realtime.people.limits.trifles import one_more
from realtime.transport.connection import Connection
from realtime.transport.packets import Packet
from realtime.transport.turns import turns_of
from realtime.transport.write_batch import WriteBatch

logger = logging.getLogger(__name__)

_LAST_POLL_SECONDS = 0.05
# Of a posted body: more than a stock client has to say at once, nearly always.
_PACKETS_AT_ONCE = 4
_TOO_LATE = "the upgrade was given up"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the sessions of one endpoint have in common. `max_payload` bounds one request or message, in bytes."""

    ping_interval_ms: int = 25_000
    ping_timeout_ms: int = 10_000
    max_payload: int = 64 * 1024
    outbound_limit: int = 1024 * 1024
    upgrade_timeout_ms: int = 10_000
    linger_ms: int = 5_000


class Application(Protocol):
    """What lives on a session. Called on the loop; nothing here may block or raise anything but MalformedPacket."""

    def received(self, message: str | bytes) -> None:
        """Takes one message of the client. Raises MalformedPacket to end the session."""

    def beating(self) -> None:
        """The client is asked whether it is still there: what it ought to know by then may go with that."""

    async def entered(self, timeout_seconds: float) -> bool:
        """Waits until the client is in whatever it asked to be let into; False when that took too long."""

    async def settled(self, timeout_seconds: float) -> bool:
        """Waits until nothing is being worked on; False when that took too long."""

    def state(self) -> bytes | None:
        """Returns what the session needs to go on in another process, None while that is not known."""

    def closed(self, reason: str) -> None:
        """The session is over; called exactly once. "moved": it goes on in another process."""


class EngineSession(Connection):
    """The connection of one client. Belongs to the loop.

    `scope` is what is kept of the request that opened it (`kept_of`): whatever it says of cookies and origin holds for
    the whole session. `on_end` is called once, with the body of one last polling response if the
    session still had something to say.
    """

    __slots__ = (
        "_deadline",
        "_link",
        "_loop",
        "_on_end",
        "_posted",
        "_probed",
        "_trifles",
        "_upgrading",
        "application",
        "beats_at",
        "binding",
        "options",
        "scope",
        "sid",
        "tick",
    )

    application: Application

    def __init__(
        self,
        write_batch: WriteBatch,
        *,
        sid: str,
        scope: Mapping[str, Any],
        options: Options,
        on_end: Callable[["EngineSession", bytes], None],
        address: str = "",
    ) -> None:
        super().__init__(write_batch, address=address)
        self.sid = sid
        self.scope = scope
        self.options = options
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._upgrading: asyncio.TimerHandle | None = None
        self._probed = False
        self.binding: Binding | None = None
        """What polling requests must show beside the id; None where it has moved to a WebSocket, which takes none."""
        self._posted: _Posted | None = None
        self._trifles = 0.0
        self._deadline = 0.0
        self.beats_at = 0.0
        """When `beat` is due next, by the loop's clock; moves to later whenever the client sends something."""
        self.tick = 0
        """Where `Heartbeats` has put it."""
        self._link: Link = PollingLink(
            limit=options.outbound_limit, congested=self.became_congested, drained=self.became_drained
        )
        self._await_ping()

    # What the server says

    def open_packet(self) -> Packet:
        """Returns the handshake: the session's id and terms."""
        on_websocket = self._link.name == "websocket"
        return Packet(
            PacketType.OPEN.encode()
            + msgspec.json.encode(
                {
                    "sid": self.sid,
                    "upgrades": [] if on_websocket else ["websocket"],
                    "pingInterval": self.options.ping_interval_ms,
                    "pingTimeout": self.options.ping_timeout_ms,
                    "maxPayload": self.options.max_payload,
                }
            )
        )

    @property
    def transport(self) -> str:
        return self._link.name

    def _send(self, packets: list[Packet]) -> None:
        self._link.send(packets)

    def buffered(self) -> int:
        return super().buffered() + self._link.buffered()

    # What the client says

    def receive(self, packet: EnginePacket) -> None:
        """Takes one packet, whatever brought it; a broken one ends the session, and so do too many empty ones."""
        if self.closed:
            return
        if packet.type is PacketType.MESSAGE:
            try:
                self.application.received(packet.data)
            except MalformedPacket:
                self.close(CloseCode.PROTOCOL_ERROR, "parse error")
        elif self.affords_trifle():
            self._receive_own(packet.type)

    def heard(self, message: str | bytes) -> None:
        """Takes one message of a WebSocket."""
        if len(message) > self.options.max_payload:
            self.close(CloseCode.TOO_BIG, "message too large")
            return
        try:
            self.receive(decode(message))
        except MalformedPacket:
            self.close(CloseCode.PROTOCOL_ERROR, "parse error")

    def listens(self) -> bool:
        """Takes what its WebSocket says from now on by itself, if that offers to; else somebody has to hand it over."""
        return isinstance(self._link, FrameLink) and self._link.listen(self)

    def gone(self) -> None:
        """The WebSocket is gone."""
        self._end("transport close")
        self._link.gone()

    def affords_trifle(self) -> bool:
        """Counts a packet that no command limit sees; ends the session and returns False when there are too many."""
        used_until = one_more(self._trifles, self._loop.time())
        if used_until is None:
            self.close(CloseCode.ABUSE, "too many packets")
            return False
        self._trifles = used_until
        return True

    def _receive_own(self, packet_type: PacketType) -> None:
        match packet_type:
            case PacketType.PONG:
                self._await_ping()
            case PacketType.CLOSE:
                self._close_for_client()
            case PacketType.NOOP:
                pass
            case _:
                self.close(CloseCode.PROTOCOL_ERROR, "parse error")

    async def post(self, body: bytes) -> None:
        """Takes the body of one polling request: its first packets now, more of them in their turns.

        Raises RequestRefused, and then the session is over or elsewhere; a second body beside one that is still
        being taken ends it, as nobody could tell their order.
        """
        self._polling_link()
        if self._posted is not None:
            self.close(CloseCode.PROTOCOL_ERROR, "overlapping posts")
            raise RequestRefused(Refusal.BAD_REQUEST, "overlapping posts")
        try:
            self._posted = _Posted(self, decode_payload(body))
            await self._posted.taken()
        except MalformedPacket as error:
            self.close(CloseCode.PROTOCOL_ERROR, "parse error")
            raise RequestRefused(Refusal.BAD_REQUEST, "parse error") from error
        except asyncio.CancelledError:
            self.abort("a post was given up half taken")  # what follows would follow a gap
            raise
        finally:
            self._posted = None

    def poll(self) -> "asyncio.Future[bytes]":
        """Returns the body of one polling response; whoever waits cancels it when the client gives up.

        Raises RequestRefused; a second poll beside a waiting one ends the session.
        """
        link = self._polling_link()
        if link.polling:
            self.close(CloseCode.PROTOCOL_ERROR, "overlapping polls")
            raise RequestRefused(Refusal.BAD_REQUEST, "overlapping polls")
        self.flush()
        answer = link.poll()
        if self._probed:
            # Not at once: the upgrade may be on its way already, and then this poll has come too late.
            self._loop.call_later(_LAST_POLL_SECONDS, link.release)
        answer.add_done_callback(self._poll_done)
        return answer

    def _poll_done(self, answer: "asyncio.Future[bytes]") -> None:
        # What the answer held may or may not have arrived: nobody can go on from there.
        if answer.cancelled():
            self.abort("a poll was given up")

    def _polling_link(self) -> PollingLink:
        if self.closed or self._missed_heartbeat():
            raise RequestRefused(Refusal.UNKNOWN_SESSION)
        if not isinstance(self._link, PollingLink):
            raise RequestRefused(Refusal.BAD_REQUEST, "it is on a WebSocket")
        return self._link

    # Moving to a WebSocket

    def begin_upgrade(self) -> None:
        """Claims the session for another transport. Raises RequestRefused if it is not on polling or claimed."""
        self._polling_link()
        if self._upgrading:
            raise RequestRefused(Refusal.BAD_REQUEST, "another WebSocket wants it")
        self._upgrading = self._loop.call_later(self.options.upgrade_timeout_ms / 1000, self.abandon_upgrade)

    def probed(self) -> None:
        """The other transport works: polls are answered at once, so that the client can stop polling."""
        link = self._polling_link()
        if not self._upgrading:
            raise RequestRefused(Refusal.BAD_REQUEST, _TOO_LATE)
        self._probed = True
        link.release()

    def abandon_upgrade(self) -> None:
        """Goes on with polling."""
        self._probed = False
        if self._upgrading:
            self._upgrading.cancel()
            self._upgrading = None

    def upgrade(self, link_to: "Callable[[EngineSession], Link]") -> None:
        """Goes on through a new link, first with what no poll has taken. Raises RequestRefused."""
        polling = self._polling_link()
        if not self._upgrading:
            raise RequestRefused(Refusal.BAD_REQUEST, _TOO_LATE)
        self.abandon_upgrade()
        self.flush()
        self._link = link_to(self)
        self.binding = None
        self.became_drained()
        polling.refuse(RequestRefused(Refusal.BAD_REQUEST, "it went on through a WebSocket"))
        if waiting := polling.take():
            self._link.send(waiting)

    def start_on(self, link: Link, *, silence_ms: int | None = None) -> None:
        """Begins on a WebSocket, without polling; `silence_ms` is how long the client may still be silent."""
        self._link = link
        if silence_ms is not None:
            self._deadline = self._loop.time() + silence_ms / 1000
            self.beats_at = self._deadline - self.options.ping_timeout_ms / 1000

    def give_away(self) -> tuple[bytes, list[tuple[bytes, tuple[bytes, ...]]], int]:
        """Ends here what goes on in another process: its state, what waits, how long its client may be silent.

        Raises RequestRefused, and then the session goes on here.
        """
        link = self._polling_link()
        if not self._upgrading:
            raise RequestRefused(Refusal.BAD_REQUEST, _TOO_LATE)
        if self._posted is not None:
            raise RequestRefused(Refusal.BAD_REQUEST, "a post is still being taken")
        self.flush()
        state = self.application.state()
        if state is None:
            raise RequestRefused(Refusal.BAD_REQUEST, "its position is not known")
        waiting = [(packet.text, packet.attachments) for packet in link.take()]
        silence_ms = max(0, int((self._deadline - self._loop.time()) * 1000))
        self._end("moved")
        return state, waiting, silence_ms

    # Heartbeat

    def _await_ping(self) -> None:
        interval, timeout = self.options.ping_interval_ms / 1000, self.options.ping_timeout_ms / 1000
        self.beats_at = self._loop.time() + interval
        self._deadline = self.beats_at + timeout

    def beat(self) -> None:
        """Asks a client whether it is still there, and ends the session of one that does not say."""
        if self.beats_at < self._deadline:
            self.application.beating()
            self.write(PING)
            self.beats_at = self._deadline
        else:
            self._missed_heartbeat()

    def _missed_heartbeat(self) -> bool:
        """Ends the session if its client has been silent too long; asked by its heartbeat and by every request.

        The heartbeat alone would be late whenever the loop is.
        """
        if self.closed or self._loop.time() < self._deadline:
            return self.closed
        if self.congested and self.transport == "websocket":
            # Its ping waits behind the backlog; the hub ends it when that does not shrink.
            self._await_ping()
        else:
            self._link.close(CloseCode.HEARTBEAT_TIMEOUT, "ping timeout")
            self._end("ping timeout")
        return self.closed

    # Ending

    def close(self, code: int, reason: str = "") -> None:
        if self.closed:
            return
        self.flush()
        self._link.close(code, reason)
        # Whoever broke the protocol is sent nothing more.
        self._end(reason or "server close", linger=code != CloseCode.PROTOCOL_ERROR)

    def abort(self, reason: str = "transport error") -> None:
        self._link.abort()
        self._end(reason)

    def _close_for_client(self) -> None:
        if isinstance(self._link, PollingLink):
            self._link.send([NOOP])
        else:
            self._link.close(CloseCode.NORMAL, "")
        self._end("client close", linger=True)

    def _end(self, reason: str, *, linger: bool = False) -> None:
        """Ends the session; with `linger`, what waits for a poll is kept for one more."""
        if self.closed:
            return
        logger.debug("%s ends on %s: %s", self.id, self._link.name, reason)
        self.abandon_upgrade()
        self.lost()
        waiting = self._link.take() if isinstance(self._link, PollingLink) else []
        self._on_end(self, polled(waiting) if linger else b"")
        self.application.closed(reason)


class _Posted:
    """One polling request's body on its way into a session."""

    def __init__(self, session: EngineSession, packets: Iterator[EnginePacket]) -> None:
        self._session = session
        self._packets = packets
        self._done: asyncio.Future[None] | None = None

    async def taken(self) -> None:
        """Returns when the session has every packet. Raises MalformedPacket, and RequestRefused if it ends before."""
        for _ in range(_PACKETS_AT_ONCE):
            if not self._take():
                return
        loop = asyncio.get_running_loop()
        self._done = loop.create_future()
        turns_of(loop).add(self)
        await self._done

    def step(self) -> bool:
        done = self._done
        assert done is not None
        if done.done():  # whoever waited was cancelled
            return False
        try:
            if self._take():
                return True
            done.set_result(None)
        except Exception as error:
            done.set_exception(error)
        return False

    def _take(self) -> bool:
        """Hands over one packet; False when there is none left."""
        packet = next(self._packets, None)
        if packet is None:
            return False
        turns_of(asyncio.get_running_loop()).spend(len(packet.data))
        self._session.receive(packet)
        if self._session.closed and packet.type is not PacketType.CLOSE:
            raise RequestRefused(Refusal.BAD_REQUEST, "it ended while a post was being taken")
        return True
