"""`python -m benchmarks.chaos [--seconds 90]`: everything breaks at random under stock clients, and none may notice.

24 `socket.io-client` (a third of them on polling alone) follow one room of three `serve` processes with PostgreSQL and
Valkey, all of their own and on loopback. Somebody writes all the while; processes are killed or stopped in their
tracks, PostgreSQL crashes, Valkey is away and comes back empty. In the end each client must have had every event of the
log once and in order, by recovery or by subscribing again from where it was, and none may be gone for good. The exit
code says whether that holds.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import psycopg

from realtime.testing.history import History
from tests.faults.fleet import Database, Fleet
from tests.faults.traffic import Outside

CLIENTS = 24
PROCESSES = 3
SECONDS = 90.0
HALL = 1
_PACKAGE = Path(__file__).resolve().parent.parent / "frontend" / "package.json"
_DRIVER = Path(__file__).with_name("chaos.mjs")
_SETTLE_SECONDS = 90.0
_BETWEEN_SECONDS = (0.5, 4.0)
# Longer than a heartbeat's patience, a lease or the holding of a CONNECT is left to the fault suite: here much happens.
_STOPPED_SECONDS = (1.0, 8.0)
_POSTGRES_AWAY_SECONDS = (0.5, 12.0)
_VALKEY_AWAY_SECONDS = (0.5, 8.0)


class Seen(msgspec.Struct):
    """What one client has seen; `lost`: how its room could not go on, `seqs`: every event, as they came."""

    transports: str
    connects: int
    recovered: int
    ends: int
    refused: list[str]
    lost: list[str]
    seqs: list[int]
    gone: bool
    connected: bool

    def faults(self, log: Sequence[int]) -> dict[str, int]:
        """Returns how many events it missed, got twice, and got before one that comes earlier."""
        got = set(self.seqs)
        return {
            "missing": len(set(log) - got),
            "twice": len(self.seqs) - len(got),
            "disordered": sum(after < before for before, after in zip(self.seqs, self.seqs[1:], strict=False)),
        }

    def holds(self, log: Sequence[int]) -> bool:
        return not (self.gone or self.refused or self.lost or any(self.faults(log).values()))

    def row(self, number: int, log: Sequence[int]) -> str:
        faults = " | ".join(f"{count:>10}" for count in self.faults(log).values())
        broken = ", ".join([*self.refused, *self.lost, *(["gone for good"] if self.gone else [])])
        return (
            f"| {number:>2} | {self.transports:<9} | {self.connects:>8} | {self.recovered:>9} | {len(self.seqs):>6} "
            f"| {faults} | {broken or ('holds' if self.holds(log) else 'FAILS')} |"
        )


_HEAD = (
    "|    | transport | connects | recovered | events |    missing |      twice | disordered | |\n"
    "|---:|---|---:|---:|---:|---:|---:|---:|---|"
)


class Clients:
    """The stock clients, all in one process of Node."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, port: int) -> "Clients":
        node = shutil.which("node")
        if node is None or not (_PACKAGE.parent / "node_modules" / "socket.io-client").exists():
            raise SystemExit("Node or frontend/node_modules is missing: run `npm ci` in frontend/.")
        transports = [("polling", "websocket", "upgrade")[index % 3] for index in range(CLIENTS)]
        process = await asyncio.create_subprocess_exec(
            node,
            str(_DRIVER),
            str(_PACKAGE),
            f"http://127.0.0.1:{port}",
            f"hall:{HALL}",
            *transports,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 26,  # a line has everything that all of them have got
        )
        return cls(process)

    async def seen(self) -> list[Seen]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        return msgspec.json.decode(await self._process.stdout.readline(), type=list[Seen])

    async def until(self, condition: Callable[[Seen], bool]) -> bool:
        """Waits until it holds for all; False when that does not come."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while not all(map(condition, await self.seen())):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.5)
        return True

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


class Chaos:
    """What breaks and is mended again, at random; one thing of each kind at a time, several kinds at once."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._began = time.monotonic()
        self.count: dict[str, int] = {}

    async def run(self, seconds: float) -> None:
        acts = {"kill -9": self._kill, "SIGSTOP": self._stop, "PostgreSQL": self._postgres, "Valkey": self._valkey}
        under_way: dict[str, asyncio.Task[None]] = {}
        order: list[str] = []
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < self._began + seconds:
                order = order or random.sample(list(acts), len(acts))  # each kind has its turn
                name = order.pop()
                if name not in under_way or under_way[name].done():
                    self.count[name] = self.count.get(name, 0) + 1
                    under_way[name] = group.create_task(self._do(name, acts[name]))
                await asyncio.sleep(random.uniform(*_BETWEEN_SECONDS))

    async def _do(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        began = time.monotonic()
        await act()
        print(f"{began - self._began:6.1f} s  {name}, mended after {time.monotonic() - began:.1f} s", flush=True)

    def _victim(self) -> int | None:
        children = self._fleet.processes()
        return random.choice(children) if children else None

    async def _kill(self) -> None:
        if (victim := self._victim()) is not None:
            _send(victim, signal.SIGKILL)

    async def _stop(self) -> None:
        if (victim := self._victim()) is not None:
            _send(victim, signal.SIGSTOP)
            try:
                await asyncio.sleep(random.uniform(*_STOPPED_SECONDS))
            finally:
                _send(victim, signal.SIGCONT)

    async def _postgres(self) -> None:
        server = self._fleet.database.server
        await asyncio.to_thread(server.crash)
        try:
            await asyncio.sleep(random.uniform(*_POSTGRES_AWAY_SECONDS))
        finally:
            await asyncio.to_thread(server.start)

    async def _valkey(self) -> None:
        await asyncio.to_thread(self._fleet.redis.stop)
        try:
            await asyncio.sleep(random.uniform(*_VALKEY_AWAY_SECONDS))
        finally:
            await asyncio.to_thread(self._fleet.redis.start)


def _send(process: int, number: signal.Signals) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return  # another act has taken it away meanwhile


def _log(database: Database) -> list[int]:
    """Returns the numbers of the room's events."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT seq FROM realtime_event WHERE room = %s ORDER BY seq", [f"hall:{HALL}"]
        ).fetchall()
    return [seq for [seq] in rows]


async def run(fleet: Fleet, seconds: float) -> bool:
    """Breaks things for so long, lets everybody settle, and prints what each client has seen."""
    clients = await Clients.start(fleet.port)
    try:
        writer = await Outside.start(History(), fleet, [HALL])
        if not await clients.until(lambda seen: bool(seen.seqs)):
            print("Not every client got in before anything broke.")
            return False
        chaos = Chaos(fleet)
        await chaos.run(seconds)
        await writer.stop()
        log = await asyncio.to_thread(_log, fleet.database)
        await clients.until(
            lambda seen: seen.gone or (seen.connected and bool(seen.seqs) and max(seen.seqs) >= log[-1])
        )
        everybody = await clients.seen()
    finally:
        await clients.stop()
    print(_HEAD)
    for number, seen in enumerate(everybody, 1):
        print(seen.row(number, log))
    broke = ", ".join(f"{name} {count}" for name, count in sorted(chaos.count.items()))
    failed = sum(not seen.holds(log) for seen in everybody)
    print(
        f"{len(log)} events, {seconds:.0f} s, {broke}: {CLIENTS - failed} of {CLIENTS} had every event once, in order."
    )
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long things break")
    parser.add_argument("--seed", type=int, default=None, help="the same order of what breaks again")
    parser.add_argument("--log", type=Path, default=None, help="where the servers' log is kept, with every decision")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="livrya-chaos-") as folder:
        os.environ.setdefault("VAR_DIR", folder)  # what the servers keep
        return 0 if _breaks(arguments) else 1


def _breaks(arguments: argparse.Namespace) -> bool:
    database = Database()
    debug = {"REALTIME_DEBUG": "true"} if arguments.log else {}
    try:
        with Fleet(database, processes=PROCESSES, **debug) as fleet:
            try:
                return asyncio.run(run(fleet, arguments.seconds))
            finally:
                if arguments.log:
                    arguments.log.write_text(fleet.server.output)
    finally:
        database.server.stop()


if __name__ == "__main__":
    sys.exit(main())
