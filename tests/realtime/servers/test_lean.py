"""The lean queue and event of a WebSocket, and that an idle one holds nothing of what it does not need."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from channels.routing import URLRouter
from django.urls import path, re_path
from uvicorn.server import ServerState
from websockets.http11 import Request

from realtime.doors.proxies import BehindProxies, EncryptedOnly
from realtime.doors.routers import Doors, Paths
from realtime.routing import websocket_application
from realtime.servers.lean import Inbox, Latch
from realtime.servers.pipelining import PipelineProtocol
from realtime.servers.serving import ease_garbage_collection
from realtime.servers.websocket import FramesProtocol

PYTHONS_OWN = (700, 10, 10)


async def next_of(inbox: Inbox) -> Any:
    while inbox.empty():
        await inbox.filled()
    return inbox.take()


async def test_an_inbox_gives_everything_in_order_to_a_reader_that_waits_or_comes_later() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(next_of(inbox))
    await asyncio.sleep(0)
    for item in "abc":
        inbox.put_nowait(item)
    assert [await reader, inbox.take(), inbox.take()] == ["a", "b", "c"]
    assert inbox.empty()


async def test_a_reader_that_gives_up_loses_nothing() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(next_of(inbox))
    await asyncio.sleep(0)
    inbox.put_nowait("a")
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert await next_of(inbox) == "a"


async def test_a_latch_holds_back_while_it_is_clear_and_only_then() -> None:
    latch = Latch()
    await latch.wait()
    latch.clear()
    waiting = asyncio.create_task(latch.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    latch.set()
    await waiting


async def test_a_connection_keeps_nothing_in_a_dictionary_of_its_own() -> None:
    config = uvicorn.Config(websocket_application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")
    connection = FramesProtocol(config, ServerState(), {})
    assert vars(connection) == {}, "another uvicorn: name its new attributes in OpenedProtocol's slots"


async def test_nor_does_one_whose_request_has_come() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(application, interface="asgi3", loop="none", lifespan="off", log_config=None)
    link, peer = socket.socketpair()
    with peer:
        transport, protocol = await asyncio.get_running_loop().connect_accepted_socket(
            lambda: PipelineProtocol(config, ServerState(), {}), link
        )
        peer.setblocking(False)
        peer.sendall(b"GET / HTTP/1.1\r\nhost: example.org\r\n\r\n")
        assert b" 204 " in await asyncio.get_running_loop().sock_recv(peer, 4096)
        assert vars(protocol) == {}, "another uvicorn: name its new attributes in BoundedProtocol's slots"
        transport.abort()
        await asyncio.sleep(0)


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


def test_what_stands_before_the_doors_keeps_no_coroutine_of_its_own() -> None:
    async def door(scope: Any, receive: Any, send: Any) -> None: ...

    routed = Paths([path("ws/", door)])  # type: ignore[arg-type]  # not a view
    for application in (BehindProxies(door), EncryptedOnly(door), Doors({"websocket": door}), routed):
        assert asyncio.iscoroutinefunction(application.__call__), "servers would take it for ASGI 2"
        served: Any = application({"type": "websocket", "scheme": "ws", "path": "/ws/"}, None, None)
        assert served.cr_code is door.__code__
        served.close()


def test_a_path_is_found_as_channels_finds_it() -> None:
    found: list[Any] = []

    def door(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["url_route"], scope["path_remaining"]))

    routes = [path("ws/", door, {"kind": "plain"}), re_path(r"^ws/(?P<namespace>[a-z]+)/$", door)]  # type: ignore[arg-type]  # as above
    ours, theirs = Paths(routes), URLRouter(routes)
    for scope in (
        {"path": "/ws/"},
        {"path": "/ws/halls/"},
        {"path": "/below/ws/halls/", "root_path": "/below"},
    ):
        ours(dict(scope), None, None)  # type: ignore[arg-type]  # not called
        with contextlib.suppress(TypeError):  # it would await the door
            asyncio.run(theirs(dict(scope), None, None))
        assert found[-2] == found[-1]
    for scope in ({"path": "/nothing/"}, {"path": "/ws/", "root_path": "/below"}):
        with pytest.raises(ValueError, match="No route found"):
            ours(dict(scope), None, None)  # type: ignore[arg-type]  # as above
    assert len(found) == 6


class Reads:
    """A transport that only notes whether it is read."""

    def __init__(self) -> None:
        self.changes: list[str] = []

    def pause_reading(self) -> None:
        self.changes.append("paused")

    def resume_reading(self) -> None:
        self.changes.append("resumed")


async def test_reading_stops_at_the_second_message_that_waits_and_not_at_the_first() -> None:
    config = uvicorn.Config(websocket_application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")
    connection = FramesProtocol(config, ServerState(), {})
    reads = Reads()
    connection.transport = reads  # type: ignore[assignment]  # all that is asked of it here
    connection.curr_msg_data_type = "text"

    def comes(text: str) -> None:
        connection.frames = [text.encode()]
        connection.send_receive_event_to_app()

    comes("first")
    assert reads.changes == []
    comes("second")
    comes("third")
    assert reads.changes == ["paused"]
    heard = [await connection.receive() for _ in range(2)]
    assert reads.changes == ["paused"]
    heard.append(await connection.receive())
    assert reads.changes == ["paused", "resumed"]
    assert [event.get("text") for event in heard] == ["first", "second", "third"]
    comes("fourth")
    assert reads.changes == ["paused", "resumed"]


def test_the_collector_passes_over_what_was_loaded_before_serving() -> None:
    thresholds, before = gc.get_threshold(), len(gc.get_objects())
    try:
        gc.set_threshold(*PYTHONS_OWN)
        ease_garbage_collection()
        assert len(gc.get_objects()) < before / 10
        assert gc.get_threshold()[0] > PYTHONS_OWN[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
