"""What goes on while things break: readers at every door, authors, a writer outside; and what must hold in the end."""

import asyncio
import itertools
import json
import random
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from realtime.testing.history import History
from tests.commands import ROOT
from tests.faults.authors import Author
from tests.faults.fleet import Fleet
from tests.faults.followers import Follower

DOORS = ("json", "socketio", "sse")
_PATIENCE_SECONDS = 90.0

_halls = itertools.count(1)


def new_hall() -> int:
    """Returns the number of a hall that no test has used."""
    return next(_halls)


class Outside:
    """A process that writes past all servers; see `tests.faults.outside`."""

    def __init__(self, history: History, process: asyncio.subprocess.Process) -> None:
        self._history = history
        self._process = process
        self._numbers = itertools.count(1)
        self._orders: dict[int, asyncio.Future[None]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, history: History, fleet: Fleet, halls: Sequence[int] = ()) -> "Outside":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.outside",
            *[str(hall) for hall in halls],
            cwd=ROOT,
            env=fleet.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(history, process)

    async def do(self, what: str, **order: Any) -> None:
        """Gives an order and waits until it is committed."""
        number = next(self._numbers)
        done = self._orders[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"number": number, "do": what, **order}).encode() + b"\n")
        await asyncio.wait_for(done, _PATIENCE_SECONDS)

    async def stop(self) -> None:
        """Lets what has begun end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._reader, _PATIENCE_SECONDS)
        assert await self._process.wait() == 0

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            found = json.loads(line)
            if "done" in found:
                self._orders.pop(found["done"]).set_result(None)
            else:
                self._history.wrote(found["mark"], found["committed"])


class Traffic:
    """Readers and writers of some halls on one fleet."""

    def __init__(self, fleet: Fleet, history: History) -> None:
        self.fleet = fleet
        self.history = history
        self.followers: list[Follower] = []
        self.authors: list[Author] = []
        self.outside: Outside | None = None

    async def goes_on(self, requests: int = 20) -> None:
        """Waits until every author has had so many more answers."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asyncio.gather(*[author.until(author.done + requests) for author in self.authors])

    async def all_connected(self) -> None:
        """Waits until every reader receives what it may."""
        await until(lambda: all(follower.connected for follower in self.followers))

    async def settle(self) -> None:
        """Ends the writing, waits until everybody has everything, and checks the whole history."""
        await asyncio.gather(*[author.stop() for author in self.authors])
        if self.outside is not None:
            await self.outside.stop()
        await all_have_everything(self.fleet, self.history, self.followers)


async def all_have_everything(fleet: Fleet, history: History, followers: Sequence[Follower]) -> None:
    """Waits until every client stands at the end of the log, which does not grow any more; checks the history."""
    log = await asyncio.to_thread(fleet.database.log)
    try:
        await until(lambda: all(follower.connected for follower in followers) and not history.behind(log))
    except TimeoutError:
        missing = [follower.recording.name for follower in followers if not follower.connected]
        assert not missing, f"not connected: {missing}"
    history.check(log)


async def until(condition: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    """Waits for a condition that nothing announces. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # nothing to await
            await asyncio.sleep(0.1)


@asynccontextmanager
async def traffic(fleet: Fleet, *, readers: int = 12, authors: int = 4, halls: int = 3) -> AsyncIterator[Traffic]:
    """Readers that change their door with every connection, authors, and a writer outside; all connected."""
    numbers = [new_hall() for _ in range(halls)]
    goes_on = Traffic(fleet, History())
    try:
        for index in range(readers):
            doors = DOORS[index % 3 :] + DOORS[: index % 3]
            rooms = [f"hall:{hall}" for hall in numbers]
            goes_on.followers.append(Follower(goes_on.history, f"reader {index}", fleet.port, rooms, doors))
        goes_on.outside = await Outside.start(goes_on.history, fleet, numbers)
        goes_on.authors = [
            Author(goes_on.history, numbers[0] * 100 + index, fleet.port, numbers) for index in range(authors)
        ]
        await goes_on.all_connected()
        await goes_on.goes_on(5)
        yield goes_on
    finally:
        await asyncio.gather(*[follower.stop() for follower in goes_on.followers])


@asynccontextmanager
async def cutting(followers: Sequence[Follower], every_seconds: float) -> AsyncIterator[None]:
    """Cuts each follower's connection about every so many seconds within the block."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(every_seconds / len(followers))
            random.choice(followers).cut()

    cutter = asyncio.create_task(cut())
    try:
        yield
    finally:
        cutter.cancel()
        await asyncio.gather(cutter, return_exceptions=True)
