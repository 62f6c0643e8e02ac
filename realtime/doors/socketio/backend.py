"""The engine behind Socket.IO: every namespace of a connection is a session of the hub."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from realtime.doors.socketio.connection import Reply, SocketConnection
from realtime.doors.socketio.holding import Patience
from realtime.doors.socketio.journals import Journals
from realtime.doors.socketio.recovery import (
    Place,
    Ticket,
    new_socket_id,
    read_number,
    read_pid,
    read_vector,
    sign,
    vector_of,
)
from realtime.doors.socketio.session import RecoveringSession, SocketSession
from realtime.doors.socketio.wire import RecoveringWire
from realtime.errors import ApplicationError, CloseCode, Conflict, RateLimited, ValidationFailed
from realtime.hub.hub import Hub
from realtime.identity import Identity
from realtime.namespaces import NAMESPACES, Namespace
from realtime.positions import Position
from realtime.sessions.authentication import Credentials, authenticate, credentials_of
from realtime.sessions.dispatch import Request
from realtime.sessions.session import check_number_of_rooms
from realtime.transport.wire import Ack

logger = logging.getLogger(__name__)


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
    recovers: bool = True


class SessionEndpoint:
    """One namespace of one connection.

    `going_on`: the task that lets it go on after moving here. Until it does, commands wait in `_early`: a session that
    could not be opened yet is thrown away, with all that it has.
    """

    __slots__ = ("_early", "going_on", "pid", "session", "ticket")

    def __init__(self, session: SocketSession, ticket: Ticket, pid: str) -> None:
        self.session = session
        self.ticket = ticket
        self.pid = pid
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
                reply([_payload_of(answer)])
            elif answer.error is not None:
                # Nobody waits for an ack: the refusal is sent all the same.
                self.session.notify("error", answer.error | {"type": name})

        return answer

    def disconnected(self, reason: str) -> None:
        if self.going_on is not None:
            self.going_on.cancel()
        clean = reason in ("client disconnect", "client close", "server disconnect", "server close")
        self.session.hub.spawn(self.session.close(clean=clean, moved=reason == "moved"))

    async def settled(self, timeout_seconds: float) -> bool:
        return await self.session.settled(timeout_seconds)

    def state(self) -> bytes | None:
        vector = vector_of(self.session)
        if vector is None:
            return None
        session = self.session
        return msgspec.msgpack.encode(Moving(self.ticket, self.pid, session.identity, vector, session.recovers))

    def beating(self) -> None:
        self.session.beating()


class HubBackend:
    """Opens a session of the hub for each namespace of each connection."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._journals = Journals(hub)
        self._wire = RecoveringWire(self._journals.own)
        self._patience = Patience()

    def serves(self, namespace: str) -> bool:
        return namespace in NAMESPACES

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> SessionEndpoint:
        hold = self._patience.hold(connection, namespace)
        await hold.through(lambda: self._count_attempt(connection))
        rooms = auth.get("rooms")
        if isinstance(rooms, dict):
            check_number_of_rooms(self._hub, len(rooms))  # before each is looked at
        given = _read(auth)
        # Once each, however often the rest is tried: a ticket is good once.
        identity = await hold.through(lambda: self._authenticate(connection, given))
        await hold.through(lambda: self._hub.seat(connection.engine, identity), code=CloseCode.TOO_MANY_CONNECTIONS)
        return await hold.through(lambda: self._enter(connection, NAMESPACES[namespace], identity, given))

    async def _enter(
        self, connection: SocketConnection, namespace: Namespace, identity: Identity, given: Given
    ) -> SessionEndpoint:
        recovered = await self._recover(connection, namespace, identity, given)
        return recovered or await self._begin(connection, namespace, identity, given)

    async def _count_attempt(self, connection: SocketConnection) -> None:
        """Whatever comes of it: tokens that are no good are looked up, too."""
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
        ticket = read_pid(given.pid)
        if ticket is None:
            why = "its pid is not ours"
        elif (ticket.namespace, ticket.user_id) != (namespace.name, identity.user_id):
            why = "that was another namespace, or somebody else"
        elif (place := await self.place(ticket, given.offset)) is None:
            why = f"{str(given.offset)!r:.64} names no positions that are known"
        elif len(place.positions) > self._hub.settings.max_rooms_per_session:
            why = "it was in too many rooms"
        else:
            endpoint = self._endpoint(connection, namespace, identity, ticket, given.pid, recovers=True)
            try:
                await endpoint.session.open(place.positions, present=place.present, exact=True)
                return endpoint
            except Conflict as error:
                why = str(error)
        logger.debug("%s begins anew in %s: %s", connection.engine.id, namespace.name, why)
        return None

    async def place(self, ticket: Ticket, offset: object) -> Place | None:
        """Returns the place that a client's offset means. A number is looked up under its own socket id alone."""
        numbered = read_number(offset)
        if numbered is None:
            return read_vector(offset)
        process, number = numbered
        return await self._journals.place(process, ticket.socket_id, number)

    def restore(self, connection: SocketConnection, namespace: str, state: bytes) -> SessionEndpoint:
        moving = msgspec.msgpack.decode(state, type=Moving)
        session = self._moved(connection, namespace, moving)
        endpoint = SessionEndpoint(session, moving.ticket, moving.pid)
        endpoint.wait(self._hub.spawn(self._go_on(connection, namespace, endpoint, moving)))
        return endpoint

    def _moved(self, connection: SocketConnection, namespace: str, moving: Moving) -> SocketSession:
        return self._session(
            connection, NAMESPACES[namespace], moving.identity, moving.ticket, None, recovers=moving.recovers
        )

    async def _go_on(
        self, connection: SocketConnection, namespace: str, endpoint: SessionEndpoint, moving: Moving
    ) -> None:
        place = read_vector(moving.offset)
        assert place is not None

        async def open_it() -> None:
            if endpoint.session.closed:
                endpoint.session = self._moved(connection, namespace, moving)
            try:
                await endpoint.session.open(place.positions, present=place.present, exact=True)
            except RateLimited as error:
                # Without a seat nobody goes on, or there would be more connections than seats.
                raise Conflict(str(error)) from error

        try:
            # Its client is in already, and nothing of this is its business: it goes on when that can be asked again.
            await self._patience.hold(connection, namespace).through(open_it)
            endpoint.go_on()
        except Exception as error:
            logger.info("%s has moved here and %s cannot go on: %s", connection.engine.id, namespace, error)
            # Its client comes back by itself, and learns then what cannot be continued.
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
            details = {"sid": ticket.socket_id} | ({"pid": pid} if recovers else {})
            connection.accept(namespace.name, details)

        session = self._session(connection, namespace, identity, ticket, accept, recovers=recovers)
        return SessionEndpoint(session, ticket, pid)

    def _session(
        self,
        connection: SocketConnection,
        namespace: Namespace,
        identity: Identity,
        ticket: Ticket,
        accept: Callable[[], None] | None,
        *,
        recovers: bool,
    ) -> SocketSession:
        if not recovers:
            return SocketSession(self._hub, connection.engine, namespace, identity, accept=accept)
        return RecoveringSession(
            self._hub,
            connection.engine,
            namespace,
            identity,
            accept=accept,
            wire=self._wire,
            journal=self._journals.own,
            socket_id=ticket.socket_id,
        )


def _read(auth: Mapping[str, Any]) -> Given:
    try:
        return msgspec.convert(auth, Given)
    except msgspec.ValidationError as error:
        raise ValidationFailed(f"auth is not valid: {error}") from error


def _payload_of(answer: Ack) -> dict[str, Any]:
    payload: dict[str, Any] = {"success": answer.success}
    if answer.success:
        payload["data"] = answer.data
    else:
        payload["error"] = answer.error
    if answer.position:
        payload["position"] = answer.position
    return payload
