"""The engine with what the official protocol suites expect of a server.

`python -m tests.conformance.server --port 3000 [--server uvicorn|daphne]`: a raw Engine.IO echo at
/engine.io/, and at /socket.io/ the namespaces / and /custom, which send back what they are sent.
"""

import argparse
import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.realtime.settings")
django.setup()  # the doors ask for settings and models while they are imported

from realtime.doors.engineio.http import serve_polling  # noqa: E402
from realtime.doors.engineio.server import EngineServer  # noqa: E402
from realtime.doors.engineio.session import Application, EngineSession, Options  # noqa: E402
from realtime.doors.engineio.websocket import begin_websocket, serve_websocket  # noqa: E402
from realtime.doors.socketio.connection import Endpoint, Reply, SocketConnection  # noqa: E402
from realtime.errors import Unavailable  # noqa: E402
from realtime.transport.asgi import Receive, Scope, Send  # noqa: E402
from realtime.transport.packets import Packet as Written  # noqa: E402

OPTIONS = Options(ping_interval_ms=300, ping_timeout_ms=200, max_payload=1_000_000)


class RawEcho:
    """Sends every Engine.IO message back."""

    def __init__(self, engine: EngineSession) -> None:
        self._engine = engine

    def received(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._engine.write(Written(b"", (message,)))
        else:
            self._engine.write(Written(b"4" + message.encode()))

    def beating(self) -> None:
        pass

    async def entered(self, timeout_seconds: float) -> bool:
        return True

    async def settled(self, timeout_seconds: float) -> bool:
        return True

    def state(self) -> bytes | None:
        return b""

    def closed(self, reason: str) -> None:
        pass


class Mirror:
    """A namespace that sends back what it is sent."""

    def __init__(self, connection: SocketConnection, namespace: str) -> None:
        self._connection = connection
        self._namespace = namespace
        self._asking: asyncio.Task[None] | None = None

    def event(self, arguments: list[Any], reply: Reply | None) -> None:
        match arguments:
            case ["message", *rest]:
                self._connection.emit(self._namespace, "message-back", *rest)
            case ["ask-me", *rest]:
                self._asking = asyncio.create_task(self._ask(rest))
            case ["message-with-ack", *rest] if reply:
                reply(rest)

    async def _ask(self, arguments: list[Any]) -> None:
        """Asks the client back, and tells it what it answered."""
        try:
            answer = await self._connection.ask(self._namespace, "question", *arguments, timeout_ms=200)
        except Unavailable as error:
            answer = [error.as_dict()]
        self._connection.emit(self._namespace, "answered", *answer)

    def disconnected(self, reason: str) -> None:
        pass

    def beating(self) -> None:
        pass

    async def settled(self, timeout_seconds: float) -> bool:
        return True

    def state(self) -> bytes | None:
        return None


class MirrorBackend:
    """The namespaces / and /custom, open to everybody; no other exists."""

    def serves(self, namespace: str) -> bool:
        return namespace in ("/", "/custom")

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> Endpoint:
        connection.accept(namespace, {"sid": connection.engine.sid + namespace})
        connection.emit(namespace, "auth", dict(auth))
        return Mirror(connection, namespace)


def socket_echo(engine: EngineSession) -> Application:
    return SocketConnection(engine, MirrorBackend(), connect_timeout_ms=1000)


class ConformanceServer:
    """The ASGI application; its sessions begin with its first request, on that request's loop."""

    def __init__(self, *, options: Options = OPTIONS) -> None:
        self._options = options
        self._servers: dict[str, EngineServer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        application: dict[str, Callable[[EngineSession], Application]] = {
            "/engine.io/": RawEcho,
            "/socket.io/": socket_echo,
        }
        path = scope["path"]
        if path not in application:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        server = self._servers.get(path)
        if server is None:
            server = self._servers[path] = EngineServer(self._options, application[path])
        if scope["type"] == "websocket":
            await serve_websocket(begin_websocket(server, scope, receive, send), receive)
        else:
            await serve_polling(server, scope, receive, send, trusted=lambda scope: False)


application = ConformanceServer()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--server", choices=["uvicorn", "daphne"], default="uvicorn")
    options = parser.parse_args()
    if options.server == "daphne":
        from daphne.endpoints import build_endpoint_description_strings
        from daphne.server import Server

        endpoints = build_endpoint_description_strings(host="127.0.0.1", port=options.port)
        Server(application, endpoints=endpoints, signal_handlers=True).run()
    else:
        import uvicorn

        uvicorn.run(application, host="localhost", port=options.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
