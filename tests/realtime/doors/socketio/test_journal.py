"""What a number stands for in the process that gave it, and for how long."""

import pytest

from realtime.doors.socketio import journal as journals
from tests.realtime.doors.socketio.written import Written

pytestmark = pytest.mark.either_database


@pytest.fixture
def journal() -> Written:
    return Written()


class TestAPlace:
    def test_it_is_the_anchor_moved_on_by_what_was_delivered_up_to_the_number(self, journal: Written) -> None:
        trail = journal.trail("s")
        trail.note("1 *hall:1=e:5 hall:2=:0")
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
        trail.note("1 hall:1=e:5 hall:2=e:1")
        number = journal.deliver("hall:1", 6)
        trail.note("1 hall:1=e:6 hall:2=e:4")
        assert journal.seqs("s", number) == {"hall:1": 6, "hall:2": 1}
        assert journal.seqs("s", journal.deliver("hall:1", 7)) == {"hall:1": 7, "hall:2": 4}

    def test_nothing_is_known_before_the_first_anchor_or_after_a_loss(self, journal: Written) -> None:
        trail = journal.trail("s")
        before = journal.deliver("hall:1", 1)
        trail.note("1 hall:1=e:1")
        known = journal.deliver("hall:1", 2)
        trail.lost()
        lost = journal.deliver("hall:1", 3)
        trail.note("1 hall:1=e:3")
        again = journal.deliver("hall:1", 4)
        assert [journal.seqs("s", number) for number in (before, known, lost, again)] == [
            None,
            {"hall:1": 2},
            None,
            {"hall:1": 4},
        ]
        assert journal.seqs("another", again) is None

    def test_between_two_parts_of_a_delivery_nobody_knows(self, journal: Written) -> None:
        journal.trail("s").note("1 hall:1=e:1 hall:2=e:1")
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
        journal.trail("s").note("1 hall:1=e:2 hall:2=e:1")
        assert journal.seqs("s", journal.deliver("hall:2", 2)) == {"hall:1": 2, "hall:2": 2}

    def test_an_older_life_of_a_room_moves_nobody(self, journal: Written) -> None:
        journal.trail("before").note("1 hall:1=e:5")
        journal.deliver("hall:1", 6)
        journal.trail("after").note("1 hall:1=f:0 hall:2=e:1")
        assert journal.seqs("after", journal.deliver("hall:2", 2)) == {"hall:1": 0, "hall:2": 2}
        assert journal.seqs("after", journal.deliver("hall:1", 1, epoch="f")) == {"hall:1": 1, "hall:2": 2}

    def test_a_later_session_of_the_same_client_has_the_trail(self, journal: Written) -> None:
        first = journal.trail("s")
        first.note("1 hall:1=e:1")
        number = journal.deliver("hall:1", 2)
        second = journal.trail("s")
        second.lost()
        assert journal.seqs("s", number) == {"hall:1": 2}
        journal.deliver("hall:1", 3)
        second.note("1 hall:1=e:3")
        first.note("1")
        first.lost()
        assert journal.seqs("s", journal.deliver("hall:1", 4)) == {"hall:1": 4}


class TestBounds:
    def test_deliveries_are_kept_for_a_time(self, journal: Written) -> None:
        journal.trail("s").note("1 hall:1=e:0")
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
        journal.trail("old").note("1 hall:1=e:0")
        for seq in range(1, 9001):
            if seq == 8000:
                journal.trail("new").note("1 hall:1=e:7999")
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
            journal.trail(f"s{client}").note(text)
        assert len(journal._trails) == 1000 // len(text)
        assert journal._size == len(journal._trails) * len(text)
        journal.time.now = journals.KEPT_SECONDS + 1
        journal.trail("last").note(text)
        assert journal._trails.keys() == {"last"}
        assert journal._size == len(text)

    def test_a_trail_is_bounded_and_never_without_its_last_entry(
        self, journal: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journals, "_KEPT_TRAIL_BYTES", 30)
        trail = journal.trail("s")
        for seq in range(9):
            trail.note(f"1 hall:1=e:{seq}")
            journal.deliver("hall:1", seq + 1)
        assert len(trail.entries) == 2
        trail.note("1 " + " ".join(f"hall:{hall}=e:1" for hall in range(1, 9)))
        assert len(trail.entries) == 1
        assert journal._size == trail.size == len(trail.entries[0][1])

    def test_a_trail_has_its_newest_entries(self, journal: Written) -> None:
        trail = journal.trail("s")
        for seq in range(100):
            trail.note(f"1 hall:1=e:{seq}")
            journal.deliver("hall:1", seq + 1)
        assert len(trail.entries) == journals._KEPT_ANCHORS
        assert journal._size == trail.size == sum(len(text) for _, text in trail.entries)
        assert journal.seqs("s", 100) == {"hall:1": 100}
        assert journal.seqs("s", 1) is None
