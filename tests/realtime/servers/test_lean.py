"""The lean queue and event of a WebSocket, and that an idle one holds nothing of what it does not need."""

import asyncio
import socket
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from realtime.routing import websocket_application
from realtime.servers.lean import Inbox, Latch
from realtime.servers.pipelining import PipelineProtocol
from realtime.servers.websocket import FramesProtocol


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
