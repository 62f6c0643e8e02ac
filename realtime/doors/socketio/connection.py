"""One Socket.IO connection: its namespaces, its events, and acks in both directions.

What a namespace does is its endpoint's business; here is only the protocol.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import MalformedPacket
from realtime.doors.socketio.packets import Decoder, PacketType, SocketPacket
from realtime.doors.socketio.written import written
from realtime.errors import ApplicationError, CloseCode, Unavailable

logger = logging.getLogger(__name__)

# Exactly the protocol's words: its clients and conformance tests know them.
_NO_SUCH_NAMESPACE = {"message": "Invalid namespace"}

Reply = Callable[[Sequence[Any]], None]
"""Sends the ack of one event: its arguments. To be called at most once; afterwards it does nothing."""


class ComeBack(Exception):
    """Nothing can be done here now: the connection ends without a word, and its client comes back by itself."""

    def __init__(self, code: CloseCode = CloseCode.SERVICE_RESTART) -> None:
        super().__init__(code.name)
        self.code = code


class Endpoint(Protocol):
    """One namespace of one connection, once connected. Called on the loop; never blocks."""

    def event(self, arguments: list[Any], reply: Reply | None) -> None:
        """Takes an event of the client, its name first; `reply` is None if it asked for no ack."""

    def disconnected(self, reason: str) -> None:
        """The client left the namespace, or is gone; called exactly once."""

    def beating(self) -> None:
        """The client is asked whether it is still there: what it ought to know by then may go with that."""

    async def settled(self, timeout_seconds: float) -> bool:
        """Waits until every event has had its answer; False when that took too long."""

    def state(self) -> bytes | None:
        """Returns what is needed to go on in another process, None while that is not known."""


class Backend(Protocol):
    """What is served at one Socket.IO endpoint."""

    def serves(self, namespace: str) -> bool:
        """Tells whether there is such a namespace; of all others, nothing is kept for a moment."""

    async def connect(self, connection: "SocketConnection", namespace: str, auth: Mapping[str, Any]) -> Endpoint:
        """Lets the client into a namespace: calls `connection.accept` at the right moment and returns the endpoint.

        Raises ApplicationError to refuse for good, and ComeBack or anything else for what is temporary; then has
        accepted nothing.
        """

    def restore(self, connection: "SocketConnection", namespace: str, state: bytes) -> Endpoint:
        """Goes on with an endpoint of another process, whose client knows nothing of it."""


class State(msgspec.Struct, frozen=True):
    """A connection on its way to another process."""

    connection_id: str
    next_ack: int
    endpoints: dict[str, Any]


class SocketConnection:
    """The Socket.IO side of one Engine.IO session. Belongs to the loop."""

    __slots__ = (
        "_asked",
        "_backend",
        "_connect_seconds",
        "_connecting",
        "_deadline",
        "_decoder",
        "_endpoints",
        "_next_ack",
        "engine",
    )

    def __init__(self, engine: EngineSession, backend: Backend, *, connect_timeout_ms: int) -> None:
        self.engine = engine
        self._backend = backend
        self._decoder = Decoder(max_bytes=engine.options.max_payload)
        self._endpoints: dict[str, Endpoint] = {}
        self._connecting: dict[str, asyncio.Task[None]] = {}
        self._asked: dict[tuple[str, int], asyncio.Future[list[Any]]] = {}
        self._next_ack = 0
        self._connect_seconds = connect_timeout_ms / 1000
        self._deadline: asyncio.TimerHandle | None = None
        self._await_namespace()

    # To the client

    def accept(self, namespace: str, data: Mapping[str, Any]) -> None:
        """Sends the client that it is in; everything else of the namespace comes after this."""
        self._in_time()
        self.send(SocketPacket(PacketType.CONNECT, namespace, data))

    def send(self, packet: SocketPacket) -> None:
        """Sends one packet, attachments and all."""
        self.engine.write(written(packet))

    def emit(self, namespace: str, *arguments: Any) -> None:
        """Sends an event, its name first."""
        self.send(SocketPacket(PacketType.EVENT, namespace, list(arguments)))

    async def ask(self, namespace: str, *arguments: Any, timeout_ms: int) -> list[Any]:
        """Sends an event and returns the arguments of the client's ack.

        Raises Unavailable when none comes in time, or the client goes.
        """
        self._next_ack += 1
        key = (namespace, self._next_ack)
        self._asked[key] = asyncio.get_running_loop().create_future()
        self.send(SocketPacket(PacketType.EVENT, namespace, list(arguments), self._next_ack))
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                return await self._asked[key]
        except TimeoutError as error:
            raise Unavailable("The client has not answered in time.") from error
        finally:
            del self._asked[key]

    # From the client

    def received(self, message: str | bytes) -> None:
        packet = self._decoder.feed(message)
        if packet is None or not (packet.type is PacketType.EVENT or self.engine.affords_trifle()):
            return
        match packet.type:
            case PacketType.CONNECT:
                self._connect(packet.namespace, packet.data or {})
            case PacketType.DISCONNECT:
                self._leave(packet.namespace, "client disconnect")
            case PacketType.EVENT:
                self._endpoint(packet.namespace).event(packet.data, self._reply(packet))
            case PacketType.ACK:
                asked = self._asked.get((packet.namespace, packet.id or 0))
                if asked is not None and not asked.done():
                    asked.set_result(packet.data)
            case _:
                raise MalformedPacket("Only a server refuses a connection.")

    def beating(self) -> None:
        for endpoint in self._endpoints.values():
            endpoint.beating()

    async def entered(self, timeout_seconds: float) -> bool:
        if self._connecting:
            await asyncio.wait(self._connecting.values(), timeout=timeout_seconds)
        return not self._connecting

    async def settled(self, timeout_seconds: float) -> bool:
        await self.entered(timeout_seconds)
        waits = [endpoint.settled(timeout_seconds) for endpoint in self._endpoints.values()]
        return all(await asyncio.gather(*waits)) and not self._connecting

    def state(self) -> bytes | None:
        states = {namespace: endpoint.state() for namespace, endpoint in self._endpoints.items()}
        if None in states.values():
            return None
        return msgspec.msgpack.encode(State(self.engine.id, self._next_ack, states))

    def restore(self, state: bytes) -> None:
        """Goes on where another process has stopped."""
        before = msgspec.msgpack.decode(state, type=State)
        self.engine.id = before.connection_id
        self._next_ack = before.next_ack
        for namespace, endpoint in before.endpoints.items():
            self._in_time()
            self._endpoints[namespace] = self._backend.restore(self, namespace, endpoint)

    def closed(self, reason: str) -> None:
        self._in_time()
        for namespace in [*self._connecting, *self._endpoints]:
            self._leave(namespace, reason)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(Unavailable("The client is gone."))

    def _endpoint(self, namespace: str) -> Endpoint:
        endpoint = self._endpoints.get(namespace)
        if endpoint is None:
            raise MalformedPacket("The namespace is not connected.")
        return endpoint

    def _reply(self, packet: SocketPacket) -> Reply | None:
        if packet.id is None:
            return None
        unsent = True

        def reply(arguments: Sequence[Any]) -> None:
            nonlocal unsent
            if unsent:
                unsent = False
                self.send(SocketPacket(PacketType.ACK, packet.namespace, list(arguments), packet.id))

        return reply

    # Entering and leaving

    @property
    def live(self) -> bool:
        """Whether the client is in any namespace."""
        return bool(self._endpoints)

    @property
    def entering(self) -> Collection[str]:
        """The namespaces that the client has asked for and not been let into yet."""
        return self._connecting.keys()

    def _connect(self, namespace: str, auth: Mapping[str, Any]) -> None:
        if not self._backend.serves(namespace):
            self._refuse(namespace, _NO_SUCH_NAMESPACE)
            return
        if namespace in self._endpoints:
            raise MalformedPacket("The namespace is connected already.")
        if before := self._connecting.get(namespace):
            before.cancel()  # a client that was held has thought better of it, and begins anew
        self._connecting[namespace] = asyncio.get_running_loop().create_task(self._admit(namespace, auth))

    async def _admit(self, namespace: str, auth: Mapping[str, Any]) -> None:
        try:
            self._endpoints[namespace] = await self._backend.connect(self, namespace, auth)
        except ComeBack as error:
            self.engine.close(error.code, "come back")
        except Exception as error:
            if isinstance(error, ApplicationError) and not error.retryable:
                self._refuse(namespace, {"message": str(error), "data": error.as_dict()})
                return
            # Stock clients take every refusal for final; a defect shall not cut them off for good.
            logger.error("Connecting to %s failed.", namespace, exc_info=error)
            self.engine.close(CloseCode.SERVICE_RESTART, "come back")
        finally:
            if self._connecting.get(namespace) is asyncio.current_task():
                del self._connecting[namespace]
            if not self._connecting:
                self._connecting = {}  # an emptied dictionary keeps its size
            self._await_namespace()

    def _refuse(self, namespace: str, data: Mapping[str, Any]) -> None:
        self.send(SocketPacket(PacketType.CONNECT_ERROR, namespace, data))

    def _leave(self, namespace: str, reason: str) -> None:
        if connecting := self._connecting.pop(namespace, None):
            connecting.cancel()
        if endpoint := self._endpoints.pop(namespace, None):
            endpoint.disconnected(reason)
        self._await_namespace()

    def _await_namespace(self) -> None:
        """Begins the time within which a client that is in no namespace has to enter one."""
        if self._deadline is None and not self._endpoints and not self.engine.closed:
            self._deadline = asyncio.get_running_loop().call_later(self._connect_seconds, self._too_late)

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self._connecting:
            self._await_namespace()
        elif not self._endpoints:
            self.engine.close(CloseCode.PROTOCOL_ERROR, "connect timeout")
