"""Anything at all, cut anywhere: a turn parses no more than its share, and an honest neighbour misses nothing."""

import asyncio
from typing import Any

import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState
from websockets.frames import Frame
from websockets.protocol import Protocol

from realtime.servers.websocket import FramesProtocol
from realtime.transport.turns import TURN_POINTS
from tests.realtime.servers.test_parsing import HANDSHAKE

CLIENTS = 5
SMALL = 126
WORDS = [str(number) for number in range(100)]


def _frame(first: int, size: int, *, masked: bool = True) -> bytes:
    mask, head = (0x80, bytes(4)) if masked else (0, b"")
    if size < SMALL:
        return bytes([first, mask | size]) + head + bytes(size)
    return bytes([first, mask | SMALL]) + size.to_bytes(2, "big") + head + bytes(size)


_frames = st.builds(
    lambda first, size, times, masked: _frame(first, size, masked=masked) * times,
    st.one_of(st.sampled_from([0x81, 0x82, 0x01, 0x00, 0x80, 0x89, 0x8A, 0x88]), st.integers(0, 255)),
    st.sampled_from([0, 0, 0, 1, 125, 126, 3000]),
    st.sampled_from([1, 1, 30, 500]),
    st.sampled_from([True] * 9 + [False]),
)
_streams = st.builds(
    lambda frames, garbage, cut: (b"".join(frames) + garbage, cut),
    st.lists(_frames, max_size=5),
    st.binary(max_size=20),
    st.sampled_from([1_000_000, 1000, 97, 6, 1]),
)


class Wire(asyncio.Transport):
    """A transport in memory: hands over what was sent in pieces, as long as it is read."""

    def __init__(self, protocol: FramesProtocol) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 2)})
        self.protocol = protocol
        self.reading = True
        self.closed = False
        protocol.connection_made(self)
        protocol.data_received(HANDSHAKE)

    async def brings(self, data: bytes, cut: int) -> None:
        """Returns when everything was read, or nothing more is."""
        at, idle = 0, 0
        while at < len(data) and not self.closed and idle < 2000:
            idle = 0 if self.reading else idle + 1
            if self.reading:
                self.protocol.data_received(data[at : at + cut])
                at += cut
            await asyncio.sleep(0)

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.protocol.loop.call_soon(self.protocol.connection_lost, None)

    abort = close


@given(st.lists(_streams, min_size=1, max_size=CLIENTS))
@settings(max_examples=40, deadline=None)
def test_no_stream_of_frames_takes_more_than_its_share_of_a_turn(streams: list[tuple[bytes, int]]) -> None:
    turns: list[int] = [0]
    recv_frame = Protocol.recv_frame

    def counted(self: Protocol, frame: Frame) -> None:
        turns[-1] += 1
        recv_frame(self, frame)

    async def tick() -> None:
        while True:
            turns.append(0)
            await asyncio.sleep(0)

    async def scenario() -> None:
        raised: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
        state, heard = ServerState(), list[str]()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "websocket.accept"})
            while (event := await receive())["type"] != "websocket.disconnect":
                if scope["extensions"]["realtime.frames"]["stream"] is neighbour.protocol:
                    heard.append(event["text"])

        config = uvicorn.Config(application, ws=FramesProtocol, loop="none", lifespan="off")
        wires = [Wire(FramesProtocol(config, state, {})) for _ in range(len(streams) + 1)]
        neighbour = wires.pop()
        ticking = asyncio.create_task(tick())
        words = b"".join(Frame(1, word.encode()).serialize(mask=True) for word in WORDS)  # type: ignore[arg-type]  # TEXT
        async with asyncio.timeout(60):
            await asyncio.gather(
                neighbour.brings(words, 500), *[wire.brings(*sent) for wire, sent in zip(wires, streams, strict=True)]
            )
            while len(heard) < len(WORDS):  # noqa: ASYNC110  # nothing tells
                await asyncio.sleep(0)
        assert heard == WORDS
        for wire in [*wires, neighbour]:
            wire.protocol.abort()
        await asyncio.gather(*state.tasks)
        ticking.cancel()
        assert not raised

    Protocol.recv_frame = counted  # type: ignore[method-assign]  # for hypothesis, not for a fixture
    try:
        asyncio.run(scenario())
    finally:
        Protocol.recv_frame = recv_frame  # type: ignore[method-assign]  # as above
    # Each client may have one more: a small message by itself is parsed when it is read.
    assert max(turns) <= TURN_POINTS + CLIENTS + 1
