"""Clients of the JSON door: over a real socket, or straight into an ASGI application in the test's own loop."""

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from realtime.conf import realtime_settings

PATIENCE_SECONDS = 30.0
"""How long a client waits for what must come; a test that waits this long has failed."""


class Closed(Exception):
    """The connection ended; `code` is the close code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class ClientTransport(Protocol):
    """What carries a client's messages."""

    async def send(self, text: str | bytes) -> None:
        """Sends one message."""

    async def receive(self) -> str:
        """Returns the next message. Raises Closed."""

    async def close(self, code: int) -> None:
        """Closes; harmless when it is closed already."""

    async def cut(self) -> None:
        """Ends it as a broken network does: nothing is said."""


class SocketTransport:
    """A real WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, text: str | bytes) -> None:
        await self._socket.send(text)

    async def receive(self) -> str:
        try:
            message = await self._socket.recv()
        except websockets.ConnectionClosed as end:
            raise Closed(end.rcvd.code if end.rcvd else 1006) from end
        assert isinstance(message, str)
        return message

    async def close(self, code: int) -> None:
        await self._socket.close(code)

    async def cut(self) -> None:
        self._socket.transport.abort()
        await self._socket.wait_closed()


class ApplicationTransport:
    """An ASGI application called directly: no server, no socket, the test's own loop."""

    def __init__(self, application: Any, scope: dict[str, Any]) -> None:
        self._inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbound.put_nowait({"type": "websocket.connect"})
        self._closed: int | None = None
        self._task = asyncio.create_task(application(scope, self._inbound.get, self._take))

    async def _take(self, event: dict[str, Any]) -> None:
        await self._outbound.put(event)

    async def accepted(self) -> str | None:
        """Waits for the accept; returns the subprotocol. Raises Closed when refused."""
        event = await self._outbound.get()
        if event["type"] != "websocket.accept":
            raise Closed(event.get("code", 1006))
        subprotocol: str | None = event.get("subprotocol")
        return subprotocol

    async def send(self, text: str | bytes) -> None:
        kind = "text" if isinstance(text, str) else "bytes"
        await self._inbound.put({"type": "websocket.receive", kind: text})

    async def receive(self) -> str:
        if self._closed is not None:
            raise Closed(self._closed)
        event = await self._outbound.get()
        if event["type"] == "websocket.close":
            await self.close(event["code"])
            raise Closed(event["code"])
        text: str = event["text"]
        return text

    async def close(self, code: int) -> None:
        if self._closed is None:
            self._closed = code
            await self._inbound.put({"type": "websocket.disconnect", "code": code})
            await self._outbound.put({"type": "websocket.close", "code": code})
        await asyncio.wait([self._task])

    async def cut(self) -> None:
        await self.close(1006)


def _subprotocols(token: str | None) -> list[str]:
    settings = realtime_settings()
    return [settings.subprotocol, *([settings.token_subprotocol + token] if token else [])]


class JsonClient:
    """A client of the JSON door; `frames` is everything that came, undecorated and in order.

    `async with` closes it. Every wait ends with an AssertionError that shows what did come.
    """

    def __init__(self, link: ClientTransport) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._link = link
        self._seen = 0
        self._arrived = asyncio.Event()
        self._ids = (f"{secrets.token_hex(4)}-{number}" for number in itertools.count(1))
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def over_socket(
        cls,
        url: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: list[str] | None = None,
        **options: Any,
    ) -> Self:
        """Connects to `ws://…/ws/<namespace>/`; `options` go to `websockets.connect`."""
        offered = subprotocols or _subprotocols(token)
        socket = await connect(
            url,
            subprotocols=[Subprotocol(name) for name in offered],
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            **options,
        )
        return cls(SocketTransport(socket))

    @classmethod
    async def in_process(
        cls, application: Any, path: str, *, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Self:
        """Opens `path` of an ASGI application in this loop."""
        path, _, query = path.partition("?")
        link = ApplicationTransport(
            application,
            {
                "type": "websocket",
                "path": path,
                "query_string": query.encode(),
                "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
                "subprotocols": _subprotocols(token),
                "client": ("127.0.0.1", 1),
                "extensions": {},
            },
        )
        await link.accepted()
        return cls(link)

    async def _read(self) -> None:
        try:
            while True:
                self.frames.append(json.loads(await self._link.receive()))
                self._arrived.set()
        except Closed as end:
            self.closed = end.code
            self._arrived.set()

    # Saying

    async def send(self, message: dict[str, Any] | str | bytes) -> None:
        """Sends one message, an object as JSON, anything else as it is."""
        await self._link.send(json.dumps(message) if isinstance(message, dict) else message)

    async def ask(self, command: str, payload: dict[str, Any] | None = None, *, request_id: str | None = None) -> Any:
        """Sends a command and returns its whole answer."""
        request_id = request_id or next(self._ids)
        await self.send({"requestId": request_id, "type": command, "payload": payload or {}})
        return await self.wait(lambda frame: frame.get("requestId") == request_id, anywhere=True)

    async def tell(self, command: str, payload: dict[str, Any] | None = None) -> Any:
        """Sends a command that must succeed; returns its data."""
        answer = await self.ask(command, payload)
        assert answer["success"], answer
        return answer["data"]

    # Receiving

    async def wait(
        self, wanted: Callable[[dict[str, Any]], bool], *, anywhere: bool = False, within: float = PATIENCE_SECONDS
    ) -> dict[str, Any]:
        """Returns the next frame that is wanted; those before it are passed over, unless asked `anywhere`."""
        start = 0 if anywhere else self._seen
        deadline = asyncio.get_running_loop().time() + within
        while True:
            for index in range(start, len(self.frames)):
                if wanted(self.frames[index]):
                    if not anywhere:
                        self._seen = index + 1
                    return self.frames[index]
            if self.closed is not None:
                raise AssertionError(f"Closed with {self.closed} after {self.frames}")
            self._arrived.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._arrived.wait()
            except TimeoutError:
                raise AssertionError(f"It did not come; these did: {self.frames}") from None

    async def event(self, kind: str, *, within: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Returns the next event of that type."""
        return await self.wait(lambda frame: frame.get("type") == kind, within=within)

    async def ready(self) -> dict[str, Any]:
        """Waits for `session:ready`; returns its payload."""
        payload: dict[str, Any] = (await self.event("session:ready"))["payload"]
        return payload

    async def ended(self, *, within: float = PATIENCE_SECONDS) -> int:
        """Waits for the end of the connection; returns the close code."""
        await asyncio.wait_for(asyncio.shield(self._reader), within)
        assert self.closed is not None
        return self.closed

    def events(self, room: str | None = None) -> list[dict[str, Any]]:
        """Returns the durable events so far, of one room or all."""
        return [frame for frame in self.frames if "seq" in frame and room in (None, frame["room"])]

    def texts(self, room: str | None = None) -> list[Any]:
        """Returns the `text` of the durable events so far; None where there is none."""
        return [frame.get("payload", {}).get("text") for frame in self.events(room)]

    # The end

    async def close(self, code: int = 1000) -> None:
        await self._link.close(code)
        await asyncio.gather(self._reader, return_exceptions=True)

    async def cut(self) -> None:
        """Loses the connection as a broken network does."""
        await self._link.cut()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
