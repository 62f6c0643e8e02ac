"""What waits to be sent to other processes: bounded, in order within a room, and said shortly."""

from collections.abc import Sequence

import pytest

from realtime.log import hint_queue
from realtime.log.events import EphemeralEvent, OutgoingEvent, StoredEvent
from realtime.log.hint_queue import HintQueue
from realtime.log.hints import EVERYBODY, WAKE_UP, decode


def stored(room: str, *numbers: int) -> list[OutgoingEvent]:
    return [StoredEvent(room, "e", seq, "hall:said", b"{}", 1) for seq in numbers]


def taken(queue: HintQueue) -> list[tuple[str, Sequence[int]]]:
    """Returns what is taken out until nothing waits: rooms, each with its numbers."""
    taken = []
    while (due := queue.take()) is not None:
        room, hint = due
        read = decode(hint)
        numbers = [event.seq for event in read.events if isinstance(event, StoredEvent)] if read else []
        taken.append((room, numbers))
    return taken


def test_events_of_a_room_go_in_order_and_together() -> None:
    queue = HintQueue()
    assert queue.put([*stored("a", 1), *stored("b", 7), *stored("a", 2)]) == 0
    assert queue.put(stored("b", 8)) == 0
    assert taken(queue) == [("a", [1, 2]), ("b", [7, 8])]
    assert queue.take() is None


def test_a_hint_carries_so_many_events_and_no_more() -> None:
    queue = HintQueue()
    many = hint_queue.EVENTS_PER_HINT + 3
    queue.put(stored("a", *range(many)))
    assert [len(numbers) for _, numbers in taken(queue)] == [hint_queue.EVENTS_PER_HINT, 3]


def test_a_full_queue_keeps_the_newest_so_that_hubs_see_the_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hint_queue, "LIMIT", 3)
    queue = HintQueue()
    assert queue.put(stored("a", 1, 2)) == 0
    assert queue.put(stored("a", 3, 4)) == 1
    assert queue.put(stored("b", 1, 2, 3, 4)) == 3 + 1
    assert taken(queue) == [("b", [2, 3, 4])]


def test_a_commit_to_many_rooms_wakes_all_and_tells_only_what_is_in_no_log() -> None:
    queue = HintQueue()
    wide = [event for number in range(100) for event in stored(f"hall:{number}", 1)]
    queue.put([*wide, EphemeralEvent("hall:1", "hall:waved", b"{}", "id", 1)])
    assert queue.take() == (EVERYBODY, WAKE_UP)
    assert taken(queue) == [("hall:1", [])]


def test_what_waits_can_be_forgotten() -> None:
    queue = HintQueue()
    queue.put([event for number in range(100) for event in stored(f"hall:{number}", 1)])
    queue.put(stored("a", 1, 2))
    assert queue.clear() == 2
    assert queue.take() is None
