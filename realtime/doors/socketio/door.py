"""The door at /socket.io/: one Engine.IO endpoint per hub, with the engine's namespaces on its sessions."""

import logging
import weakref
from collections.abc import Awaitable

from asgiref.sync import markcoroutinefunction

from realtime.doors.engineio.carrier import Carrier
from realtime.doors.engineio.http import answer, query_of, serve_polling
from realtime.doors.engineio.server import EngineServer, Owner
from realtime.doors.engineio.session import EngineSession, Options
from realtime.doors.engineio.websocket import begin_websocket, serve_websocket
from realtime.doors.origin import with_origin
from realtime.doors.socketio.backend import HubBackend
from realtime.doors.socketio.connection import SocketConnection
from realtime.errors import ApplicationError, CloseCode
from realtime.hub import Hub, current_hub, say_why_not_started
from realtime.identity import ANONYMOUS
from realtime.sessions.authentication import origin_allowed
from realtime.transport.asgi import Receive, Scope, Send

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_MS = 45_000

_DOORS: "weakref.WeakKeyDictionary[Hub, SocketDoor]" = weakref.WeakKeyDictionary()


class HubConnection(SocketConnection):
    """A Socket.IO connection that the hub knows."""

    __slots__ = ("_hub",)

    def __init__(self, hub: Hub, engine: EngineSession, backend: HubBackend, state: bytes | None = None) -> None:
        super().__init__(engine, backend, connect_timeout_ms=CONNECT_TIMEOUT_MS)
        self._hub = hub
        if state is not None:
            self.restore(state)
        hub.add_connection(engine)

    def closed(self, reason: str) -> None:
        super().closed(reason)
        self._hub.remove_connection(self.engine)


class SocketDoor:
    """What the consumers of one hub share."""

    def __init__(self, hub: Hub) -> None:
        settings = hub.settings
        self._hub = hub
        self.backend = HubBackend(hub)
        self.server = EngineServer(
            Options(
                ping_interval_ms=int(settings.heartbeat_seconds * 1000),
                ping_timeout_ms=int(settings.pong_timeout_seconds * 1000),
                max_payload=settings.max_frame_bytes,
                outbound_limit=settings.outbound_limit_bytes,
                linger_ms=int(settings.close_timeout_seconds * 1000),
            ),
            self._application,
            restore=self._restore,
            admit=self._admit,
            write_batch=hub.write_batch,
            elsewhere=self._elsewhere,
        )
        self._carrier: Carrier | None = None
        if not hub.layer.alone:
            self._carrier = Carrier(hub.layer.layer, self.server, hub.spawn)
            hub.spawn(self._carrier.run())

    async def ready(self) -> None:
        """Waits until sessions may begin."""
        if self._carrier is not None:
            await self._carrier.tried()

    def _application(self, engine: EngineSession) -> HubConnection:
        return HubConnection(self._hub, engine, self.backend)

    async def _admit(self, engine: EngineSession) -> None:
        await self._hub.seat(engine, ANONYMOUS)

    def _restore(self, engine: EngineSession, state: bytes) -> HubConnection:
        connection = HubConnection(self._hub, engine, self.backend, state)
        self._hub.spawn(self._admit_moved(engine))
        return connection

    async def _admit_moved(self, engine: EngineSession) -> None:
        try:
            await self._admit(engine)
        except ApplicationError as error:
            logger.info("%s has moved here and cannot go on: %s", engine.id, error)
            engine.close(CloseCode.SERVICE_RESTART, "moving failed")

    def turns_away(self, scope: Scope) -> bool:
        """Tells whether this process leaves, and the request is from somebody who has not begun here."""
        return self._hub.draining and "sid" not in query_of(scope)

    def _elsewhere(self, process: str) -> Owner | None:
        return self._carrier.owner(process) if self._carrier is not None else None


async def current_door() -> SocketDoor:
    """Returns the door of the running loop's hub. Raises what keeps the hub from starting."""
    hub = await current_hub()
    door = _DOORS.get(hub)
    if door is None:
        door = _DOORS[hub] = SocketDoor(hub)
    await door.ready()
    return door


@markcoroutinefunction
def socket_io(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
    """Takes every request of /socket.io/, HTTP and WebSocket alike: an ASGI application."""
    if scope["type"] == "websocket":
        return serve_websocket(_begin(scope, receive, send), receive)
    return _poll(with_origin(scope), receive, send)


async def _begin(scope: Scope, receive: Receive, send: Send) -> EngineSession | None:
    door = await _open_door(scope, receive, send)
    return await begin_websocket(door.server, scope, receive, send) if door is not None else None


async def _poll(scope: Scope, receive: Receive, send: Send) -> None:
    door = await _open_door(scope, receive, send)
    if door is not None:
        await serve_polling(door.server, scope, receive, send, trusted=lambda scope: origin_allowed(dict(scope)))


async def _open_door(scope: Scope, receive: Receive, send: Send) -> SocketDoor | None:
    """Returns the door, None after the request was sent away."""
    try:
        door = await current_door()
    except Exception as error:
        say_why_not_started(error)
    else:
        if not door.turns_away(scope):
            return door
    await _unavailable(scope, receive, send)
    return None


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses the handshake: stock clients come back from that with growing delays."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": int(CloseCode.SERVICE_RESTART)})
    else:
        await answer(send, 503, b"", [(b"retry-after", b"1")])
