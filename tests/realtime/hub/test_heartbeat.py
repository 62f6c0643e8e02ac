"""Clients that are gone without a word are found: by a ping that nobody answers, and a backlog that nobody takes."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from realtime.errors import CloseCode
from realtime.hub import heartbeat as module
from realtime.hub.heartbeat import Heartbeat
from realtime.transport.connection import Connection, FramedConnection
from realtime.transport.write_batch import WriteBatch

pytestmark = pytest.mark.either_database

PING_S, PONG_S, STALL_S = 25, 10, 30


class Stream:
    """A client's socket, seen from the server; it answers pings while it is `alive`."""

    def __init__(self, clock: "Clock") -> None:
        self.clock = clock
        self.heard_at = clock.now
        self.alive = True
        self.pings: list[float] = []
        self.ends: list[object] = []
        self.waiting_bytes = 0

    def ping(self) -> None:
        self.pings.append(self.clock.now - self.clock.start)
        if self.alive:
            self.heard_at = self.clock.now + 0.5

    def buffered(self) -> int:
        return self.waiting_bytes

    def attach(self, owner: Connection, limit: int) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        self.ends.append(code)

    def abort(self) -> None:
        self.ends.append("aborted")


class Clock:
    """The loop's time, which passes as fast as the heartbeat waits for it."""

    def __init__(self) -> None:
        self.start = self.now = 1000.0
        self.until = self.now
        self.each_second: Any = lambda: None

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if self.now >= self.until:
            raise asyncio.CancelledError
        self.now += seconds
        self.each_second()


class Hearts:
    """A heartbeat and its connections."""

    def __init__(self) -> None:
        self.clock = Clock()
        settings = SimpleNamespace(
            heartbeat_seconds=PING_S, pong_timeout_seconds=PONG_S, stalled_client_seconds=STALL_S
        )
        hub: Any = SimpleNamespace(loop=self.clock, settings=settings)
        self.heartbeat = Heartbeat(hub)

    def client(self) -> tuple[Stream, FramedConnection]:
        stream: Any = Stream(self.clock)
        connection = FramedConnection(WriteBatch(asyncio.get_running_loop()), stream, limit=1000)
        connection.on_congested = self.heartbeat.congested
        self.heartbeat.add(connection)
        return stream, connection

    async def pass_time(self, seconds: float) -> None:
        self.clock.until = self.clock.now + seconds
        with pytest.raises(asyncio.CancelledError):
            await self.heartbeat.run()


@pytest.fixture
def hearts(monkeypatch: pytest.MonkeyPatch) -> Hearts:
    made = Hearts()
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=made.clock.sleep))
    return made


async def test_who_is_silent_is_pinged_and_who_answers_stays(hearts: Hearts) -> None:
    stream, _ = hearts.client()
    await hearts.pass_time(PING_S - 1)
    assert stream.pings == []
    await hearts.pass_time(1)
    assert stream.pings == [PING_S]
    await hearts.pass_time(PONG_S + PING_S)
    assert (len(stream.pings), stream.ends) == (2, [])


async def test_who_answers_no_ping_is_closed_when_the_time_for_it_is_over(hearts: Hearts) -> None:
    gone, _ = hearts.client()
    there, _ = hearts.client()
    gone.alive = False
    await hearts.pass_time(PING_S + PONG_S - 1)
    assert gone.ends == []
    await hearts.pass_time(1)
    assert (gone.ends, there.ends) == ([CloseCode.HEARTBEAT_TIMEOUT], [])
    await hearts.pass_time(10 * PING_S)
    assert gone.ends == [CloseCode.HEARTBEAT_TIMEOUT]


async def test_who_says_something_by_themselves_is_not_asked(hearts: Hearts) -> None:
    stream, _ = hearts.client()

    def talk() -> None:
        stream.heard_at = hearts.clock.now

    hearts.clock.each_second = talk
    await hearts.pass_time(4 * PING_S)
    assert (stream.pings, stream.ends) == ([], [])


async def test_a_slow_client_is_not_pinged_behind_its_backlog_and_stays_while_that_shrinks(hearts: Hearts) -> None:
    stream, connection = hearts.client()
    stream.alive, stream.waiting_bytes = False, 5000
    connection.became_congested()

    def take() -> None:
        stream.waiting_bytes -= 1

    hearts.clock.each_second = take
    await hearts.pass_time(3 * STALL_S)
    assert (stream.pings, stream.ends) == ([], [])


async def test_a_slow_client_that_takes_nothing_is_cut_off_although_its_backlog_grows(hearts: Hearts) -> None:
    stream, connection = hearts.client()
    stream.waiting_bytes = 5000
    connection.became_congested()

    def grow() -> None:
        stream.waiting_bytes += 1

    hearts.clock.each_second = grow
    await hearts.pass_time(STALL_S - 1)
    assert stream.ends == []
    hearts.clock.each_second = lambda: None
    await hearts.pass_time(2)
    assert stream.ends == ["aborted"]


async def test_who_has_left_is_left_alone(hearts: Hearts) -> None:
    stream, connection = hearts.client()
    stream.alive, stream.waiting_bytes = False, 5000
    connection.became_congested()
    hearts.heartbeat.remove(connection)
    await hearts.pass_time(10 * STALL_S)
    assert (stream.pings, stream.ends) == ([], [])
