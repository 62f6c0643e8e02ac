"""uvicorn's WebSocket protocol, opened without a second look at its handshake and kept small."""

import asyncio
import logging
import sys
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote

from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected, get_client_addr, get_path_with_query_string
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets import http11
from websockets.http11 import Request
from websockets.protocol import Protocol, Side
from websockets.server import ServerProtocol

from realtime.servers.lean import Inbox, Latch
from realtime.servers.opening import Opening, accepted

T = TypeVar("T")

# A handshake's head is bounded before it comes here, as every request's (`BoundedProtocol`). The 8 KiB of a line that
# this parser has besides let a pile of cookies, which a sibling domain can set, end sockets where pages went on.
http11.MAX_LINE_LENGTH = sys.maxsize

EXTENSION = "realtime.frames"

_ATTRIBUTES_OF_UVICORN = (
    "app",
    "app_state",
    "asgi_version",
    "client",
    "close_sent",
    "close_timeout",
    "close_timer",
    "config",
    "connections",
    "curr_msg_data_type",
    "default_headers",
    "disconnected",
    "frames",
    "handshake_complete",
    "handshake_initiated",
    "initial_response",
    "last_ping_rtt",
    "logger",
    "loop",
    "pending_ping_payload",
    "ping_interval",
    "ping_sent_at",
    "ping_timeout",
    "ping_timer",
    "pong_timer",
    "queue",
    "read_paused",
    "request",
    "response",
    "root_path",
    "scheme",
    "scope",
    "server",
    "tasks",
    "transport",
    "writable",
)
_SAME_FOR_MANY = frozenset(
    (
        b"host",
        b"user-agent",
        b"origin",
        b"accept-encoding",
        b"accept-language",
        b"cache-control",
        b"pragma",
        b"upgrade",
        b"connection",
        b"sec-websocket-version",
        b"sec-websocket-extensions",
    )
)


@lru_cache(maxsize=2048)
def _shared(value: T) -> T:
    """Returns the one copy of what the scopes of many clients have in common."""
    return value


def _header(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    return _shared((name, value)) if name in _SAME_FOR_MANY else (_shared(name), value)


class OpenedProtocol(WebSocketsSansIOProtocol):
    """A WebSocket connection, there once for each client: so attributes are slots (uvicorn has more of them than the
    dictionaries of one class's objects can share), its queue and event are lean, the handshake is let go, and there is
    no parser of the library's until something comes that only it reads.
    """

    __slots__ = (*_ATTRIBUTES_OF_UVICORN, "_accept", "_conn", "heard_at")

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        # What uvicorn's own does, but for what it makes there (a parser, a queue and an event) to be thrown away.
        if not config.loaded:
            config.load()
        self.config = config
        self.app = config.loaded_app
        self.loop = _loop or asyncio.get_event_loop()
        self.logger = logging.getLogger("uvicorn.error")
        self.root_path = config.root_path
        self.asgi_version = config.asgi_version
        self.app_state = app_state
        self.connections = server_state.connections
        self.tasks = server_state.tasks
        self.default_headers = server_state.default_headers
        self.transport = None  # type: ignore[assignment]  # as uvicorn has it, until there is one
        self.server = self.client = None
        self.scheme = None  # type: ignore[assignment]  # as well
        self.handshake_initiated = self.handshake_complete = False
        self.close_sent = self.disconnected = self.read_paused = False
        self.close_timer = self.ping_timer = self.pong_timer = None
        self.close_timeout = 10.0
        self.initial_response = self.pending_ping_payload = None
        self.ping_interval = config.ws_ping_interval
        self.ping_timeout = config.ws_ping_timeout
        self.ping_sent_at = self.last_ping_rtt = 0.0
        self.frames: list[bytes] = []
        self.curr_msg_data_type = "bytes"
        self.queue = Inbox()  # type: ignore[assignment]  # all that uvicorn asks of it
        self.writable = Latch()  # type: ignore[assignment]  # as well
        self.heard_at = 0.0
        self._conn: Protocol | None = None
        self._accept = ""  # what answers a handshake that others have read

    @property
    def conn(self) -> Any:  # type: ignore[override]  # uvicorn only reads it, once it is made
        """The library's parser: of a connection that others have opened, it begins behind the handshake."""
        if self._conn is None:
            most, logger = self.config.ws_max_size, self.logger
            if self._accept or not self.handshake_complete:
                self._conn = ServerProtocol(max_size=most, logger=logger)
            else:
                self._conn = Protocol(Side.SERVER, max_size=most, logger=logger)
        return self._conn

    def begin(
        self,
        transport: asyncio.Transport,
        opening: Opening,
        *,
        scheme: str,
        server: tuple[str, int | None] | None,
        client: tuple[str, int] | None,
    ) -> None:
        """Takes the transport over behind an opening that others have read, and has the application asked."""
        self.connections.add(self)
        self.transport = transport
        self.server, self.client = _shared(server), client
        self.scheme = "wss" if scheme == "wss" else "ws"
        self.heard_at = self.loop.time()
        self.handshake_initiated = True
        self._accept = opening.accept
        path, _, query = opening.url.partition(b"?")
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + path,
            "query_string": query,
            "headers": [_header(name, value.strip(b" \t")) for name, value in opening.headers],
            "subprotocols": opening.subprotocols,
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: {"stream": self}},
        }
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    async def send(self, message: Any) -> None:
        if self._accept and message["type"] == "websocket.accept" and self.initial_response is None:
            await self.writable.wait()
            if self.disconnected:
                raise ClientDisconnected
            if self.logger.isEnabledFor(logging.INFO):
                path = get_path_with_query_string(self.scope)
                self.logger.info('%s - "WebSocket %s" [accepted]', get_client_addr(self.scope), path)
            if not self.transport.is_closing():
                headers = [*self.default_headers, *message.get("headers", ())]
                answer = accepted(self._accept, headers, message.get("subprotocol"))
                self.handshake_complete = True
                self._accept = ""
                self.transport.write(answer)
                self.logger.info("connection open")
                self.start_keepalive()
            return
        await super().send(message)

    def handle_connect(self, event: Request) -> None:
        self.heard_at = self.loop.time()
        self.server = _shared(self.server)
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = {"stream": self}
            self.scope["headers"] = [_header(name, value) for name, value in self.scope["headers"]]
        # The parser would keep the request for as long as the connection lives, and an id for logs nobody writes.
        vars(event).clear()
        vars(self.conn).pop("id", None)
