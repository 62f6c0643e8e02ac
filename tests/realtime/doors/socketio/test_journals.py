"""What a number stands for in other processes, which read the journal of the one that gave it in Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest

from realtime.doors.socketio import journal as journals
from realtime.doors.socketio import journals as shared
from realtime.doors.socketio.journals import _Keys, _Others, _Writer
from realtime.errors import Unavailable
from realtime.people.redis_link import Command, RedisLink
from realtime.testing.clock import FakeClock
from tests.realtime.doors.socketio.written import PROCESS, Written
from tests.services import Valkey

pytestmark = pytest.mark.either_database


@pytest.fixture
def journal() -> Written:
    return Written()


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    yield server
    with suppress(Exception):
        server.stop()


class Halting(RedisLink):
    """A link whose answers can be lost."""

    def __init__(self, url: str) -> None:
        super().__init__(url, FakeClock())
        self.loses = False
        self.batches: list[list[Command]] = []

    async def run(self, commands):  # type: ignore[no-untyped-def]  # as the base has it
        self.batches.append(list(commands))
        replies = await super().run(commands)
        if self.loses:
            self.loses = False
            raise Unavailable
        return replies


class Two:
    """A process that writes, and another one that reads."""

    def __init__(self, url: str, journal: Written) -> None:
        self.journal = journal
        self.link = Halting(url)
        keys = _Keys("test")
        self.writer = _Writer(self.link, keys, journal)
        self.others = _Others(self.link, keys, asyncio.get_running_loop())

    async def seqs(self, socket_id: str, number: int) -> dict[str, int] | None:
        place = await self.others.place(PROCESS, socket_id, number)
        return None if place is None else {room: position.seq for room, position in place.positions.items()}


@pytest.fixture
async def two(valkey: Valkey, journal: Written) -> AsyncIterator[Two]:
    pair = Two(valkey.url, journal)
    yield pair
    await pair.link.close()
    if pair.others._timer:
        pair.others._timer.cancel()


class TestAnotherProcess:
    async def test_it_knows_what_was_written_and_refuses_what_is_past_the_end(self, two: Two) -> None:
        two.journal.trail("s").note("1 hall:1=e:1 ~hall:2=e:1")
        for seq in (2, 3):
            two.journal.deliver("hall:1", seq)
        await two.writer._write()
        lost = two.journal.deliver("hall:1", 4)
        assert await two.seqs("s", lost - 1) == {"hall:1": 3, "hall:2": 1}
        assert await two.seqs("s", lost) is None
        assert await two.seqs("another", lost - 1) is None
        await two.writer._write()
        assert await two.seqs("s", lost) == {"hall:1": 4, "hall:2": 1}

    async def test_what_it_does_not_know_it_keeps_nothing_of(self, two: Two) -> None:
        assert await two.others.place("f" * 16, "s", 1) is None
        assert two.others._known == {}

    async def test_anchors_are_there_before_the_deliveries_behind_them(
        self, two: Two, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever a killed process got done: a delivery in the stream has every anchor before it."""
        monkeypatch.setattr(shared, "_TRAILS_AT_ONCE", 2)
        monkeypatch.setattr(shared, "_DELIVERIES_AT_ONCE", 2)
        for client in range(5):
            two.journal.trail(f"s{client}").note(f"1 hall:1=e:{client}")
            two.journal.deliver("hall:1", client + 1)
        await two.writer._write()
        names = [command[0] for batch in two.link.batches for command in batch]
        assert names == ["SET"] * 5 + ["EXPIRE", "XADD", "EXPIRE"] + ["EXPIRE", "XADD"] * 2
        assert [await two.seqs(f"s{client}", 5) for client in range(5)] == [{"hall:1": 5}] * 5

    async def test_a_write_whose_answer_is_lost_counts_once(self, two: Two) -> None:
        two.journal.trail("s").note("1 hall:1=e:0")
        await two.writer._write()
        for seq in (1, 2, 3):
            number = two.journal.deliver("hall:1", seq)
            two.link.loses = True
            with pytest.raises(Unavailable):
                await two.writer._write()
        await two.writer._write()
        await two.writer._write()
        assert await two.seqs("s", number) == {"hall:1": 3}
        assert await two.seqs("s", number - 1) == {"hall:1": 2}
        assert await two.seqs("s", number + 1) is None

    async def test_a_gap_is_never_bridged(self, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        """Redis was away for so long that the journal itself has forgotten what was to be written."""
        monkeypatch.setattr(journals, "KEPT_DELIVERIES", 100)
        two.journal.trail("s").note("1 hall:1=e:0 hall:2=e:0")
        for seq in (1, 2):
            two.journal.deliver("hall:1", seq)
        await two.writer._write()
        assert await two.seqs("s", 2) == {"hall:1": 2, "hall:2": 0}
        for seq in range(3, 3003):
            two.journal.deliver("hall:1", seq)
        number = two.journal.deliver("hall:2", 1)
        await two.writer._write()
        assert await two.seqs("s", number) is None
        two.journal.trail("t").note("1 hall:1=e:3002 hall:2=e:1")
        number = two.journal.deliver("hall:2", 2)
        await two.writer._write()
        assert await two.seqs("t", number) == {"hall:1": 3002, "hall:2": 2}

    async def test_everything_in_redis_ends_by_itself(self, two: Two, valkey: Valkey) -> None:
        two.journal.trail("s").note("1 hall:1=e:0")
        two.journal.deliver("hall:1", 1)
        await two.writer._write()
        [keys] = await two.link.run([("KEYS", "*")])
        lives = await two.link.run([("TTL", key) for key in keys])
        assert len(keys) == 2
        assert all(0 < life <= journals.KEPT_SECONDS for life in lives)

    async def test_the_stream_is_cut_where_the_journal_is(self, two: Two) -> None:
        for seq in range(1, 501):
            two.journal.time.now += 20
            two.journal.trail("s").note(f"1 hall:1=e:{seq - 1}")
            two.journal.deliver("hall:1", seq)
            await two.writer._write()
        [length] = await two.link.run([("XLEN", two.writer._keys.deliveries(PROCESS))])
        kept = 500 - two.journal.deliveries.first
        assert kept < 60
        assert kept <= length <= kept + 200  # Redis cuts whole nodes of a hundred
        assert await two.seqs("s", 500) == {"hall:1": 500}

    async def test_a_redis_that_comes_back_empty_gets_everything_again(self, two: Two) -> None:
        two.journal.trail("s").note("1 hall:1=e:0")
        for seq in (1, 2):
            two.journal.deliver("hall:1", seq)
        await two.writer._write()
        assert await two.seqs("s", 2) == {"hall:1": 2}
        await two.link.run([("FLUSHALL",)])
        assert await two.seqs("s", 2) is None
        two.journal.deliver("hall:1", 3)
        await two.writer._write()
        assert await two.seqs("s", 3) is None  # the delivery is there, and the anchor is not
        assert two.writer._due.is_set()
        [life] = await two.link.run([("TTL", two.writer._keys.deliveries(PROCESS))])
        assert 0 < life <= journals.KEPT_SECONDS  # also if nothing is written any more
        await two.writer._write()
        assert await two.seqs("s", 3) == {"hall:1": 3}
        two.writer._due.clear()
        two.journal.deliver("hall:1", 4)
        await two.writer._write()
        assert not two.writer._lost

    async def test_what_could_not_be_written_is_written_when_redis_is_back(self, two: Two, valkey: Valkey) -> None:
        running = asyncio.create_task(two.writer.run())
        clock = two.link._clock
        assert isinstance(clock, FakeClock)
        valkey.stop()
        two.journal.trail("s").note("1 hall:1=e:0")
        number = two.journal.deliver("hall:1", 1)
        async with asyncio.timeout(30):
            while two.link._failed_at_ms is None:  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.01)
            with pytest.raises(Unavailable):
                await two.seqs("s", number)
            valkey.start()
            clock.advance(2000)
            while two.writer._written < number:  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.01)
        assert await two.seqs("s", number) == {"hall:1": 1}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
