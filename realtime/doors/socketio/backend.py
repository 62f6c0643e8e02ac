"""The engine behind Socket.IO: every namespace of a connection is a session of the hub."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from realtime.doors.engineio.session import EngineSession
from realtime.doors.socketio.connection import Reply, SocketConnection, UnknownNamespace
from realtime.doors.socketio.holding import Patience
from realtime.doors.socketio.recovery import (
    Ticket,
    new_socket_id,
    offset_of,
    read_offset,
    read_pid,
    sign,
)
from realtime.doors.socketio.wire import SOCKET_IO, SOCKET_IO_WITHOUT_OFFSETS, SocketIOWire
from realtime.doors.socketio.written import WrittenOffset
from realtime.errors import ApplicationError, CloseCode, Conflict, RateLimited, ValidationFailed
from realtime.hub.hub import Hub
from realtime.hub.standings import Standing
from realtime.identity import Identity
from realtime.namespaces import NAMESPACES, Namespace
from realtime.positions import Position
from realtime.sessions.authentication import Credentials, authenticate, credentials_of
from realtime.sessions.dispatch import Request
from realtime.sessions.session import Session, check_number_of_rooms
from realtime.transport.wire import Ack

logger = logging.getLogger(__name__)

_OWED_SECONDS = 0.02


class Given(msgspec.Struct):
    """What a client may say in `auth`; anything else in it is ignored.

    `rooms` is for clients without recovery of their own: positions from which to go on, as `session:resume`.
    `recovery: false` is for clients that keep their own positions: they get no pid and no offsets.
    """

    token: str | None = None
    ticket: str | None = None
    rooms: dict[str, Position | None] | None = None
    recovery: bool = True
    pid: Any = None
    offset: Any = None


class Moving(msgspec.Struct, frozen=True):
    """One namespace of a connection on its way to another process."""

    ticket: Ticket
    pid: str
    identity: Identity
    offset: str
    recovers: bool


class SocketSession(Session):
    """A session whose first word is preceded by the namespace's own acceptance; without one it goes on unseen."""

    __slots__ = ("_accept", "_unseen")

    def __init__(
        self,
        hub: Hub,
        connection: EngineSession,
        namespace: Namespace,
        identity: Identity,
        *,
        recovers: bool,
        accept: Callable[[], None] | None,
    ) -> None:
        wire: SocketIOWire = SOCKET_IO if recovers else SOCKET_IO_WITHOUT_OFFSETS
        super().__init__(hub, connection, wire, namespace, identity)
        self._accept = accept
        self._unseen = accept is None

    async def _pay_for_opening(self, rooms: int) -> None:
        if self._accept is not None:  # else it was paid for at the process where it began
            await super()._pay_for_opening(rooms)

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        if self._accept is not None:
            accept, self._accept = self._accept, None
            accept()
        if self._unseen and name == "session:ready":
            return
        super().notify(name, payload, room)


class Offsets:
    """The offsets of one hub's sessions. Those that stand at the same place share one packet, encoded once until
    any room moves."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def behind(self, session: Session) -> WrittenOffset | None:
        """Returns the session's offset, None while it is not known."""
        standing: Standing[WrittenOffset] | None = self._hub.standings.of(session)
        if standing is None or (self._hub.fanning and _between_slices(session)):
            return _offset_packet(session)
        if standing.moment != self._hub.moment:
            standing.moment = self._hub.moment
            before, standing.packet = standing.packet, _offset_packet(session)
            if before is not None and standing.packet is not None and before.text == standing.packet.text:
                standing.packet = before  # the same object means: nobody has to be told again
        return standing.packet


def _between_slices(session: Session) -> bool:
    """Tells whether a room has moved on and this session's slice of the fan-out is still to come."""
    return any(member.place() != member.state.seq for member in session.memberships.values())


def _offset_packet(session: Session) -> WrittenOffset | None:
    offset = offset_of(session)
    return None if offset is None else SOCKET_IO.offset(session.namespace.name, offset)


class SessionEndpoint:
    """One namespace of one connection.

    `going_on`: the task that lets it go on after moving here. Until it does, commands wait in `_early`: a session that
    could not be opened yet is thrown away, with all that it has.
    """

    __slots__ = ("_connection", "_early", "_offsets", "_owed", "_told", "going_on", "pid", "session", "ticket")

    def __init__(
        self, connection: SocketConnection, session: Session, ticket: Ticket, pid: str, offsets: "Offsets"
    ) -> None:
        self.session = session
        self.ticket = ticket
        self.pid = pid
        self._connection = connection
        self._offsets = offsets
        self._told: WrittenOffset | None = None
        self._owed: asyncio.TimerHandle | None = None
        self._early: list[Request] | None = None
        self.going_on: asyncio.Task[None] | None = None

    def wait(self, going_on: asyncio.Task[None]) -> None:
        """Keeps commands back until `go_on`."""
        self._early, self.going_on = [], going_on

    def go_on(self) -> None:
        early, self._early, self.going_on = self._early or [], None, None
        for request in early:
            self.session.submit(request)

    def event(self, arguments: list[Any], reply: Reply | None) -> None:
        name, *given = arguments
        request_id: str | None = None
        # Beside the payload, and so never the only argument: {requestId}.
        if len(given) > 1 and isinstance(given[-1], dict) and given[-1].keys() == {"requestId"}:
            request_id = given.pop()["requestId"]
            if not isinstance(request_id, str):
                request_id = ""
        single = len(given) == 1 and isinstance(given[0], dict)
        request = Request(
            name=name,
            payload=(given[0] if single else None),
            args=None if single or not given else given,
            request_id=request_id,
            answer=self._answer(name, reply),
        )
        if self._early is None or len(self._early) >= self.session.hub.settings.inbox_limit:
            self.session.submit(request)
        else:
            self._early.append(request)

    def _answer(self, name: str, reply: Reply | None) -> Callable[[Ack], None]:
        def answer(answer: Ack) -> None:
            if reply is not None:
                reply([_told(answer)])
            elif answer.error is not None:
                # Nobody waits for an ack: the refusal is told all the same.
                self.session.notify("error", answer.error | {"type": name})

        return answer

    def disconnected(self, reason: str) -> None:
        if self._owed is not None:
            self._owed.cancel()
        if self.going_on is not None:
            self.going_on.cancel()
        clean = reason in ("client disconnect", "client close", "server disconnect", "server close")
        self.session.hub.spawn(self.session.close(clean=clean, moved=reason == "moved"))

    async def settled(self, timeout_seconds: float) -> bool:
        return await self.session.settled(timeout_seconds)

    def state(self) -> bytes | None:
        offset = offset_of(self.session)
        if offset is None:
            return None
        recovers = self.session.wire.tells_places
        return msgspec.msgpack.encode(Moving(self.ticket, self.pid, self.session.identity, offset, recovers))

    def moved(self, *, whole_turn: bool) -> WrittenOffset | None:
        """Returns the offset that goes out behind a turn, or None: unchanged, or not known before a later turn."""
        session = self.session
        if not session.wire.tells_places:
            return None
        standing: Standing[WrittenOffset] | None = session.standing
        hub = session.hub
        if whole_turn and standing is not None and standing.moment == hub.moment and not hub.fanning:
            packet = standing.packet  # what nearly every member of a busy room gets, without a question
        elif session.over:
            return None
        else:
            packet = self._offsets.behind(session) if whole_turn else None
        if packet is None:
            if self._owed is None:
                self._owed = session.hub.loop.call_later(_OWED_SECONDS, self._pay)
            return None
        if packet is self._told:
            return None
        self._told = packet
        return packet

    def _pay(self) -> None:
        self._owed = None
        if packet := self.moved(whole_turn=True):
            self._connection.engine.write(packet)


class HubBackend:
    """Opens a session of the hub for each namespace of each connection."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._offsets = Offsets(hub)
        self._patience = Patience()

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> SessionEndpoint:
        hold = self._patience.hold(connection, namespace)
        await hold.through(lambda: self._count_attempt(connection))
        served = NAMESPACES.get(namespace)
        if served is None:
            raise UnknownNamespace
        given = _read(auth)
        check_number_of_rooms(self._hub, len(given.rooms or ()))
        # Once each, however often the rest is tried: a ticket is good once.
        identity = await hold.through(lambda: self._authenticate(connection, given))
        await hold.through(lambda: self._hub.seat(connection.engine, identity), code=CloseCode.TOO_MANY_CONNECTIONS)
        return await hold.through(lambda: self._enter(connection, served, identity, given))

    async def _enter(
        self, connection: SocketConnection, namespace: Namespace, identity: Identity, given: Given
    ) -> SessionEndpoint:
        recovered = await self._recover(connection, namespace, identity, given)
        return recovered or await self._begin(connection, namespace, identity, given)

    async def _count_attempt(self, connection: SocketConnection) -> None:
        """Whatever comes of it: names that are none and tokens that are no good are looked up, too."""
        limits = connection.engine.limits
        if limits is None:
            return
        try:
            limits.attempt()
        except ApplicationError:
            if limits.abusive:
                connection.engine.close(CloseCode.ABUSE, "Too many commands for too long.")
            raise

    async def _authenticate(self, connection: SocketConnection, given: Given) -> Identity:
        scope = dict(connection.engine.scope)
        credentials = credentials_of(scope)
        if given.token or given.ticket:
            credentials = Credentials(given.token, given.ticket)
        return await authenticate(self._hub, connection.engine, credentials, scope)

    async def _begin(
        self, connection: SocketConnection, namespace: Namespace, identity: Identity, given: Given
    ) -> SessionEndpoint:
        ticket = Ticket(new_socket_id(), namespace.name, identity.user_id)
        pid = sign(ticket) if given.recovery else ""
        endpoint = self._endpoint(connection, namespace, identity, ticket, pid, recovers=given.recovery)
        rooms = {name: position for name, position in (given.rooms or {}).items() if position is not None}
        await endpoint.session.open(rooms)
        return endpoint

    async def _recover(
        self, connection: SocketConnection, namespace: Namespace, identity: Identity, given: Given
    ) -> SessionEndpoint | None:
        """Goes on exactly where the client was, or returns None with nothing said."""
        if given.pid is None or not given.recovery:
            return None
        ticket, place = read_pid(given.pid), read_offset(given.offset)
        if ticket is None:
            why = "its pid is not ours"
        elif place is None:
            why = f"{str(given.offset)!r:.64} does not say where it stood"
        elif len(place.positions) > self._hub.settings.max_rooms_per_session:
            why = "it stood in too many rooms"
        elif (ticket.namespace, ticket.user_id) != (namespace.name, identity.user_id):
            why = "that was another namespace, or somebody else"
        else:
            endpoint = self._endpoint(connection, namespace, identity, ticket, given.pid, recovers=True)
            try:
                await endpoint.session.open(place.positions, present=place.present, exact=True)
                return endpoint
            except Conflict as error:
                why = str(error)
        logger.debug("%s begins anew in %s: %s", connection.engine.id, namespace.name, why)
        return None

    def restore(self, connection: SocketConnection, namespace: str, state: bytes) -> SessionEndpoint:
        moving = msgspec.msgpack.decode(state, type=Moving)
        session = self._moved(connection, namespace, moving)
        endpoint = SessionEndpoint(connection, session, moving.ticket, moving.pid, self._offsets)
        endpoint.wait(self._hub.spawn(self._go_on(connection, namespace, endpoint, moving)))
        return endpoint

    def _moved(self, connection: SocketConnection, namespace: str, moving: Moving) -> SocketSession:
        return SocketSession(
            self._hub,
            connection.engine,
            NAMESPACES[namespace],
            moving.identity,
            recovers=moving.recovers,
            accept=None,
        )

    async def _go_on(
        self, connection: SocketConnection, namespace: str, endpoint: SessionEndpoint, moving: Moving
    ) -> None:
        place = read_offset(moving.offset)
        assert place is not None

        async def open_it() -> None:
            if endpoint.session.closed:
                endpoint.session = self._moved(connection, namespace, moving)
            try:
                await endpoint.session.open(place.positions, present=place.present, exact=True)
            except RateLimited as error:
                # Without a seat nobody stays, or there would be more connections than seats.
                raise Conflict(str(error)) from error

        try:
            # Its client is in already, and nothing of this is its business: it goes on when that can be asked again.
            await self._patience.hold(connection, namespace).through(open_it)
            endpoint.go_on()
        except Exception as error:
            logger.info("%s has moved here and %s cannot go on: %s", connection.engine.id, namespace, error)
            # Its client comes back by itself, and is told then what cannot be continued.
            connection.engine.close(CloseCode.SERVICE_RESTART, "moving failed")

    def _endpoint(
        self,
        connection: SocketConnection,
        namespace: Namespace,
        identity: Identity,
        ticket: Ticket,
        pid: str,
        *,
        recovers: bool,
    ) -> SessionEndpoint:
        def accept() -> None:
            told = {"sid": ticket.socket_id} | ({"pid": pid} if recovers else {})
            connection.accept(namespace.name, told)

        session = SocketSession(self._hub, connection.engine, namespace, identity, recovers=recovers, accept=accept)
        return SessionEndpoint(connection, session, ticket, pid, self._offsets)


def _read(auth: Mapping[str, Any]) -> Given:
    try:
        return msgspec.convert(auth, Given)
    except msgspec.ValidationError as error:
        raise ValidationFailed(f"auth is not valid: {error}") from error


def _told(answer: Ack) -> dict[str, Any]:
    told: dict[str, Any] = {"success": answer.success}
    if answer.success:
        told["data"] = answer.data
    else:
        told["error"] = answer.error
    if answer.position:
        told["position"] = answer.position
    return told
