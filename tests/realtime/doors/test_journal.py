"""What a number stands for: in the process that gave it, and in others that read its journal in Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import pytest

from realtime.doors.socketio import journal as journals
from realtime.doors.socketio import journals as shared
from realtime.doors.socketio.journal import Journal
from realtime.doors.socketio.journals import _Keys, _Others, _Writer
from realtime.errors import Unavailable
from realtime.people.redis_link import Command, RedisLink
from realtime.positions import Position
from realtime.testing.clock import FakeClock
from tests.services import Valkey

pytestmark = pytest.mark.either_database

PROCESS = "0123456789abcdef"


class Time:
    now = 0.0


class Written(Journal):
    """A journal in which one line writes one thing."""

    def __init__(self) -> None:
        self.time = Time()
        super().__init__(PROCESS, lambda: self.time.now)

    def deliver(self, room: str, seq: int, *, more: bool = False, epoch: str = "e") -> int:
        return self.delivered(room, Position(epoch, seq), more=more)

    def seqs(self, socket_id: str, number: int) -> dict[str, int] | None:
        place = self.place(socket_id, number)
        return None if place is None else {room: position.seq for room, position in place.positions.items()}


@pytest.fixture
def journal() -> Written:
    return Written()


class TestAPlace:
    def test_it_is_the_anchor_moved_on_by_what_was_delivered_up_to_the_number(self, journal: Written) -> None:
        trail = journal.trail("s")
        trail.stands("1 *hall:1=e:5 hall:2=:0")
        for room, seq in (("hall:1", 6), ("hall:2", 1), ("hall:3", 9), ("hall:1", 7)):
            journal.deliver(room, seq)
        assert [journal.seqs("s", number) for number in (1, 2, 3, 4)] == [
            {"hall:1": 6, "hall:2": 0},
            {"hall:1": 6, "hall:2": 1},
            {"hall:1": 6, "hall:2": 1},
            {"hall:1": 7, "hall:2": 1},
        ]
        place = journal.place("s", 4)
        assert place is not None
        assert place.present == {"hall:1"}

    def test_what_was_written_down_behind_a_delivery_says_nothing_of_it(self, journal: Written) -> None:
        """What came between the two was written to this session alone, and may not have arrived."""
        trail = journal.trail("s")
        trail.stands("1 hall:1=e:5 hall:2=e:1")
        number = journal.deliver("hall:1", 6)
        trail.stands("1 hall:1=e:6 hall:2=e:4")
        assert journal.seqs("s", number) == {"hall:1": 6, "hall:2": 1}
        assert journal.seqs("s", journal.deliver("hall:1", 7)) == {"hall:1": 7, "hall:2": 4}

    def test_nothing_is_known_before_the_first_anchor_or_after_a_loss(self, journal: Written) -> None:
        trail = journal.trail("s")
        before = journal.deliver("hall:1", 1)
        trail.stands("1 hall:1=e:1")
        known = journal.deliver("hall:1", 2)
        trail.lost()
        lost = journal.deliver("hall:1", 3)
        trail.stands("1 hall:1=e:3")
        again = journal.deliver("hall:1", 4)
        assert [journal.seqs("s", number) for number in (before, known, lost, again)] == [
            None,
            {"hall:1": 2},
            None,
            {"hall:1": 4},
        ]
        assert journal.seqs("another", again) is None

    def test_between_two_parts_of_a_delivery_nobody_knows(self, journal: Written) -> None:
        journal.trail("s").stands("1 hall:1=e:1 hall:2=e:1")
        first = journal.deliver("hall:1", 2, more=True)
        between = journal.deliver("hall:2", 2)
        last = journal.deliver("hall:1", 2)
        behind = journal.deliver("hall:2", 3)
        assert [journal.seqs("s", number) for number in (first, between, last, behind)] == [
            {"hall:1": 2, "hall:2": 1},  # its own part, or it would not have the number
            None,
            {"hall:1": 2, "hall:2": 2},
            {"hall:1": 2, "hall:2": 3},
        ]

    def test_who_stands_behind_an_open_delivery_already_is_known(self, journal: Written) -> None:
        journal.deliver("hall:1", 2, more=True)
        journal.trail("s").stands("1 hall:1=e:2 hall:2=e:1")
        assert journal.seqs("s", journal.deliver("hall:2", 2)) == {"hall:1": 2, "hall:2": 2}

    def test_an_older_life_of_a_room_moves_nobody(self, journal: Written) -> None:
        journal.trail("before").stands("1 hall:1=e:5")
        journal.deliver("hall:1", 6)
        journal.trail("after").stands("1 hall:1=f:0 hall:2=e:1")
        assert journal.seqs("after", journal.deliver("hall:2", 2)) == {"hall:1": 0, "hall:2": 2}
        assert journal.seqs("after", journal.deliver("hall:1", 1, epoch="f")) == {"hall:1": 1, "hall:2": 2}

    def test_a_later_session_of_the_same_client_has_the_trail(self, journal: Written) -> None:
        first = journal.trail("s")
        first.stands("1 hall:1=e:1")
        number = journal.deliver("hall:1", 2)
        second = journal.trail("s")
        second.lost()
        assert journal.seqs("s", number) == {"hall:1": 2}
        journal.deliver("hall:1", 3)
        second.stands("1 hall:1=e:3")
        first.stands("1")
        first.lost()
        assert journal.seqs("s", journal.deliver("hall:1", 4)) == {"hall:1": 4}


class TestBounds:
    def test_deliveries_are_kept_for_a_time(self, journal: Written) -> None:
        journal.trail("s").stands("1 hall:1=e:0")
        journal.deliver("hall:1", 1)
        journal.time.now = journals.PROMISED_SECONDS
        number = journal.deliver("hall:1", 2)
        assert journal.seqs("s", number) == {"hall:1": 2}
        journal.time.now += journals.KEPT_SECONDS + 1
        number = journal.deliver("hall:1", 3)
        assert journal.deliveries.first == 2
        assert journal.seqs("s", number) is None

    def test_deliveries_are_bounded(self, journal: Written, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journals, "KEPT_DELIVERIES", 2000)
        journal.trail("old").stands("1 hall:1=e:0")
        for seq in range(1, 9001):
            if seq == 8000:
                journal.trail("new").stands("1 hall:1=e:7999")
            journal.deliver(f"hall:{1 + seq % 3}", seq)
        deliveries = journal.deliveries
        assert 2000 <= deliveries.last - deliveries.first + 1 <= 2000 + 1025
        assert sum(map(len, deliveries._of_room.values())) == deliveries.last - deliveries.first + 1
        assert journal.seqs("old", 9000) is None
        assert journal.seqs("new", 9000) == {"hall:1": 9000}

    def test_trails_are_kept_for_a_time_and_bounded(self, journal: Written, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journals, "_KEPT_ANCHOR_BYTES", 1000)
        text = "1 hall:1=e:1"
        for client in range(1000):
            journal.trail(f"s{client}").stands(text)
        assert len(journal._trails) == 1000 // len(text)
        assert journal._size == len(journal._trails) * len(text)
        journal.time.now = journals.KEPT_SECONDS + 1
        journal.trail("last").stands(text)
        assert journal._trails.keys() == {"last"}
        assert journal._size == len(text)

    def test_a_trail_is_bounded_and_never_without_its_last_entry(
        self, journal: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journals, "_KEPT_TRAIL_BYTES", 30)
        trail = journal.trail("s")
        for seq in range(9):
            trail.stands(f"1 hall:1=e:{seq}")
            journal.deliver("hall:1", seq + 1)
        assert len(trail.entries) == 2
        trail.stands("1 " + " ".join(f"hall:{hall}=e:1" for hall in range(1, 9)))
        assert len(trail.entries) == 1
        assert journal._size == trail.size == len(trail.entries[0][1])

    def test_a_trail_has_its_newest_entries(self, journal: Written) -> None:
        trail = journal.trail("s")
        for seq in range(100):
            trail.stands(f"1 hall:1=e:{seq}")
            journal.deliver("hall:1", seq + 1)
        assert len(trail.entries) == journals._KEPT_ANCHORS
        assert journal._size == trail.size == sum(len(text) for _, text in trail.entries)
        assert journal.seqs("s", 100) == {"hall:1": 100}
        assert journal.seqs("s", 1) is None


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


Seqs = Callable[[str, int], Awaitable[dict[str, int] | None]]


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
        two.journal.trail("s").stands("1 hall:1=e:1 ~hall:2=e:1")
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
            two.journal.trail(f"s{client}").stands(f"1 hall:1=e:{client}")
            two.journal.deliver("hall:1", client + 1)
        await two.writer._write()
        names = [command[0] for batch in two.link.batches for command in batch]
        assert names == ["SET"] * 5 + ["EXPIRE", "XADD", "EXPIRE"] * 3
        assert [await two.seqs(f"s{client}", 5) for client in range(5)] == [{"hall:1": 5}] * 5

    async def test_a_write_whose_answer_is_lost_counts_once(self, two: Two) -> None:
        two.journal.trail("s").stands("1 hall:1=e:0")
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
        two.journal.trail("s").stands("1 hall:1=e:0 hall:2=e:0")
        for seq in (1, 2):
            two.journal.deliver("hall:1", seq)
        await two.writer._write()
        assert await two.seqs("s", 2) == {"hall:1": 2, "hall:2": 0}
        for seq in range(3, 3003):
            two.journal.deliver("hall:1", seq)
        number = two.journal.deliver("hall:2", 1)
        await two.writer._write()
        assert await two.seqs("s", number) is None
        two.journal.trail("t").stands("1 hall:1=e:3002 hall:2=e:1")
        number = two.journal.deliver("hall:2", 2)
        await two.writer._write()
        assert await two.seqs("t", number) == {"hall:1": 3002, "hall:2": 2}

    async def test_everything_in_redis_ends_by_itself(self, two: Two, valkey: Valkey) -> None:
        two.journal.trail("s").stands("1 hall:1=e:0")
        two.journal.deliver("hall:1", 1)
        await two.writer._write()
        [keys] = await two.link.run([("KEYS", "*")])
        lives = await two.link.run([("TTL", key) for key in keys])
        assert len(keys) == 2
        assert all(0 < life <= journals.KEPT_SECONDS for life in lives)

    async def test_the_stream_is_cut_where_the_journal_is(self, two: Two) -> None:
        for seq in range(1, 501):
            two.journal.time.now += 20
            two.journal.trail("s").stands(f"1 hall:1=e:{seq - 1}")
            two.journal.deliver("hall:1", seq)
            await two.writer._write()
        [length] = await two.link.run([("XLEN", two.writer._keys.deliveries(PROCESS))])
        kept = 500 - two.journal.deliveries.first
        assert kept < 60
        assert kept <= length <= kept + 200  # Redis cuts whole nodes of a hundred
        assert await two.seqs("s", 500) == {"hall:1": 500}

    async def test_a_redis_that_comes_back_empty_gets_everything_again(self, two: Two) -> None:
        two.journal.trail("s").stands("1 hall:1=e:0")
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
        two.journal.trail("s").stands("1 hall:1=e:0")
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
