"""What several server processes share, in memory and in a real Valkey, for the suites that run over both."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest

from realtime.people.limits.memory import MemoryPoints, MemorySeating, MemorySeats
from realtime.people.limits.redis import RedisPoints, RedisSeats
from realtime.people.limits.store import PointStore, SeatStore
from realtime.people.presence.memory import MemoryPresence, MemoryRooms
from realtime.people.presence.redis import RedisPresence
from realtime.people.presence.store import PresenceStore
from realtime.people.processes.memory import MemoryProcesses, MemoryRegister
from realtime.people.processes.redis import RedisRegister
from realtime.people.processes.register import ProcessRegister
from realtime.people.redis_link import RedisLink
from realtime.people.typing.memory import MemoryTyping
from realtime.people.typing.redis import RedisTyping
from realtime.people.typing.store import TypingStore
from realtime.testing.clock import FakeClock
from tests.services import redis_url


class MemoryWorld:
    """The shared stores in memory; every register and store of one `process` name is that process's."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.processes = MemoryProcesses()
        self.rooms = MemoryRooms()
        self._typists = MemoryTyping(self.clock)
        self._points = MemoryPoints(self.clock)
        self._seating = MemorySeating()

    def register(self, process: str) -> ProcessRegister:
        return MemoryRegister(self.processes, process, self.clock)

    def presence(self, process: str) -> PresenceStore:
        return MemoryPresence(self.rooms, self.processes, process, self.clock)

    def typists(self) -> TypingStore:
        return self._typists

    def points(self) -> PointStore:
        return self._points

    def seats(self, process: str) -> SeatStore:
        return MemorySeats(self._seating, process)

    async def lose_everything(self) -> None:
        self._seating.taken.clear()
        self.processes.wipe()
        self.rooms.wipe()

    async def close(self) -> None:
        pass


class RedisWorld:
    """The shared stores in Valkey, under a prefix of the test's own and on the test's clock."""

    def __init__(self, url: str) -> None:
        self.clock = FakeClock()
        self.prefix = f"lv.test-{secrets.token_hex(8)}"
        self.link = RedisLink(url, self.clock)

    def register(self, process: str) -> ProcessRegister:
        return RedisRegister(self.link, self.prefix, process, now_ms=self.clock.now_ms)

    def presence(self, process: str) -> PresenceStore:
        return RedisPresence(self.link, self.prefix, process, now_ms=self.clock.now_ms)

    def typists(self) -> TypingStore:
        return RedisTyping(self.link, self.prefix, now_ms=self.clock.now_ms)

    def points(self) -> PointStore:
        return RedisPoints(self.link, self.prefix, now_ms=self.clock.now_ms)

    def seats(self, process: str) -> SeatStore:
        return RedisSeats(self.link, self.prefix, process)

    async def lose_everything(self) -> None:
        [keys] = await self.link.run([("KEYS", f"{self.prefix}*")])
        if keys:
            await self.link.run([("DEL", *keys)])

    async def close(self) -> None:
        await self.lose_everything()
        await self.link.close()


World = MemoryWorld | RedisWorld


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    url, server = redis_url()
    yield url
    if server:
        server.stop()


@pytest.fixture
async def memory_world() -> AsyncIterator[MemoryWorld]:
    made = MemoryWorld()
    yield made
    await made.close()


@pytest.fixture
async def redis_world(valkey_url: str) -> AsyncIterator[RedisWorld]:
    made = RedisWorld(valkey_url)
    yield made
    await made.close()


@pytest.fixture(params=["memory", "redis"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    made: World = MemoryWorld() if request.param == "memory" else RedisWorld(request.getfixturevalue("valkey_url"))
    yield made
    await made.close()
