"""`python -m benchmarks.hostile [attack …]`: what bystanders notice while ten clients do their worst.

Each attack has a fresh `serve` on loopback with the product's own limits. Ten attackers, in a process of their own,
send 3 MB each, and begin again when they are thrown out, for a few seconds; meanwhile two bystanders at every door ask
`session:ping` ten times a second, or open a stream, and somebody asks `/healthz`. Ten authors are there, too: some
attacks are theirs. The exit code says whether the gates hold.
"""

import argparse
import asyncio
import contextlib
import itertools
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import connect

from benchmarks.attacks import ATTACKS, run_attackers
from benchmarks.people import AUTHORS, settle
from benchmarks.servers import AS_SERVED, Server, running

PING_P99_MS = 50.0
HEALTHZ_MS = 100.0
STREAM_P99_MS = 250.0
"""A stream carries no commands; what is timed is opening one, which asks the database, as a page does."""
MEGABYTES = 3
SECONDS = 8.0
_PINGS_PER_SECOND = 10  # half of what a connection's points allow
_BYSTANDERS_PER_DOOR = 2
_PATIENCE_SECONDS = 30.0
_CALM = "nothing"
_STREAM = "stream opens"

Ask = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Seen:
    """What bystanders saw during one attack, in ms."""

    pings: dict[str, list[float]] = field(default_factory=dict)
    healthz: list[float] = field(default_factory=list)

    def row(self, attack: str) -> str:
        doors = "".join(
            f" {statistics.median(taken):>6.1f} {_p99(taken):>7.1f} |" for _, taken in sorted(self.pings.items())
        )
        return f"{attack:<28} |{doors} {max(self.healthz):>8.1f} | {'holds' if self.holds else 'FAILS'}"

    @property
    def holds(self) -> bool:
        in_time = all(
            _p99(taken) < (STREAM_P99_MS if door == _STREAM else PING_P99_MS) for door, taken in self.pings.items()
        )
        return in_time and max(self.healthz) <= HEALTHZ_MS


def _p99(taken: list[float]) -> float:
    return sorted(taken)[math.ceil(len(taken) * 0.99) - 1]  # by nearest rank


def _serve(port: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.hostile", "--serve", "--port", str(port)]


SERVE = Server("livrya serve", "JSON_DOOR", _serve, environment=AS_SERVED)


# Bystanders: each opens a session at one door and returns how to ask `session:ping` and wait for the answer.


async def _json_door(port: int, stack: list[Callable[[], Awaitable[None]]]) -> Ask:
    socket = await connect(f"ws://127.0.0.1:{port}/ws/", subprotocols=["livrya.v1"])  # type: ignore[list-item]  # a NewType of str
    stack.append(socket.close)
    while "session:ready" not in str(await socket.recv()):
        pass
    numbers = itertools.count()

    async def ask() -> None:
        number = next(numbers)
        await socket.send(f'{{"requestId":"{number}","type":"session:ping","payload":{{}}}}')
        while f'"requestId":"{number}"' not in str(await socket.recv()):
            pass

    return ask


async def _socket_io(port: int, stack: list[Callable[[], Awaitable[None]]]) -> Ask:
    socket = await connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
    stack.append(socket.close)
    await socket.recv()
    await socket.send("40")
    while not str(await socket.recv()).startswith("40"):
        pass
    numbers = itertools.count()

    async def ask() -> None:
        number = next(numbers)
        await socket.send(f'42{number}["session:ping",{{}}]')
        while not (message := str(await socket.recv())).startswith(f"43{number}["):
            if message == "2":
                await socket.send("3")

    return ask


async def _polling(port: int, stack: list[Callable[[], Awaitable[None]]]) -> Ask:
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_SECONDS)
    stack.append(client.aclose)
    query = {"EIO": "4", "transport": "polling"}
    query["sid"] = (await client.get("/socket.io/", params=query)).text.partition('"sid":"')[2].partition('"')[0]

    async def polls(until: str) -> None:
        while True:
            body = (await client.get("/socket.io/", params=query)).text
            packets = body.split("\x1e")
            if "2" in packets:
                await client.post("/socket.io/", params=query, content="3")
            if any(packet.startswith(until) for packet in packets):
                return

    await client.post("/socket.io/", params=query, content="40")
    await polls("40")
    numbers = itertools.count()

    async def ask() -> None:
        number = next(numbers)
        polling = asyncio.create_task(polls(f"43{number}["))
        await client.post("/socket.io/", params=query, content=f'42{number}["session:ping",{{}}]')
        await polling

    return ask


async def _stream(port: int, stack: list[Callable[[], Awaitable[None]]]) -> Ask:
    client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_SECONDS)
    stack.append(client.aclose)

    async def ask() -> None:
        async with client.stream("GET", "/events/", params={"rooms": "book:1"}) as answer:
            async for line in answer.aiter_lines():
                if "session:ready" in line:
                    return
        raise RuntimeError(f"The stream ended with {answer.status_code}.")

    return ask


DOORS = {"JSON": _json_door, "Socket.IO": _socket_io, "polling": _polling, _STREAM: _stream}


async def _keep_asking(ask: Ask, taken: list[float], until: float) -> None:
    while (began := time.monotonic()) < until:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await ask()
        except (TimeoutError, httpx.TimeoutException):
            taken.append(_PATIENCE_SECONDS * 1000)
            return
        taken.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(max(0.0, began + 1 / _PINGS_PER_SECOND - time.monotonic()))


async def watch(port: int, seconds: float, begin: Callable[[], None]) -> Seen:
    """Lets bystanders in, begins, and returns what they saw until `seconds` later."""
    seen = Seen()
    closings: list[Callable[[], Awaitable[None]]] = []
    asks: list[tuple[Ask, list[float]]] = []
    for name, open_door in DOORS.items():
        taken = seen.pings[name] = []
        asks += [(await open_door(port, closings), taken) for _ in range(_BYSTANDERS_PER_DOOR)]
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:

        async def healthz() -> None:
            (await client.get(f"http://127.0.0.1:{port}/healthz")).raise_for_status()

        await healthz()
        begin()
        until = time.monotonic() + seconds
        asks.append((healthz, seen.healthz))
        await asyncio.gather(*(_keep_asking(ask, taken, until) for ask, taken in asks))
    for close in closings:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await close()
    return seen


def take(attack: str, seconds: float) -> Seen:
    """Starts a server, attacks it, and returns what its other clients saw."""
    attackers: list[subprocess.Popen[bytes]] = []
    with running(SERVE, "", "") as server:

        def begin() -> None:
            if attack != _CALM:
                command = [sys.executable, "-m", "benchmarks.hostile", "--attack", attack, "--port", str(server.port)]
                attackers.append(subprocess.Popen([*command, "--seconds", str(seconds)]))

        try:
            return asyncio.run(watch(server.port, seconds, begin))
        finally:
            for process in attackers:
                process.kill()
                process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("attacks", nargs="*", help="names of attacks, all by default")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--attack", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _be_server(arguments.port)
        return 0
    if arguments.attack:
        run_attackers(arguments.attack, arguments.port, arguments.seconds, AUTHORS, MEGABYTES * 1_000_000)
        return 0
    unknown = [name for name in arguments.attacks if name not in ATTACKS]
    if unknown:
        parser.error(f"the attacks are: {', '.join(ATTACKS)}")
    heads = "".join(f"{name:>15} |" for name in sorted(DOORS))
    print(f"{'ms, median and p99':<28} |{heads} /healthz |", flush=True)
    held = True
    for attack in [_CALM, *(arguments.attacks or ATTACKS)]:
        seen = take(attack, arguments.seconds)
        print(seen.row(attack), flush=True)
        held = held and (seen.holds or attack == _CALM)
    print(
        f"session:ping p99 below {PING_P99_MS:.0f} ms at every door, a stream open within {STREAM_P99_MS:.0f}, "
        f"/healthz within {HEALTHZ_MS:.0f} ms: {held}"
    )
    return 0 if held else 1


def _be_server(port: int) -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    settle()
    call_command("serve", port=port)


if __name__ == "__main__":
    sys.exit(main())
