"""A process of clients: `python -m benchmarks.scale.swarm PORT DOOR SOURCE`, which takes its orders as JSON lines."""

import asyncio
import itertools
import json
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load import masked_frame
from benchmarks.scale.client import DOORS, Client, Door

_FROM_ONE_ADDRESS = 5_000
"""An address of the client has 28,000 ports, but the fuller it is the longer Linux looks for a free one."""
_IP_BIND_ADDRESS_NO_PORT = 24
"""Lets `connect` choose the port, which knows the other end: chosen by `bind` it took 4 ms at 75,000 connections."""
_AT_ONCE = 64
"""Connections of this process that are being opened; those that come back do not wait for each other."""
ASKING = 4
_ASK_EVERY_S = 0.1


class Crowd:
    """All connections of this process, and what was counted."""

    def __init__(self, port: int, door: Door, source: int) -> None:
        self.port, self.door, self.source = port, door, source
        self.room = ""
        self.clients: list[Client] = []
        self._sources = itertools.count()
        self._waiting: dict[Client, asyncio.Future[None]] = {}
        self._tries: set[asyncio.Task[None]] = set()
        self._asking: asyncio.Task[None] | None = None
        self.lost = 0
        self.failures: Counter[str] = Counter()
        self.forget()

    def forget(self) -> dict[str, Any]:
        """Begins to count anew."""
        self.deliveries = self.disorder = 0
        self.waited_ms: Counter[int] = Counter()
        self.answered_ms: Counter[int] = Counter()
        return {}

    # What clients tell.

    def became_ready(self, client: Client) -> None:
        if waiting := self._waiting.pop(client, None):
            waiting.set_result(None)

    def was_lost(self, client: Client) -> None:
        self.lost += 1
        self._again(client)

    def failed(self, client: Client, why: str) -> None:
        self.failures[why] += 1
        if why.startswith("closed"):
            self._again(client)

    def received(self, client: Client, seq: int, sent_at: float) -> None:
        self.deliveries += 1
        if client.seq and seq != client.seq + 1:
            self.disorder += 1
        client.seq = seq
        if sent_at:
            self.waited_ms[int((time.monotonic() - sent_at) * 1000)] += 1

    def answered(self, seconds: float) -> None:
        self.answered_ms[int(seconds * 1000)] += 1

    def _again(self, client: Client) -> None:
        def begin() -> None:
            task = asyncio.ensure_future(self._open(client))
            self._tries.add(task)
            task.add_done_callback(self._tries.discard)

        asyncio.get_running_loop().call_later(client.next_pause_s(), begin)

    async def _open(self, client: Client) -> None:
        address = f"127.0.0.{self.source + next(self._sources) // _FROM_ONE_ADDRESS % 16}"
        link = socket.socket()
        link.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            link.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
            link.bind((address, 0))
            await loop.sock_connect(link, ("127.0.0.1", self.port))
            await loop.create_connection(lambda: client, sock=link)
        except OSError as error:
            link.close()
            self.failures[error.__class__.__name__] += 1
            self._again(client)

    # Its orders.

    async def connect(self, count: int, room: str = "", tokens: str = "", first: int = 0) -> dict[str, Any]:
        """Opens that many, and waits until they are ready; `tokens` is a file in which theirs begin at line `first`."""
        self.room = room
        gate = asyncio.Semaphore(_AT_ONCE)
        people = _lines(tokens)[first : first + count] if tokens else [""] * count

        async def one(token: str) -> None:
            async with gate:
                client = Client(self, self.door, token)
                self.clients.append(client)
                self._waiting[client] = asyncio.get_running_loop().create_future()
                ready = self._waiting[client]
                await self._open(client)
                await ready

        await asyncio.gather(*map(one, people))
        return {}

    def ask(self) -> dict[str, Any]:
        """Has a few connections ping their sessions from now on."""

        async def keep_asking() -> None:
            while True:
                for client in self.clients[:ASKING]:
                    client.ask()
                await asyncio.sleep(_ASK_EVERY_S)

        self._asking = asyncio.ensure_future(keep_asking())
        return {}

    def say(self, number: int, text: str) -> dict[str, Any]:
        """Has a connection send a text; AT in it becomes the time."""
        self.clients[number].transport.write(masked_frame(text.replace("AT", f"{time.monotonic():.6f}")))
        return {}

    def stats(self, seq: int = 0) -> dict[str, Any]:
        """Says what was counted; `behind`: how many have less than `seq`."""
        return {
            "ready": sum(client.ready for client in self.clients),
            "lost": self.lost,
            "deliveries": self.deliveries,
            "disorder": self.disorder,
            "behind": sum(client.seq < seq for client in self.clients),
            "failures": self.failures,
            "waited_ms": self.waited_ms,
            "answered_ms": self.answered_ms,
        }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().split()


async def main() -> None:
    port, door, source = int(sys.argv[1]), DOORS[sys.argv[2]], int(sys.argv[3])
    crowd = Crowd(port, door, source)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        act = order.pop("act")
        answer = getattr(crowd, act)(**order)
        print(json.dumps(await answer if asyncio.iscoroutine(answer) else answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
