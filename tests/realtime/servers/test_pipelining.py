"""HTTP connections: one request at a time and little of it in a turn, whatever was sent at once."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from realtime.servers.pipelining import PipelineProtocol
from realtime.servers.websocket import FramesProtocol
from realtime.transport.turns import TURN_POINTS, Turns
from tests.realtime.servers.test_parsing import FLOOD_BYTES, HANDSHAKE


class Client:
    """A client on a real transport, and what the application had of it."""

    def __init__(self, protocol: PipelineProtocol, peer: socket.socket) -> None:
        self.protocol = protocol
        self.peer = peer
        self.heard: list[tuple[str, bytes]] = []

    async def sends(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.peer, data)

    async def hears(self, ending: bytes) -> bytes:
        heard = b""
        async with asyncio.timeout(30):
            while not heard.endswith(ending):
                part = await asyncio.get_running_loop().sock_recv(self.peer, 65536)
                if not part:
                    raise ConnectionError(heard)
                heard += part
        return heard


class Server:
    """What every client shares: whether requests are answered, and how many began in which turn."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.answers.set()
        self.turns: list[int] = [0]
        self.under_way = 0
        self.most_under_way = 0

    async def watch(self) -> None:
        while True:
            self.turns.append(0)
            await asyncio.sleep(0)


Connect = Callable[[], Awaitable[Client]]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    server = Server()
    begin = PipelineProtocol.on_message_begin

    def counted(self: PipelineProtocol) -> None:
        server.turns[-1] += 1
        begin(self)

    monkeypatch.setattr(PipelineProtocol, "on_message_begin", counted)
    watching = asyncio.create_task(server.watch())
    yield server
    watching.cancel()


@pytest.fixture
async def connect(server: Server) -> AsyncIterator[Connect]:
    clients: dict[int, Client] = {}
    state = ServerState()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            event = await receive()
            await send({"type": "websocket.send", "text": event["text"] * 2})
            await receive()
            return
        body, more = b"", True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            body, more = body + event["body"], event["more_body"]
        clients[int(scope["query_string"] or 0)].heard.append((scope["path"], body))
        await server.answers.wait()
        answer = scope["path"].encode()
        headers = [(b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    config = uvicorn.Config(application, ws=FramesProtocol, http=PipelineProtocol, loop="none", lifespan="off")

    async def connected() -> Client:
        link, peer = socket.socketpair()
        for end in (link, peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FLOOD_BYTES)
        protocol = PipelineProtocol(config, state, {})
        client = clients[len(clients)] = Client(protocol, peer)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, link)
        return client

    yield connected
    server.answers.set()
    for client in clients.values():
        client.protocol.transport.abort()
        client.peer.close()
    await asyncio.gather(*state.tasks, return_exceptions=True)


def get(path: str, client: int = 0) -> bytes:
    return f"GET {path}?{client} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode()


def post(path: str, body: bytes, *, chunks: int = 0) -> bytes:
    if not chunks:
        return b"POST %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (path.encode(), len(body)) + body
    parts = [body[at : at + chunks] for at in range(0, len(body), chunks)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"POST %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" % path.encode() + sent + b"0\r\n\r\n"


async def test_pipelined_requests_are_parsed_one_by_one_as_they_are_answered(connect: Connect, server: Server) -> None:
    clients = [await connect() for _ in range(10)]
    server.answers.clear()
    for number, client in enumerate(clients):
        await client.sends(b"".join(get(f"/{index}", number) for index in range(500)))
    for _ in range(50):
        await asyncio.sleep(0)
    assert sum(server.turns) == 10, "nothing is parsed before the answer to what came before"
    assert not any(client.protocol.pipeline for client in clients)
    server.answers.set()
    for client in clients:
        await client.hears(b"/499")
    assert max(server.turns) <= 10
    for client in clients:
        assert client.heard == [(f"/{index}", b"") for index in range(500)]


async def test_requests_of_every_kind_behind_each_other_are_whole_and_in_order(connect: Connect) -> None:
    client = await connect()
    text = bytes(range(256)) + b"\r\n\r\nGET /no HTTP/1.1\r\n\r\n"
    bodies = [b"", b"x", text, text * 400, b"", b"\r\n\r\n" * 3000]
    for cut in (1_000_000, 7, 100, 5000):
        sent = b"".join(
            get("/get") + post("/known", body) + post("/chunks", body, chunks=900) for body in bodies
        ) + get("/last")
        for at in range(0, len(sent), cut):
            if cut < 1000 and at > 3000:
                await client.sends(sent[at:])
                break
            await client.sends(sent[at : at + cut])
            await asyncio.sleep(0)
        await client.hears(b"/last")
        assert client.heard == [
            *[pair for body in bodies for pair in (("/get", b""), ("/known", body), ("/chunks", body))],
            ("/last", b""),
        ]
        client.heard.clear()


async def test_a_request_by_itself_and_its_body_are_parsed_when_they_are_read(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    monkeypatch.setattr(Turns, "add", lambda *_: pytest.fail("it had to wait"))
    for path, request in ((b"/a", get("/a")), (b"/b", post("/b", b"x" * 30_000))):
        client.protocol.data_received(request)
        await client.hears(path)
    assert [path for path, _ in client.heard] == ["/a", "/b"]


async def test_a_body_in_tiny_chunks_takes_many_turns(
    connect: Connect, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = [0]
    on_body = PipelineProtocol.on_body

    def counted(self: PipelineProtocol, body: bytes) -> None:
        parts[-1] += 1
        on_body(self, body)

    async def watch() -> None:
        while True:
            parts.append(0)
            await asyncio.sleep(0)

    monkeypatch.setattr(PipelineProtocol, "on_body", counted)
    watching = asyncio.create_task(watch())
    client = await connect()
    await client.sends(post("/chunks", b"x" * 60_000, chunks=1))
    await client.hears(b"/chunks")
    assert client.heard == [("/chunks", b"x" * 60_000)]
    # Pieces of 4 KiB, of five points each.
    assert max(parts) <= (TURN_POINTS // 5 + 1) * 4096 // len(b"1\r\nx\r\n")
    watching.cancel()


async def test_a_large_body_waits_for_who_takes_it(connect: Connect) -> None:
    client = await connect()
    await client.sends(post("/large", b"x" * 2_000_000) + get("/next"))
    await client.hears(b"/next")
    assert client.heard == [("/large", b"x" * 2_000_000), ("/next", b"")]


async def test_frames_right_behind_an_upgrade_are_not_lost(connect: Connect) -> None:
    client = await connect()
    await client.sends(HANDSHAKE + Frame(Opcode.TEXT, b"early").serialize(mask=True))
    heard = await client.hears(b"earlyearly")
    assert heard.startswith(b"HTTP/1.1 101")
