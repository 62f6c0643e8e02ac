"""A WebSocket connection as it is kept: there once for each client, and small."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.http11 import Request

from realtime.servers.websocket import FramesProtocol


@asynccontextmanager
async def opened(client: int) -> AsyncIterator[dict[str, Any]]:
    """Yields the scope of a WebSocket that has just been opened, while it stands."""
    scopes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scopes.put_nowait(scope)
        await receive()

    config = uvicorn.Config(application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")
    link, peer = socket.socketpair()
    with peer:
        transport, protocol = await asyncio.get_running_loop().connect_accepted_socket(
            lambda: FramesProtocol(config, ServerState(), {}), link
        )
        peer.sendall(
            b"GET /ws/halls/?since=%d HTTP/1.1\r\nhost: example.org\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: bGl2cnlhLWxpdnJ5YS1saQ==\r\ncookie: client=%d\r\n\r\n"
            % (client, client)
        )
        yield await scopes.get()
        transport.abort()
        await asyncio.gather(*protocol.tasks, return_exceptions=True)


async def test_open_connections_share_what_their_handshakes_have_in_common_and_keep_no_request() -> None:
    async with opened(1) as one, opened(2) as other:
        assert [(scope["path"], scope["query_string"]) for scope in (one, other)] == [
            ("/ws/halls/", b"since=1"),
            ("/ws/halls/", b"since=2"),
        ]
        assert dict(one["headers"]) == dict(other["headers"]) | {b"cookie": b"client=1"}
        same = {mine[0] for mine, theirs in zip(one["headers"], other["headers"], strict=True) if mine is theirs}
        assert same == {b"host", b"upgrade", b"connection", b"sec-websocket-version"}
        assert one["server"] is other["server"]
        for scope in (one, other):
            stream = scope["extensions"]["realtime.frames"]["stream"]
            assert type(stream.request) is Request
            assert vars(stream.request) == {}


def test_a_connection_begins_with_what_uvicorn_gives_its_own() -> None:
    config = uvicorn.Config("tests.realtime.app.asgi:application", loop="none", lifespan="off", log_config=None)
    state, loop = ServerState(), asyncio.new_event_loop()
    try:
        theirs, ours = WebSocketsSansIOProtocol(config, state, {}, loop), FramesProtocol(config, state, {}, loop)
        begun = {name: value for name, value in vars(theirs).items() if name not in ("conn", "queue", "writable")}
        assert {name: getattr(ours, name) for name in begun} == begun
    finally:
        loop.close()
