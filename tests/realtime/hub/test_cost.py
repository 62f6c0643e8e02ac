"""What one more member costs in a fan-out, counted and not timed: bytecodes executed, objects kept.

A budget is what the code needs today on Python 3.11. Whoever needs more measures first (`make bench`, and
`python -m benchmarks.profile`), and then raises it here.
"""

import asyncio
import contextlib
import gc
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from types import FrameType
from typing import Any

import pytest

from realtime.hub import Hub
from realtime.hub.room import Phase
from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.routing import websocket_application
from realtime.testing.client import ApplicationTransport
from realtime.transport.connection import Connection, Listener
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

ALONE = ", each in a hall of its own, too"
OWN_POSITIONS = "Socket.IO, own positions"
DOORS = [
    "JSON",
    "Socket.IO",
    OWN_POSITIONS,
    f"JSON{ALONE}",
    f"Socket.IO{ALONE}",
    f"{OWN_POSITIONS}{ALONE}",
]
FEW, MANY = 20, 60
BYTECODES = 0
# Other versions compile the same lines to other bytecodes.
SLACK = 1.0 if sys.version_info[:2] == (3, 11) else 1.25


class Swallowed:
    """A client's socket that takes everything: what is measured ends where the transport or the kernel begins."""

    heard_at = 0.0

    def __init__(self) -> None:
        self._link, self._peer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._last = b""

    @property
    def written(self) -> bytes:
        """The last write."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._last = self._peer.recv(65536, socket.MSG_DONTWAIT)
        return self._last

    def write(self, frame: bytes | memoryview) -> bool:
        self._link.send(frame)
        return True

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        pass

    def abort(self) -> None:
        pass

    def ping(self) -> None:
        pass

    def attach(self, owner: Connection, limit: int) -> None:
        owner.redirect(self, self._link.fileno())

    def listen(self, listener: Listener) -> bool:
        return False

    def end(self) -> None:
        self._link.close()
        self._peer.close()


class Audience:
    """A hall with members, all at one door; `ALONE`, they stand in as many sets of rooms as there are of them."""

    def __init__(self, hub: Hub, door: str) -> None:
        self.hub = hub
        self.door = door.removesuffix(ALONE)
        self.alone = door.endswith(ALONE)
        self.streams: list[Swallowed] = []
        self._links: list[ApplicationTransport] = []
        self._seq = 0
        self._epoch = ""

    async def grow(self, size: int) -> None:
        while len(self.streams) < size:
            await self._enter()
        async with asyncio.timeout(10):
            while (room := self.hub.rooms.get("hall:1")) is None or room.live_count < size:  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.01)
        self._seq, self._epoch = room.seq, room.epoch or "e"
        assert all(member.phase is Phase.LIVE for member in room.members)

    async def _enter(self) -> None:
        socket_io = self.door != "JSON"
        stream, number = Swallowed(), len(self.streams)
        link = ApplicationTransport(
            websocket_application,
            {
                "type": "websocket",
                "path": "/socket.io/" if socket_io else "/ws/halls/",
                "query_string": b"EIO=4&transport=websocket" if socket_io else b"",
                "headers": [],
                "subprotocols": [] if socket_io else ["livrya.v1"],
                "client": (f"10.0.{number // 250}.{number % 250}", 1),  # each its own: limits count by address
                "extensions": {"realtime.frames": {"stream": stream}},
            },
        )
        await link.accepted()
        if socket_io:
            await link.send('40/halls,{"recovery":false}' if self.door == OWN_POSITIONS else "40/halls,")
            async with asyncio.timeout(10):
                while b"session:ready" not in stream.written:  # noqa: ASYNC110  # nothing to await
                    await asyncio.sleep(0.001)
            await link.send('42/halls,["hall:join",{"hallId":1}]')
        else:
            await link.send('{"type":"hall:join","payload":{"hallId":1}}')
        if self.alone:
            own = f'"hall:join",{{"hallId":{100 + number}}}' if socket_io else f'{{"hallId":{100 + number}}}'
            await link.send(f"42/halls,[{own}]" if socket_io else f'{{"type":"hall:join","payload":{own}}}')
            async with asyncio.timeout(10):
                while (own_hall := self.hub.rooms.get(f"hall:{100 + number}")) is None or not own_hall.live_count:  # noqa: ASYNC110  # nothing to await
                    await asyncio.sleep(0.001)
        self.streams.append(stream)
        self._links.append(link)

    def queue(self) -> None:
        """Hands one durable event to the hub, as far as it goes before the end of the loop's turn."""
        self._seq += 1
        self.hub.accept(StoredEvent("hall:1", self._epoch, self._seq, "hall:said", b'{"text":"x"}', 1))

    def say(self) -> None:
        """Fans out one durable event, to the last byte."""
        self.queue()
        self.hub.write_batch._flush()

    def wave(self) -> None:
        """Fans out one ephemeral event, to the last byte."""
        self.hub.deliver_here(EphemeralEvent("hall:1", "hall:waved", b'{"who":"x"}', "id", 1))
        self.hub.write_batch._flush()

    async def close(self) -> None:
        for link in self._links:
            await link.close(1006)
        for stream in self.streams:
            stream.end()


Gather = Callable[[str], Awaitable[Audience]]


@pytest.fixture
async def gather(hub: Hub) -> AsyncIterator[Gather]:
    audiences: list[Audience] = []

    async def gathered(door: str) -> Audience:
        audiences.append(Audience(hub, door))
        return audiences[-1]

    yield gathered
    for audience in audiences:
        await audience.close()


def bytecodes(act: Callable[[], None]) -> int:
    """Returns how many bytecodes `act` executes, in Python functions of whatever module."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


def objects_kept(act: Callable[[], None]) -> int:
    """Returns how many more memory blocks are in use after `act`."""
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        act()
        return sys.getallocatedblocks() - before
    finally:
        gc.enable()


@pytest.mark.parametrize("kind", ["wave", "say"])
@pytest.mark.parametrize("door", DOORS)
async def test_a_delivery_executes_no_more_than_it_did(gather: Gather, door: str, kind: str) -> None:
    audience = await gather(door)
    counts = []
    for size in (FEW, MANY):
        await audience.grow(size)
        act = getattr(audience, kind)
        act()  # whatever is cached is cached now
        counts.append(min(bytecodes(act) for _ in range(3)))  # what is due now and then is nobody's cost
    name = {"say": b"hall:said", "wave": b"hall:waved"}[kind]
    assert all(name in stream.written for stream in audience.streams)
    per_member = (counts[1] - counts[0]) / (MANY - FEW)
    assert per_member <= BYTECODES * SLACK


@pytest.mark.parametrize("door", DOORS)
async def test_what_waits_for_the_end_of_the_turn_is_shared_by_all_members(gather: Gather, door: str) -> None:
    audience = await gather(door)
    kept = []
    for size in (FEW, MANY):
        await audience.grow(size)
        audience.say()
        kept.append(objects_kept(audience.queue))
        audience.hub.write_batch._flush()
    assert kept[1] - kept[0] < (MANY - FEW) / 2


@pytest.mark.parametrize("door", [f"JSON{ALONE}", f"Socket.IO{ALONE}", f"{OWN_POSITIONS}{ALONE}"])
async def test_everybody_gets_the_same_bytes_whatever_other_rooms_they_have(gather: Gather, door: str) -> None:
    audience = await gather(door)
    await audience.grow(FEW)
    audience.say()
    [expected] = {stream.written for stream in audience.streams}
    assert b"hall:said" in expected
