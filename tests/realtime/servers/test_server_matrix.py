"""What differs between servers, as docs/going-live.md states it: refusals, broken input, silent peers, leaving."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import realtime
from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live, pytest.mark.either_database]


@dataclass(frozen=True)
class Behaviour:
    """One line of the table: `gives_reasons` in close frames, which code ends what, how it leaves."""

    kind: str
    gives_reasons: bool
    too_big: int
    broken_frame: int | None
    not_text: int | None
    leaving: int
    says_bye: bool
    silent_peer_s: float


MATRIX = [
    Behaviour("serve", True, CloseCode.TOO_BIG, 1002, CloseCode.NOT_TEXT, CloseCode.SERVICE_RESTART, True, 10),
    # Daphne pings by itself, every 20 s, and waits 30 s; neither can be set for `runserver`.
    Behaviour("runserver", False, 1006, None, None, 1006, False, 60),
]


@pytest.fixture(params=MATRIX, ids=lambda behaviour: behaviour.kind)
def running(request: pytest.FixtureRequest) -> Iterator[tuple[ServerProcess, Behaviour]]:
    values = (
        '{"HEARTBEAT_SECONDS": 1, "PONG_TIMEOUT_SECONDS": 1, "CLOSE_TIMEOUT_SECONDS": 1, "CONNECTIONS_PER_USER": 1}'
    )
    with ServerProcess(request.param.kind, environment=server_environment(HALLS_REALTIME=values)) as server:
        yield server, request.param
        assert "Traceback" not in server.output, server.output


async def test_refusals_and_ends_are_as_documented(running: tuple[ServerProcess, Behaviour]) -> None:
    server, expected = running
    foreign = {"Cookie": "sessionid=7", "Origin": "http://evil.example"}
    inside = await JsonClient.over_socket(server.ws("halls"), token="7")
    await inside.ready()
    refused = {
        CloseCode.PROTOCOL_ERROR: await JsonClient.over_socket(server.ws("nowhere")),
        CloseCode.UNAUTHENTICATED: await JsonClient.over_socket(server.ws("halls"), token="nobody"),
        CloseCode.FORBIDDEN: await JsonClient.over_socket(server.ws("halls"), headers=foreign),
        CloseCode.TOO_MANY_CONNECTIONS: await JsonClient.over_socket(server.ws("halls"), token="7"),
    }
    for code, client in refused.items():
        assert await client.ended() == code
        assert [frame["type"] for frame in client.frames] == ["error", "bye"]
        assert bool(client._link._socket.close_reason) == expected.gives_reasons  # type: ignore[attr-defined]
    big = await JsonClient.over_socket(server.ws("halls"))
    await big.ready()
    with contextlib.suppress(Exception):  # it may be cut off while it still sends
        await big.send("x" * 2_000_000)
    assert await big.ended() == expected.too_big
    for frame, code in [
        (b"\x81\x02{}", expected.broken_frame),  # not masked
        (b"\x83\x80\0\0\0\0", expected.broken_frame),  # an opcode that there is not
        (b"\x81\x82\0\0\0\0\xff\xfe", expected.not_text),
    ]:
        assert await asyncio.to_thread(end_of, server, frame) == code
    assert (await inside.ask("session:ping"))["success"]
    await inside.close()


async def test_leaving_is_as_documented_at_every_door(running: tuple[ServerProcess, Behaviour]) -> None:
    server, expected = running
    client = await JsonClient.over_socket(server.ws("halls"), token="7")
    await client.ready()
    stream = await asyncio.to_thread(open_stream, server)
    poll = await asyncio.to_thread(open_poll, server)
    server.terminate()
    assert await client.ended() == expected.leaving
    assert [frame for frame in client.frames if frame["type"] == "bye"] != [] or not expected.says_bye
    said = await asyncio.to_thread(rest_of, stream)
    assert (b"\nretry: " in said and said.endswith(b"0\r\n\r\n")) == expected.says_bye
    said = await asyncio.to_thread(rest_of, poll)
    assert (b'["bye",' in said) == expected.says_bye
    await asyncio.to_thread(server.wait)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux only")
async def test_a_stream_that_takes_nothing_is_let_go_in_time() -> None:
    """The kernel is asked to: nothing that is written to such a stream comes back."""
    values = '{"STALLED_CLIENT_SECONDS": 1, "CONNECTIONS_PER_USER": 1, "OUTBOUND_LIMIT_BYTES": 65536}'
    with ServerProcess(environment=server_environment(HALLS_REALTIME=values)) as server:
        deaf = await asyncio.to_thread(open_stream, server, "Authorization: Bearer 7\r\n")
        try:
            deadline = time.monotonic() + 30
            while not await asyncio.to_thread(is_free, server):
                assert time.monotonic() < deadline
                await realtime.aemit(HallRoom(1), Said(text="x" * 60_000))
        finally:
            deaf.close()


@pytest.mark.soak
async def test_a_peer_that_is_gone_without_a_word_is_noticed(running: tuple[ServerProcess, Behaviour]) -> None:
    server, expected = running
    peer = open_raw(server, b"")
    peer.settimeout(expected.silent_peer_s)
    assert await asyncio.to_thread(rest_of, peer) is not None


def connected(server: ServerProcess, request: str) -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", server.port))
    peer.settimeout(20)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.sendall(f"{request}\r\n\r\n".encode())
    return peer


def until(peer: socket.socket, wanted: bytes) -> bytes:
    heard = b""
    while wanted not in heard:
        part = peer.recv(1024)
        assert part, heard
        heard += part
    return heard


def rest_of(peer: socket.socket) -> bytes:
    """Reads until the other side ends it; answers nothing."""
    heard = b""
    with peer, contextlib.suppress(ConnectionResetError):
        while part := peer.recv(65536):
            heard += part
    return heard


def open_raw(server: ServerProcess, frame: bytes) -> socket.socket:
    """Opens a hall's socket by hand and sends one frame that no library would."""
    peer = connected(
        server,
        "GET /ws/halls/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    until(peer, b"session:ready")
    peer.sendall(frame)
    return peer


def end_of(server: ServerProcess, frame: bytes) -> int | None:
    """Returns the close code that ends it, None when it is cut off without."""
    said = rest_of(open_raw(server, frame))
    place = said.rfind(b"\x88")
    return int.from_bytes(said[place + 2 : place + 4], "big") if place >= 0 else None


def open_stream(server: ServerProcess, headers: str = "") -> socket.socket:
    peer = connected(server, f"GET /events/?rooms=hall:1 HTTP/1.1\r\n{headers}Host: localhost")
    until(peer, b"session:ready")
    return peer


def is_free(server: ServerProcess) -> bool:
    """Tells whether person 7, who may have one connection, has none."""
    asked = "GET /events/?rooms=hall:1 HTTP/1.1\r\nAuthorization: Bearer 7\r\nHost: localhost"
    with connected(server, asked) as peer:
        return b" 200 " in peer.recv(1024)


def open_poll(server: ServerProcess) -> socket.socket:
    """Enters the halls over polling; the poll that waits for news is open, and gets no offset."""
    path = "/socket.io/?EIO=4&transport=polling"
    with connected(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close") as peer:
        sid = rest_of(peer).partition(b'"sid":"')[2].partition(b'"')[0].decode()
    body = '40/halls,{"recovery":false}'
    post = f"POST {path}&sid={sid} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}"
    rest_of(connected(server, f"{post}\r\n\r\n{body}"))
    poll = f"GET {path}&sid={sid} HTTP/1.1\r\nHost: localhost\r\nConnection: close"
    said = b""
    while b"session:ready" not in said:
        said = rest_of(connected(server, poll))
    return connected(server, poll)
