"""A WebSocket that is opened without the library: the same answers, scopes and messages as with it."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from realtime.servers import http
from realtime.servers.opening import Opening, plain_opening
from realtime.servers.pipelining import PipelineProtocol
from realtime.servers.websocket import FramesProtocol

KEY = b"Sec-WebSocket-Key: bGl2cnlhLWxpdnJ5YS1saQ==\r\n"
PLAIN = b"Host: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + KEY
GET = b"GET /ws/halls/?since=1 HTTP/1.1\r\n"
OPENINGS = {
    "plain": GET + PLAIN,
    "as Firefox": GET + PLAIN.replace(b"Connection: Upgrade", b"Connection: keep-alive, Upgrade"),
    "in capitals": GET + PLAIN.replace(b"websocket\r", b"WebSocket\r").replace(b"ion: Upgrade", b"ion: UPGRADE"),
    "with a subprotocol": GET + PLAIN + b"Sec-WebSocket-Protocol: livrya.v1\r\n",
    "with two": GET + PLAIN + b"Sec-WebSocket-Protocol: livrya.v1 ,  livrya.token.eyJhbGciOi.x-y_z\r\n",
    "with cookies": GET + PLAIN + b"Cookie: a=\xff\xfe; sessionid=7\r\nOrigin: http://example.org\r\n",
    "with an extension": GET + PLAIN + b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
    "with spaces around": GET + PLAIN + b"X-Beside:   spaced \t \r\n",
    "at a written path": b"GET /ws/h%C3%A4lls/?a=%20?b#c HTTP/1.1\r\n" + PLAIN,
}
ODD = {
    "without a key": GET + PLAIN.replace(KEY, b""),
    "with a short key": GET + PLAIN.replace(KEY, b"Sec-WebSocket-Key: bGl2cnlh\r\n"),
    "with no key at all": GET + PLAIN.replace(KEY, b"Sec-WebSocket-Key: ????\r\n"),
    "with two keys": GET + PLAIN + KEY,
    "with another version": GET + PLAIN.replace(b"n: 13", b"n: 8"),
    "without a version": GET + PLAIN.replace(b"Sec-WebSocket-Version: 13\r\n", b""),
    "with much to do with the connection": GET + PLAIN.replace(b"on: Upgrade", b"on: Upgrade, X-Beside"),
    "with two origins": GET + PLAIN + b"Origin: http://a.org\r\nOrigin: http://b.org\r\n",
    "with two cookies": GET + PLAIN + b"Cookie: a=1\r\nCookie: b=2\r\n",
    "with an empty subprotocol": GET + PLAIN + b"Sec-WebSocket-Protocol: livrya.v1,,\r\n",
    "with a wrong subprotocol": GET + PLAIN + b"Sec-WebSocket-Protocol: (livrya)\r\n",
    "with a body of nothing": GET + PLAIN + b"Content-Length: 0\r\n",
    "of an older HTTP": GET.replace(b"/1.1", b"/1.0") + PLAIN,
    "that posts": GET.replace(b"GET", b"POST") + PLAIN,
    "with a control character": GET + PLAIN + b"X-Beside: a\x01b\r\n",
}


class Link(asyncio.Transport):
    """A transport in memory that keeps what is written; as if encrypted, so that nothing goes past it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 2), "ssl_object": self})
        self.protocol: Any = None
        self.written = b""
        self.closed = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self.protocol
        return protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(lambda: self.protocol.connection_lost(None))

    abort = close

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0


class Served:
    """One client of an application, or else of one that accepts, or does what else it is told, and listens."""

    def __init__(self, answer: dict[str, Any] | None = None, application: Any = None) -> None:
        self.link = Link()
        self.scope: dict[str, Any] = {}
        self.heard: list[Any] = []
        self.state = ServerState()
        self.state.default_headers = [(b"date", b"Mon, 30 Nov 2026 12:00:00 GMT"), (b"X-Of-Ours", b"yes")]
        self._served = application or self._application
        self._answer = answer or {"type": "websocket.accept"}

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await receive()
        await send(self._answer)
        while (event := await receive())["type"] != "websocket.disconnect":
            self.heard.append(event.get("text", event.get("bytes")))
        self.heard.append(event["code"])

    async def opens(self, head: bytes) -> "Served":
        config = uvicorn.Config(
            self._served,
            ws=FramesProtocol,
            ws_per_message_deflate=False,
            interface="asgi3",
            proxy_headers=False,
            loop="none",
            lifespan="off",
            log_config=None,
        )
        config.load()
        self.link.protocol = http_protocol = PipelineProtocol(config, self.state, {"of": "all"})
        http_protocol.connection_made(self.link)
        http_protocol.data_received(head + b"\r\n")
        await self.settles()
        return self

    async def settles(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def brings(self, *reads: bytes) -> None:
        for data in reads:
            if not self.link.closed:
                self.link.protocol.data_received(data)
            await self.settles()

    async def ends(self) -> None:
        self.link.close()
        await asyncio.gather(*self.state.tasks, return_exceptions=True)
        await self.settles()

    def seen(self) -> tuple[Any, ...]:
        """Returns everything that either side has of the connection."""
        extensions = dict.fromkeys(self.scope.get("extensions", {}))
        written = re.sub(rb"Date: [^\r]+", b"Date: now", self.link.written)  # the library's refusals say when
        return written, self.link.closed, self.scope | {"extensions": extensions}, self.heard


def by_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "plain_opening", lambda scope, url: None)


@pytest.mark.parametrize("head", [*OPENINGS.values(), *ODD.values()], ids=[*OPENINGS, *ODD])
@pytest.mark.parametrize(
    "answer",
    [
        {"type": "websocket.accept", "subprotocol": None},
        {"type": "websocket.accept", "subprotocol": "livrya.v1", "headers": [(b"X-More", b"\xfcber")]},
        {"type": "websocket.close"},
    ],
    ids=["accepted", "accepted with more", "refused"],
)
async def test_a_handshake_is_answered_as_the_library_would(
    head: bytes, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = await Served(answer).opens(head)
    by_the_library(monkeypatch)
    theirs = await Served(answer).opens(head)
    try:
        assert ours.seen() == theirs.seen()
    finally:
        await ours.ends()
        await theirs.ends()


@pytest.mark.parametrize("head", OPENINGS.values(), ids=OPENINGS.keys())
async def test_what_is_usual_needs_no_parser_of_the_library(head: bytes) -> None:
    client = await Served().opens(head)
    await client.brings(
        frame(Opcode.TEXT, "bonjour à tous".encode()), frame(Opcode.PONG), frame(Opcode.BINARY, b"\x00")
    )
    await client.brings(frame(Opcode.TEXT, b"x" * 900), frame(Opcode.PONG, b"x" * 125))
    assert client.heard == ["bonjour à tous", b"\x00", "x" * 900]
    assert client.link.protocol._conn is None
    await client.ends()


@pytest.mark.parametrize("head", ODD.values(), ids=ODD.keys())
def test_what_is_odd_is_the_librarys(head: bytes) -> None:
    line, *headers = head.decode("latin-1").split("\r\n")[:-1]
    method, url, version = line.split(" ")
    pairs = [header.encode("latin-1").split(b": ", 1) for header in headers]
    scope = {
        "method": method,
        "http_version": version.removeprefix("HTTP/"),
        "headers": [(name.lower(), value) for name, value in pairs],
    }
    assert plain_opening(scope, url.encode()) is None


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


_pieces: st.SearchStrategy[bytes] = st.one_of(
    st.builds(
        lambda opcode, data, fin: frame(opcode, data, fin=fin or opcode >= Opcode.CLOSE),
        st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT, Opcode.PING, Opcode.PONG]),
        st.sampled_from([b"", b"x", b"\xff", "é".encode(), b"y" * 125]),
        st.booleans(),
    ),
    st.sampled_from([frame(Opcode.CLOSE), frame(Opcode.CLOSE, b"\x03\xe8bye"), frame(Opcode.TEXT, b"z" * 3000)]),
    st.builds(lambda first, second: bytes([first, second]) + bytes(6), st.integers(0, 255), st.integers(0, 255)),
)


@given(st.lists(_pieces, max_size=8), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_stream_is_understood_as_the_library_would(pieces: list[bytes], together: bool) -> None:
    reads = [b"".join(pieces)] if together else pieces

    async def heard(opens: Callable[..., Opening | None]) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(http, "plain_opening", opens)
            client = await Served().opens(OPENINGS["plain"])
        await client.brings(*reads)
        seen = client.seen()
        await client.ends()
        return seen, client.heard

    ours = asyncio.run(heard(plain_opening))
    assert ours == asyncio.run(heard(lambda scope, url: None))
