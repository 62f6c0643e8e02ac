"""The load generator: its own process, many raw WebSocket connections, deliveries counted by their bytes.

It reads nothing but what it must: a delivery is one occurrence of the dialect's marker in the stream, so that
one core can swallow far more than one server core can send. Commands come as JSON lines on standard input,
results go out as JSON lines: `connect`, `publish`, `quit`.
"""

import asyncio
import base64
import json
import os
import resource
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any, cast

import uvloop

from benchmarks import dialects

SAMPLED_CONNECTIONS = 20
"""Connections whose deliveries are also timed; enough for percentiles, too few to cost anything."""


def masked_frame(text: str) -> bytes:
    """Returns a client's text frame; a zero mask is legal and saves the generator's time."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return struct.pack("!BB4x", 0x81, 0x80 | size) + data
    return struct.pack("!BBH4x", 0x81, 0x80 | 126, size) + data


HEARTBEATS = ((b"\x81\x012", masked_frame("3")), (b"\x89\x00", struct.pack("!BB4x", 0x8A, 0x80)))
"""Engine.IO's ping and WebSocket's own, each with its answer; no event has such bytes in it."""
SEARCHED_BYTES = 1024
"""Of what comes at once so much is searched for a ping: a few events may follow it, not hundreds."""


class Subscriber(asyncio.Protocol):
    """One connection: upgrades, says hello, then only counts."""

    __slots__ = (
        "awaited",
        "deliveries",
        "dialect",
        "load",
        "opened",
        "person",
        "ready",
        "room",
        "tail",
        "timed",
        "token",
        "transport",
    )

    def __init__(
        self, load: "Load", dialect: dialects.Dialect, room: int, timed: bool, person: int | None, token: str
    ) -> None:
        self.load, self.dialect, self.room, self.timed, self.person = load, dialect, room, timed, person
        self.token = token
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.awaited = dialect.ready
        self.opened = False
        self.tail = b""
        self.deliveries = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class is none of asyncio's
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.dialect.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.load.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        if subprotocols := self.dialect.subprotocols(self.token):
            lines.append(f"Sec-WebSocket-Protocol: {subprotocols}")
        if self.person is not None:
            lines += [f"Cookie: sessionid={self.person}", f"Origin: http://127.0.0.1:{self.load.port}"]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        if not self.opened:
            self._open(self.tail + data)
            return
        end = data[-SEARCHED_BYTES:]
        for ping, pong in HEARTBEATS:
            if ping in end:
                self.transport.write(pong)
        data = self.tail + data
        if not self.ready.done() and self.awaited in data:
            if b'"success":false' in data:
                self.ready.set_exception(ConnectionError(data[-500:].decode(errors="replace")))
            else:
                self._go_on()
        count = data.count(self.load.marker)
        if count:
            self.deliveries += count
            self.load.delivered(count)
            if self.timed:
                self.load.sample(data)
        # A marker may be cut by the edge of two reads; what is kept is too short to hold a whole one.
        counted = data.rfind(self.load.marker) + len(self.load.marker) if count else 0
        self.tail = data[max(counted, len(data) - len(self.load.marker) + 1) :]

    def _open(self, data: bytes) -> None:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self.tail = data
            return
        if not data.startswith(b"HTTP/1.1 101"):
            self.transport.abort()
            self.ready.set_exception(ConnectionError(data[:200].decode(errors="replace")))
            return
        self.opened, self.tail = True, b""
        for text in self.dialect.greeting(self.token):
            self.transport.write(masked_frame(text))
        if not self.dialect.ready:
            self._begin()
        elif rest := data[end + 4 :]:
            self.data_received(rest)

    def _go_on(self) -> None:
        if self.room not in (0, self.dialect.begins_in) and self.awaited == self.dialect.ready:
            self.awaited = self.dialect.moved
            self.transport.write(masked_frame(self.dialect.move(self.room)))
        else:
            self._begin()

    def _begin(self) -> None:
        """Only listens from now on, and acknowledges what it reads when it reads it.

        A client that has written answers later instead: on loopback that falls to the server, in the middle of its
        write of the frame with which more than 536 bytes wait. A frame of 285 bytes then cost it 2 µs more than one
        of 260, and a client that had never written made none of it.
        """
        link: socket.socket = self.transport.get_extra_info("socket")
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        self.ready.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before it was ready"))
        else:
            self.load.lost += 1


class Load:
    """All connections of one run, and what was counted."""

    def __init__(self, port: int, dialect: dialects.Dialect) -> None:
        self.port, self.dialect = port, dialect
        self.marker = dialect.marker
        self.subscribers: list[Subscriber] = []
        self.count = 0
        self.expected = 0
        self.complete = asyncio.Event()
        self.latencies_ms: list[float] = []
        self.lost = 0

    def delivered(self, count: int) -> None:
        self.count += count
        if self.count >= self.expected:
            self.complete.set()

    def sample(self, data: bytes) -> None:
        now = time.monotonic()
        stamp = self.dialect.stamp
        start = data.find(stamp)
        while start >= 0:
            start += len(stamp)
            end = start = start + (data[start : start + 1] == b" ")
            while end < len(data) and data[end : end + 1] in b"0123456789.":
                end += 1
            self.latencies_ms.append((now - float(data[start:end] or now)) * 1000)
            start = data.find(stamp, end)

    async def connect(
        self,
        count: int,
        rooms: int = 1,
        concurrency: int = 100,
        signed_in: bool = False,
        tokens: str | None = None,
    ) -> dict[str, Any]:
        """Opens that many more. Without `rooms` they join none.

        `signed_in`: each with a session of its own, whose key is a number from 1 on; `tokens`: each is given the next
        line of that file.
        """
        loop = asyncio.get_running_loop()
        before = len(self.subscribers)
        people = _lines(tokens) if tokens else [""] * (before + count)
        gate = asyncio.Semaphore(concurrency)
        started = time.monotonic()

        async def one(index: int) -> None:
            async with gate:
                room = 1 + index % rooms if rooms else 0
                timed = index < SAMPLED_CONNECTIONS
                person = index + 1 if signed_in else None
                subscriber = Subscriber(self, self.dialect, room, timed, person, people[before + index])
                await loop.create_connection(lambda: subscriber, "127.0.0.1", self.port)
                await subscriber.ready
                self.subscribers.append(subscriber)

        await asyncio.gather(*(one(index) for index in range(count)))
        return {"connected": count, "seconds": time.monotonic() - started}

    async def publish(
        self, messages: int, per_second: float, publishers: int = 1, stored: bool = False, fan_out: int | None = None
    ) -> dict[str, Any]:
        """Sends at a steady rate and waits until everything arrived, or 30 s after the last one."""
        self.marker = self.dialect.stored_marker if stored else self.dialect.marker
        frame_of = self.dialect.store if stored else self.dialect.publish
        self.count, self.lost, self.latencies_ms = 0, 0, []
        self.expected = messages * (fan_out or len(self.subscribers))
        self.complete.clear()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        began = time.monotonic()
        padding = "x" * 40
        for index in range(messages):
            due = began + index / per_second if per_second else 0.0
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            sender = self.subscribers[index % publishers]
            payload = f'{{"n":{index},"at":{time.monotonic():.6f},"pad":"{padding}","room":{sender.room}}}'
            sender.transport.write(masked_frame(frame_of(payload)))
            if not per_second and index % 50 == 0:
                await asyncio.sleep(0)
        try:
            async with asyncio.timeout(30):
                await self.complete.wait()
        except TimeoutError:
            pass
        seconds = time.monotonic() - began
        now = resource.getrusage(resource.RUSAGE_SELF)
        cpu = (now.ru_utime + now.ru_stime) - (usage.ru_utime + usage.ru_stime)
        return {
            "expected": self.expected,
            "delivered": self.count,
            "lost_connections": self.lost,
            "seconds": seconds,
            "generator_load": cpu / seconds,
            "latency_ms": percentiles(self.latencies_ms),
        }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().split()


def percentiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {f"p{part}": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)}


async def main() -> None:
    port, dialect = int(sys.argv[1]), getattr(dialects, sys.argv[2])
    load = Load(port, dialect)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        act = order.pop("act")
        if act == "quit":
            break
        try:
            answer = await getattr(load, act)(**order)
        except (OSError, ConnectionError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
