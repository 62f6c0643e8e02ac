"""Requests that come strangely, slowly, too large or never: each gets an answer or an end, and holds little."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from realtime.conf import RealtimeSettings
from realtime.servers import http
from realtime.servers.http import WAITING, BoundedProtocol
from realtime.servers.websocket import FramesProtocol

UPGRADE = (
    b"Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PATIENCE_SECONDS = 20.0


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, then answers; takes a WebSocket and closes it."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
        return
    while (message := await receive())["type"] != "http.disconnect" and message["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


class Peer:
    """A client that says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, *parts: bytes) -> None:
        """Sends the parts, each by itself; the other side may be gone already."""
        with contextlib.suppress(ConnectionError):
            for part in parts:
                self._writer.write(part)
                await self._writer.drain()

    async def hears_of(self, end: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._reader.readuntil(end)

    async def hears_to_the_end(self) -> bytes:
        heard = b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                while part := await self._reader.read(65536):
                    heard += part
        return heard

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


Connect = Callable[[], Any]


@asynccontextmanager
async def serving(keep_alive_seconds: int = 1) -> AsyncIterator[Connect]:
    """A server in this loop; yields what connects to it."""
    config = uvicorn.Config(
        application, ws=FramesProtocol, log_config=None, lifespan="off", timeout_keep_alive=keep_alive_seconds
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BoundedProtocol(config, state, {}), "127.0.0.1", 0)
    peers: list[Peer] = []

    async def connect() -> Peer:
        peers.append(Peer(*await asyncio.open_connection(*server.sockets[0].getsockname())))
        return peers[-1]

    try:
        yield connect
    finally:
        server.close()
        for peer in peers:
            await peer.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while state.connections or state.tasks:  # noqa: ASYNC110  # uvicorn's own state, which tells nobody
                await asyncio.sleep(0.01)
        assert not len(WAITING)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    async with serving() as connected:
        yield connected


def limited(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    given = RealtimeSettings(authenticator="", **values)
    monkeypatch.setattr(http, "realtime_settings", lambda: given)


def head(*headers: bytes, path: bytes = b"/ws/", method: bytes = b"GET") -> bytes:
    return b"".join((method, b" ", path, b" HTTP/1.1\r\n", *headers, b"\r\n"))


@pytest.mark.parametrize(
    ("handshake", "status"),
    [
        (head(UPGRADE, *(b"X-%d: x\r\n" % number for number in range(200))), b"431"),
        (head(UPGRADE, b"X: " + b"x" * 33_000 + b"\r\n"), b"431"),
        (head(UPGRADE, b"Content-Length: 5\r\n") + b"hello", b"400"),
        (head(UPGRADE, b"Content-Length: 5\r\n"), b"400"),
        (head(UPGRADE, b"Transfer-Encoding: chunked\r\n"), b"400"),
        (head(UPGRADE, path=b"/ws/" + b"x" * 40_000), b"431"),
        (head(b"Upgrade: websocket\r\nConnection: Upgrade\r\n"), b"400"),
        (head(UPGRADE).replace(b"HTTP/1.1", b"HTTP/1.7"), b"400"),
    ],
    ids=[
        "200 headers",
        "one of 33 kB",
        "a body",
        "none of its body",
        "chunks",
        "40 kB",
        "bare",
        "1.7",
    ],
)
async def test_a_handshake_that_is_none_is_answered_and_closed(
    connect: Connect, handshake: bytes, status: bytes
) -> None:
    peer = await connect()
    await peer.say(handshake)
    assert (await peer.hears_to_the_end()).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "handshake",
    [head(UPGRADE, b"X: " + b"x" * 20_000 + b"\r\n"), head(UPGRADE, path=b"/ws/" + b"x" * 9_000)],
    ids=["a header of 20 kB", "a path of 9 kB"],
)
async def test_a_handshake_may_be_as_long_as_a_page_s_request(connect: Connect, handshake: bytes) -> None:
    """Else a pile of cookies ended sockets where pages go on. Answered, and in the end closed, all the same."""
    peer = await connect()
    await peer.say(handshake)
    assert (await peer.hears_to_the_end()).startswith(b"HTTP/1.1 101")


@pytest.mark.parametrize(
    "parts",
    [
        (b"GET / HTTP/1.1\r\n", *[b"X: " + b"x" * 1000 + b"\r\n"] * 40),
        (b"GET / HTTP/1.1\r\n", *[b"X: x\r\n"] * 150),
        (b"GET / HTTP/1.1\r\nX: ", *[b"x" * 10_000] * 8),
        (b"GET /", *[b"x" * 10_000] * 8),
        (head(*[b"X: x\r\n"] * 150),),
        (head(b"X: " + b"x" * 40_000 + b"\r\n"),),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000,),
    ],
    ids=["many", "many small", "one without an end", "a path without an end", "small at once", "large at once", "half"],
)
async def test_headers_have_a_bound(connect: Connect, parts: tuple[bytes, ...]) -> None:
    peer = await connect()
    await peer.say(*parts)
    heard = await peer.hears_to_the_end()
    assert heard.startswith(b"HTTP/1.1 431") or not heard  # unread data may take the answer with it


async def test_headers_within_the_bound_are_taken_in_whatever_pieces_they_come(connect: Connect) -> None:
    asked = head(*[b"X: " + b"x" * 400 + b"\r\n"] * 70, b"Content-Length: 3\r\n", method=b"POST") + b"abc"
    peer = await connect()
    await peer.say(*(asked[at : at + 1000] for at in range(0, len(asked), 1000)))
    assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")
    await peer.say(asked + asked[:20_000])
    assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")
    await peer.say(asked[20_000:])
    assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\n", head(UPGRADE)[:-2], b"\r\n" * 50])
@pytest.mark.parametrize("asked_before", [False, True])
async def test_a_request_that_does_not_come_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch, connect: Connect, said: bytes, asked_before: bool
) -> None:
    limited(monkeypatch, request_head_seconds=0.05)
    peer = await connect()
    if asked_before:
        await peer.say(head(b"Host: x\r\n"))
        assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")
    await peer.say(said)
    heard = await peer.hears_to_the_end()
    assert heard.startswith(b"HTTP/1.1 408") or not heard


async def test_dribbling_does_not_put_the_deadline_off(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    limited(monkeypatch, request_head_seconds=0.2)
    peer = await connect()
    ended = asyncio.ensure_future(peer.hears_to_the_end())
    await peer.say(b"GET / HTTP/1.1\r\nX: ")
    while not ended.done():
        await peer.say(b"x")
        await asyncio.sleep(0.01)
    assert (await ended).startswith(b"HTTP/1.1 408")


async def test_a_body_that_does_not_come_ends_the_connection(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    monkeypatch.setattr(http, "_BODY_SECONDS", 0.05)
    peer = await connect()
    await peer.say(head(b"Content-Length: 500\r\n", method=b"POST") + b"x")
    assert (await peer.hears_to_the_end()).startswith(b"HTTP/1.1 408")


async def test_a_body_that_comes_at_a_fair_pace_is_taken(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    monkeypatch.setattr(http, "_BODY_SECONDS", 0.05)
    monkeypatch.setattr(http, "_BODY_BYTES", 1)
    peer = await connect()
    await peer.say(head(b"Content-Length: 20\r\n", method=b"POST"))
    for _ in range(20):
        await peer.say(b"x")
        await asyncio.sleep(0.01)
    assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")


async def test_of_one_address_so_many_may_wait_as_may_be_open_and_the_longest_waiting_gives_way(
    monkeypatch: pytest.MonkeyPatch, connect: Connect
) -> None:
    limited(monkeypatch, connections_per_address=3)
    monkeypatch.setattr(http, "counted_as", lambda address: "203.0.113.9")
    peers = [await connect() for _ in range(10)]
    for peer in peers[:7]:
        assert await peer.hears_to_the_end() == b""
    assert len(WAITING) == 3
    for peer in peers[7:]:
        await peer.say(head(b"Host: x\r\n"))
        assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")
    assert not len(WAITING)


async def test_behind_a_proxy_of_ours_nobody_gives_way(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> None:
    limited(monkeypatch, connections_per_address=1, trusted_proxies=1)
    monkeypatch.setattr(http, "counted_as", lambda address: "203.0.113.9")
    for peer in [await connect() for _ in range(3)]:
        await peer.say(head(b"Host: x\r\n"))
        assert (await peer.hears_of(b"ok")).startswith(b"HTTP/1.1 200")


_header = st.builds(
    lambda name, size: name + b": " + b"x" * size + b"\r\n",
    st.sampled_from([b"X", b"Cookie", b"Origin", b"Sec-WebSocket-Protocol", b"Content-Length", b"Transfer-Encoding"]),
    st.sampled_from([0, 1, 100, 9_000, 40_000]),
)
_said = st.builds(
    lambda method, path, upgrade, headers, repeated, body, cut: (
        head(*([UPGRADE] if upgrade else [b"Host: x\r\n"]), *headers * repeated, path=b"/" + b"x" * path, method=method)
        + body
    )[: None if cut is None else -cut],
    st.sampled_from([b"GET", b"POST", b"HEAD", b"CONNECT", b"get", b"\x16\x03\x01"]),
    st.sampled_from([0, 10, 9_000, 40_000]),
    st.booleans(),
    st.lists(_header, max_size=4),
    st.sampled_from([1, 1, 30, 60]),
    st.sampled_from([b"", b"hello", b"\r\n\r\n", b"0\r\n\r\n"]),
    st.sampled_from([None, None, 1, 10, 200]),
)


@given(st.lists(_said, min_size=1, max_size=3), st.sampled_from([1, 1000, 1_000_000]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_gets_an_answer_or_an_end(said: list[bytes], piece: int) -> None:
    async def scenario() -> None:
        raised: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
        with pytest.MonkeyPatch.context() as patch:
            limited(patch, request_head_seconds=0.05)
            patch.setattr(http, "_BODY_SECONDS", 0.05)
            async with serving(keep_alive_seconds=0) as connect:
                peer = await connect()
                everything = b"".join(said)
                # Bytes by themselves at first: what is odd is at the beginning.
                pieces = [everything[at : at + piece] for at in range(0, min(len(everything), 200 * piece), piece)]
                ended = asyncio.ensure_future(peer.hears_to_the_end())
                await peer.say(*pieces, everything[200 * piece :])
                await ended
        assert not raised

    asyncio.run(scenario())
