"""What sockets send is parsed a little in each turn, whoever sends it: nothing is lost and nothing out of order."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol

from realtime.errors import CloseCode
from realtime.people.limits.trifles import TRIFLES_AT_ONCE
from realtime.servers.parsing import frame_bytes, is_whole
from realtime.servers.websocket import FramesProtocol
from realtime.transport.turns import TURN_POINTS, Turns

FLOOD_BYTES = 3_000_000
HANDSHAKE = (
    b"GET /ws/halls/ HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGl2cnlhLWxpdnJ5YS1saQ==\r\n\r\n"
)


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


PING, PONG = frame(Opcode.PING), frame(Opcode.PONG)
FRAGMENTS = frame(Opcode.TEXT, fin=False), frame(Opcode.CONT, fin=False)


class Client:
    """A client on a real transport, and what the application had of it."""

    def __init__(self, protocol: FramesProtocol, peer: socket.socket) -> None:
        self.protocol = protocol
        self.peer = peer
        self.heard: list[Any] = []
        self.takes = asyncio.Event()
        self.gone = asyncio.Event()

    async def sends(self, data: bytes) -> None:
        # The server may stop reading for good.
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().sock_sendall(self.peer, data)

    async def hears(self) -> bytes:
        """Returns everything that comes until the end."""
        heard = b""
        with contextlib.suppress(ConnectionError):
            while part := await asyncio.get_running_loop().sock_recv(self.peer, 65536):
                heard += part
        return heard


Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Opens a client whose application takes what comes as long as `takes` is set."""
    clients: dict[Any, Client] = {}
    state = ServerState()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        client = clients[scope["extensions"]["realtime.frames"]["stream"]]
        await client.takes.wait()
        await send({"type": "websocket.accept"})
        while True:
            await client.takes.wait()
            event = await receive()
            if event["type"] == "websocket.disconnect":
                client.heard.append(event["code"])
                client.gone.set()
                return
            client.heard.append(event.get("text", event.get("bytes")))

    config = uvicorn.Config(application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")

    async def connected(*, accepted: bool = True) -> Client:
        loop = asyncio.get_running_loop()
        link, peer = socket.socketpair()
        for end in (link, peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FLOOD_BYTES)
        protocol = FramesProtocol(config, state, {})
        client = clients[protocol] = Client(protocol, peer)
        await loop.connect_accepted_socket(lambda: protocol, link)
        await loop.sock_sendall(peer, HANDSHAKE)
        while not protocol.handshake_initiated:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)
        if accepted:
            client.takes.set()
            assert (await loop.sock_recv(peer, 4096)).startswith(b"HTTP/1.1 101")
        return client

    yield connected
    for client in clients.values():
        client.takes.set()
        client.protocol.abort()
        client.peer.close()
    await asyncio.gather(*state.tasks, return_exceptions=True)


class Parsed:
    """The kinds of the frames that were parsed, turn by turn."""

    def __init__(self) -> None:
        self.turns: list[list[Opcode]] = [[]]

    @property
    def all(self) -> list[Opcode]:
        return [opcode for turn in self.turns for opcode in turn]

    async def watch(self) -> None:
        while True:
            self.turns.append([])
            await asyncio.sleep(0)


@pytest.fixture
async def parsed(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parsed]:
    parsed = Parsed()
    receive = Protocol.recv_frame

    def counted(self: Protocol, frame: Frame) -> None:
        parsed.turns[-1].append(frame.opcode)
        receive(self, frame)

    monkeypatch.setattr(Protocol, "recv_frame", counted)
    watching = asyncio.create_task(parsed.watch())
    yield parsed
    watching.cancel()


@pytest.mark.parametrize(
    "flood", [PING, PONG, b"".join(FRAGMENTS[1:]), frame(Opcode.PING, b"x" * 125)], ids=["ping", "pong", "empty", "big"]
)
async def test_ten_floods_of_trifles_share_a_turn_and_end_at_the_excess_with_nothing_parsed_behind(
    connect: Connect, parsed: Parsed, flood: bytes
) -> None:
    clients = [await connect() for _ in range(10)]
    first = FRAGMENTS[0] if flood == FRAGMENTS[1] else b""
    sending = [asyncio.create_task(client.sends(first + flood * (FLOOD_BYTES // len(flood)))) for client in clients]
    async with asyncio.timeout(30):
        for client in clients:
            await client.gone.wait()
    assert {client.heard[-1] for client in clients} == {CloseCode.ABUSE}
    # A few come back while the flood arrives.
    assert 10 * TRIFLES_AT_ONCE <= len(parsed.all) <= 10 * 2 * TRIFLES_AT_ONCE
    assert max(map(len, parsed.turns)) <= TURN_POINTS
    for task in sending:
        task.cancel()
    assert (await clients[0].hears()).rfind(frame_of_close(CloseCode.ABUSE)) >= 0


def frame_of_close(code: CloseCode) -> bytes:
    return Frame(Opcode.CLOSE, code.to_bytes(2, "big")).serialize(mask=False)[2:]


async def test_ten_floods_of_messages_share_a_turn_and_wait_for_who_takes_them(
    connect: Connect, parsed: Parsed
) -> None:
    clients = [await connect() for _ in range(10)]
    texts = [str(number) for number in range(5000)]
    burst = b"".join(frame(Opcode.TEXT, text.encode()) for text in texts)
    clients[0].takes.clear()
    async with asyncio.timeout(60):
        await asyncio.gather(*[client.sends(burst + frame(Opcode.CLOSE)) for client in clients])
        for client in clients[1:]:
            await client.gone.wait()
    assert max(map(len, parsed.turns)) <= TURN_POINTS
    waiting = parsed.all.count(Opcode.TEXT) - 9 * len(texts)
    assert waiting <= 32, "what nobody takes is not parsed"
    clients[0].takes.set()
    async with asyncio.timeout(30):
        await clients[0].gone.wait()
    assert all(client.heard == [*texts, 1005] for client in clients)


async def test_a_large_message_counts_by_its_size(connect: Connect, parsed: Parsed) -> None:
    clients = [await connect() for _ in range(10)]
    big = frame(Opcode.TEXT, b"x" * 60_000)
    async with asyncio.timeout(30):
        await asyncio.gather(*[client.sends(big * 20 + frame(Opcode.CLOSE)) for client in clients])
        for client in clients:
            await client.gone.wait()
    assert max(turn.count(Opcode.TEXT) for turn in parsed.turns) <= 2
    assert all(client.heard == ["x" * 60_000] * 20 + [1005] for client in clients)


async def test_what_comes_before_the_acceptance_waits_for_it(connect: Connect, parsed: Parsed) -> None:
    client = await connect(accepted=False)
    await client.sends(PING + frame(Opcode.TEXT, b"early"))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert parsed.all == []
    client.takes.set()
    await client.sends(frame(Opcode.TEXT, b"late") + frame(Opcode.CLOSE))
    async with asyncio.timeout(10):
        await client.gone.wait()
    assert client.heard == ["early", "late", 1005]
    assert (await client.hears()).startswith(b"HTTP/1.1 101")


async def test_behind_our_close_only_the_answer_to_it_is_parsed(connect: Connect, parsed: Parsed) -> None:
    client = await connect()
    client.protocol.close(CloseCode.SERVICE_RESTART, "")
    await client.sends(PING * 50 + frame(Opcode.TEXT, b"x" * 70_000) + frame(Opcode.TEXT, b"y"))
    await client.sends(frame(Opcode.CLOSE, CloseCode.SERVICE_RESTART.to_bytes(2, "big")) + PING)
    async with asyncio.timeout(3):  # well before the end of our patience
        await client.hears()
    assert parsed.all == [Opcode.CLOSE]


async def test_who_goes_on_sending_behind_our_close_is_not_read_any_more(connect: Connect, parsed: Parsed) -> None:
    client = await connect()
    client.protocol.close(CloseCode.SERVICE_RESTART, "")
    sending = asyncio.create_task(client.sends(frame(Opcode.TEXT, b"x") * 1_000_000))
    async with asyncio.timeout(30):
        await client.hears()
    assert parsed.all == []
    assert not sending.done() or client.protocol.disconnected
    sending.cancel()


async def test_a_small_message_by_itself_is_parsed_when_it_is_read(
    connect: Connect, parsed: Parsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await connect()
    monkeypatch.setattr(Turns, "add", lambda *_: pytest.fail("it had to wait"))
    for size in (0, 1, 125, 126, 1000):
        before = len(parsed.all)
        client.protocol.data_received(frame(Opcode.TEXT, b"x" * size))
        assert len(parsed.all) == before + 1
        client.protocol.queue.put_nowait({"type": "websocket.receive", "text": "x"})
        while not client.protocol.queue.empty():  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)


async def test_a_frame_in_two_reads_is_one(connect: Connect) -> None:
    client = await connect()
    whole = b"".join(frame(Opcode.TEXT, b"x" * size) for size in (1, 200, 70_000))
    for cut in (1, 3, 7, 8, 9, 50, 215, 216, 217, 218, 219, 220, 223, 60_000, len(whole)):
        client.protocol.data_received(whole[:cut])
        for _ in range(5):
            await asyncio.sleep(0)
        client.protocol.data_received(whole[cut:])
        async with asyncio.timeout(10):
            while len(client.heard) < 3:  # noqa: ASYNC110  # nothing tells
                await asyncio.sleep(0)
        assert [len(text) for text in client.heard] == [1, 200, 70_000]
        client.heard.clear()


_frames = st.builds(
    lambda opcode, data, fin: (frame(opcode, data, fin=fin), opcode, data),
    st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT]),
    st.integers(0, 70_000).map(bytes) | st.binary(max_size=130),
    st.booleans(),
)


@given(st.lists(_frames, max_size=5), st.integers(0, 20))
@settings(max_examples=50)
def test_frames_end_where_their_parser_ends_them(frames: list[tuple[bytes, Opcode, bytes]], missing: int) -> None:
    data, at = b"".join(whole for whole, _, _ in frames), 0
    for whole, opcode, content in frames:
        assert frame_bytes(data, at) == len(whole)
        small = len(whole) <= 1024 and opcode in (Opcode.TEXT, Opcode.BINARY) and bool(whole[0] & 0x80)
        assert is_whole(whole) == small, content
        assert not is_whole(whole[:-1])
        at += len(whole)
    head = frames[0][0][:missing] if frames else b""
    assert frame_bytes(head, 0) in (0, len(frames[0][0]) if frames else 0)
