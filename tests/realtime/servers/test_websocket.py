"""A crowd's frames go past the transports into the sockets: whole, in order, and into no socket but the client's."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from realtime.servers.websocket import FramesProtocol
from realtime.transport.connection import FramedConnection
from realtime.transport.packets import Packet, websocket_frame
from realtime.transport.write_batch import Recipients, WriteBatch
from tests.realtime.transport.test_sockets import MEMORY, pair

LIMIT = 200_000
HANDSHAKE = (
    b"GET /ws/halls/ HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bGl2cnlhLWxpdnJ5YS1saQ==\r\n\r\n"
)


class Client:
    """A WebSocket on a real transport, past its handshake, and its other end."""

    def __init__(self, write_batch: WriteBatch, peer: socket.socket, protocol: FramesProtocol) -> None:
        self.peer = peer
        self.protocol = protocol
        self.connection = FramedConnection(write_batch, protocol, limit=LIMIT)
        self.congestions = 0
        self.congested = asyncio.Event()
        self.connection.on_congested = self._note

    def _note(self, connection: object) -> None:
        self.congestions += 1
        self.congested.set()

    async def hears(self, size: int) -> bytes:
        heard = b""
        async with asyncio.timeout(10):
            while len(heard) < size:
                heard += await asyncio.get_running_loop().sock_recv(self.peer, size - len(heard))
        return heard


Connect = Callable[[], Awaitable[Client]]


@pytest.fixture
async def write_batch() -> WriteBatch:
    return WriteBatch(asyncio.get_running_loop())


@pytest.fixture
async def connect(write_batch: WriteBatch) -> AsyncIterator[Connect]:
    clients: list[Client] = []
    accepted: asyncio.Queue[FramesProtocol] = asyncio.Queue()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        accepted.put_nowait(scope["extensions"]["realtime.frames"]["stream"])
        while (await receive())["type"] != "websocket.disconnect":
            pass

    config = uvicorn.Config(application, ws=FramesProtocol, http="httptools", loop="none", lifespan="off")

    async def connected() -> Client:
        loop = asyncio.get_running_loop()
        link, peer = pair()
        await loop.connect_accepted_socket(lambda: FramesProtocol(config, ServerState(), {}), link)
        await loop.sock_sendall(peer, HANDSHAKE)
        protocol = await accepted.get()
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += await loop.sock_recv(peer, 4096)
        clients.append(Client(write_batch, peer, protocol))
        return clients[-1]

    yield connected
    for client in clients:
        client.connection.abort()
        client.peer.close()
    await asyncio.sleep(0)


def frame(number: int, size: int = 5000) -> Packet:
    return Packet(f"{number:0{size}}".encode())


async def test_a_client_that_stops_reading_misses_no_byte_of_what_was_spread_and_written(
    write_batch: WriteBatch, connect: Connect
) -> None:
    quick, slow = await connect(), await connect()
    crowd = Recipients([quick.connection, slow.connection])
    expected = b""
    for number in range(30):
        write_batch.spread(frame(number), crowd)
        expected += websocket_frame(0x81, frame(number).text)
        if number % 3 == 0:
            slow.connection.write(frame(100 + number))
        await asyncio.sleep(0)
        assert await quick.hears(len(frame(0).frame)) == frame(number).frame
    assert slow.connection.direct is None
    heard = await slow.hears(40 * len(frame(0).frame))
    for number in range(0, 30, 3):
        mine = websocket_frame(0x81, frame(100 + number).text)
        assert heard.index(frame(number).frame) + len(mine) == heard.index(mine)
        heard = heard.replace(mine, b"")
    assert heard == expected


async def test_who_has_taken_everything_is_written_to_directly_again(write_batch: WriteBatch, connect: Connect) -> None:
    client = await connect()
    crowd = Recipients([client.connection])
    assert client.connection.descriptor is not None
    write_batch.spread(frame(1, 20 * MEMORY), crowd)
    await asyncio.sleep(0)
    assert (client.connection.direct, client.connection.descriptor) == (None, None)
    await client.hears(len(frame(1, 20 * MEMORY).frame))
    await asyncio.sleep(0)
    assert client.connection.direct is client.protocol.transport
    write_batch.spread(frame(2), crowd)
    await asyncio.sleep(0)
    assert await client.hears(len(frame(2).frame)) == frame(2).frame


async def test_a_connection_that_begins_behind_buffered_bytes_is_written_to_directly_after_them(
    write_batch: WriteBatch, connect: Connect
) -> None:
    client = await connect()
    client.protocol.transport.set_write_buffer_limits(high=LIMIT * 10)
    client.protocol.transport.write(b"x" * LIMIT)
    connection = FramedConnection(write_batch, client.protocol, limit=LIMIT)
    assert connection.direct is None
    await client.hears(LIMIT)
    await asyncio.sleep(0)
    assert connection.direct is client.protocol.transport


async def test_what_is_not_taken_counts_towards_the_limit_however_it_was_written(
    write_batch: WriteBatch, connect: Connect
) -> None:
    spread, written = await connect(), await connect()
    for number in range(LIMIT // 5000 // 2):
        write_batch.spread(frame(number), Recipients([spread.connection]))
        written.connection.write(frame(number))
        await asyncio.sleep(0)
    assert (spread.congestions, written.congestions) == (0, 0)
    for number in range(LIMIT // 5000):
        write_batch.spread(frame(number), Recipients([spread.connection]))
        written.connection.write(frame(number))
        await asyncio.sleep(0)
    assert (spread.congestions, written.congestions) == (1, 1)
    at_once = await connect()
    write_batch.spread(frame(1, 2 * LIMIT), Recipients([at_once.connection]))
    await asyncio.sleep(0)
    assert at_once.congestions == 1
    await at_once.hears(len(frame(1, 2 * LIMIT).frame))
    await asyncio.wait_for(at_once.connection.drained(), 10)


async def test_nothing_follows_a_close_frame_that_had_to_wait(write_batch: WriteBatch, connect: Connect) -> None:
    client = await connect()
    crowd = Recipients([client.connection])
    write_batch.spread(frame(1, 20 * MEMORY), crowd)
    await asyncio.sleep(0)
    client.connection.close(1000)
    heard = await client.hears(len(frame(1, 20 * MEMORY).frame) + 4)
    assert heard.endswith(websocket_frame(0x88, (1000).to_bytes(2, "big")))
    for _ in range(3):
        write_batch.spread(frame(2), crowd)
        await asyncio.sleep(0)
    assert client.connection.direct is None
    with pytest.raises(BlockingIOError):
        client.peer.recv(1)


class Encrypted(asyncio.Transport):
    """A transport whose socket carries something else than what is written to it."""

    def __init__(self, link: socket.socket) -> None:
        super().__init__({"ssl_object": object(), "socket": link})

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...


async def test_what_is_encrypted_is_never_sent_past_its_transport(write_batch: WriteBatch, connect: Connect) -> None:
    client = await connect()
    link, peer = pair()
    transport, client.protocol.transport = client.protocol.transport, Encrypted(link)
    connection = FramedConnection(write_batch, client.protocol, limit=LIMIT)
    assert (connection.direct, connection.descriptor) == (client.protocol.transport, None)
    client.protocol.transport = transport
    link.close()
    peer.close()


async def test_answers_to_pings_that_nobody_takes_count_towards_the_limit(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A flood of pings ends by itself long before; pings that come over hours do not.
    monkeypatch.setattr("realtime.servers.reading.one_more", lambda used_until, now: used_until)
    client = await connect()
    ping = bytes([0x89, 0x80 | 125]) + bytes(4) + b"x" * 125
    await asyncio.get_running_loop().sock_sendall(client.peer, ping * (3 * LIMIT // len(ping)))
    await asyncio.wait_for(client.congested.wait(), 10)


@pytest.mark.parametrize("end", ["close", "abort", "lost", "peer"])
async def test_an_ended_connection_is_out_of_the_crowd_before_its_socket_is_anybody_elses(
    write_batch: WriteBatch, connect: Connect, end: str
) -> None:
    client, other = await connect(), await connect()
    crowd = Recipients([client.connection, other.connection])
    descriptor = client.connection.descriptor
    assert descriptor is not None
    file = os.fstat(descriptor).st_ino
    if end == "close":
        client.connection.close(1000)
        assert client.connection.direct is None
        client.peer.close()
    elif end == "abort":
        client.connection.abort()
    elif end == "lost":
        client.protocol.transport.abort()
    else:
        client.peer.close()
    async with asyncio.timeout(10):
        while still_open(descriptor, file):
            write_batch.spread(frame(1), crowd)
            await asyncio.sleep(0)
            assert client.connection.descriptor is None or still_open(descriptor, file)
    link, peer = pair()
    assert link.fileno() == descriptor
    write_batch.spread(frame(2), crowd)
    await asyncio.sleep(0)
    with pytest.raises(BlockingIOError):
        peer.recv(1)
    link.close()
    peer.close()


def still_open(descriptor: int, file: int) -> bool:
    try:
        return os.fstat(descriptor).st_ino == file
    except OSError:
        return False
