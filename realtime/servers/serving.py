"""One server process: uvicorn with uvloop and finished frames, and a drain that nobody has to wait for."""

import asyncio
import contextlib
import gc
import random
import socket
from collections.abc import Callable

import uvicorn

from realtime.conf import realtime_settings
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.hub.hub import hub_of
from realtime.servers.leftovers import Storms, give_back
from realtime.servers.pipelining import PipelineProtocol
from realtime.servers.websocket import FramesProtocol, check_uvicorn

# Above the engine's own limits, of which that of one change of a shared document is the largest (1 MiB), so that a
# message somewhat too large is answered; beyond it the protocol closes (1009).
_MAX_MESSAGE_BYTES = (1024 + 64) * 1024
# So many times longer than we wait for a socket's client: to Linux somebody who reads 1 KB/s takes nothing at all, as
# long as their window is smaller than the next packet.
_KERNEL_PATIENCE = 10
# Who was accepted a moment before has not asked yet: uvicorn would close that connection without a word.
_LATECOMERS_SECONDS = 0.1
# Python's own 700 suits programs that keep little. Here every connection is kept, and each of its objects was looked at
# again and again while others came: a third of what a connection costs, and pauses that grow with all of them.
_COLLECT_AFTER_OBJECTS = 10_000

_TICKS_A_SECOND = 10  # uvicorn's


def ease_garbage_collection() -> None:
    """Takes what is loaded by now out of the collector's sight, and has it look less often; once, before serving."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER_OBJECTS, 10, 10)


async def drain(hub: Hub, seconds: float) -> None:
    """Says `bye` to everybody with a jittered `retryAfter`, closes with 1012, and in the end cuts off the rest."""
    hub.draining = True
    earliest, latest = hub.settings.retry_after_ms
    for session in hub.sessions():
        session.end(
            CloseCode.SERVICE_RESTART,
            "The server restarts.",
            retry_after_ms=random.randint(earliest, latest),  # noqa: S311  # spreads load, guards nothing
        )
    for connection in list(hub.connections.values()):
        connection.close(CloseCode.SERVICE_RESTART, "The server restarts.")
    deadline = hub.loop.time() + seconds
    while hub.connections and hub.loop.time() < deadline:  # noqa: ASYNC110  # once in the life of a process
        await asyncio.sleep(0.05)
    for connection in list(hub.connections.values()):
        connection.abort()


class Server(uvicorn.Server):
    """uvicorn's server, leaving in order: no new connections, drain, then everything else within the limit."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started
        self._storms = Storms()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        with self.capture_signals():
            await self._serve(sockets)
            # uvicorn would raise them once more, and the process would end before its caller has cleaned up.
            self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            ease_garbage_collection()
            give_back()  # what loading has left: 7 MB
            self._on_started()

    async def on_tick(self, counter: int) -> bool:
        loop = asyncio.get_running_loop()
        hub = hub_of(loop)
        if counter % _TICKS_A_SECOND == 0 and hub and self._storms.over(hub.statistics.connections_opened):
            await loop.run_in_executor(None, give_back)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await asyncio.sleep(_LATECOMERS_SECONDS)
        hub = hub_of(asyncio.get_running_loop())
        if hub is not None:
            await drain(hub, realtime_settings().drain_seconds / 2)
        await super().shutdown(sockets)
        if hub is not None:
            await hub.stop()


def listen(host: str, port: int, *, shared: bool) -> socket.socket:
    """Returns a bound socket; port 0 takes a free one. `shared`: other processes may bind the same port.

    Raises OSError, also for a shared port that somebody else has alone.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    # Every connection inherits these. A peer that is gone without a word, or takes nothing, would otherwise hold a
    # stream or an answer for a quarter of an hour, and longer. Sockets have a heartbeat beside.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        untaken_ms = round(realtime_settings().stalled_client_seconds * _KERNEL_PATIENCE * 1000)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, untaken_ms)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    bound.set_inheritable(False)
    return bound


def serve_here(application: str, bound: socket.socket, *, access_log: bool, started: Callable[[], None]) -> None:
    """Serves on the socket until SIGTERM or SIGINT; `started` is called when connections are accepted."""
    check_uvicorn()
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=PipelineProtocol,
        ws=FramesProtocol,
        ws_max_size=_MAX_MESSAGE_BYTES,
        ws_ping_interval=None,  # the hub's own heartbeat
        ws_per_message_deflate=False,  # it would be paid per connection
        lifespan="off",
        proxy_headers=False,  # realtime.doors.proxies, for every server alike
        log_config=None,
        access_log=access_log,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(realtime_settings().drain_seconds / 2)),
    )
    server = Server(config, started)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
