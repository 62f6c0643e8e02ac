"""Many rooms are pruned together, nobody who writes is in the way, and a prune that was killed goes on."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import realtime
from realtime.log import pruning
from realtime.log.reading import heads
from realtime.log.retention import prune
from realtime.models import DocumentState, Event
from tests.realtime.examples import BenchRoom, BoardRoom, Drawn, Spoken
from tests.realtime.threads import HeldCommit, threads_of

pytestmark = pytest.mark.django_db(transaction=True)


def speak(*rooms: int, count: int = 3) -> None:
    """Puts old events into the rooms."""
    for room in rooms:
        with realtime.atomic():
            for _ in range(count):
                realtime.emit(BenchRoom(room), Spoken(text="hello"))
    Event.objects.update(created_at_ms=1_000_000_000_000)


def kept(*rooms: int) -> list[int]:
    """Returns the first number that each room still has, or would have."""
    found = heads([f"bench:{room}" for room in rooms])
    return [found[f"bench:{room}"].min_seq for room in rooms]


def statements(rooms: int) -> int:
    speak(*range(1, rooms + 1))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert prune().events == 3 * rooms
    return len(captured)


def test_many_rooms_cost_as_many_statements_as_one() -> None:
    assert statements(40) == statements(1)


@pytest.mark.parametrize("events_at_once", [1, 2, 3, 4, 7])
def test_batches_of_any_size_take_all_that_is_old_and_nothing_else(
    events_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "_EVENTS_AT_ONCE", events_at_once)
    monkeypatch.setattr(pruning, "_ROOMS_AT_ONCE", 2)
    speak(1, 2, 3, 4)
    speak(2, 5, count=7)
    realtime.emit(BenchRoom(2), Spoken(text="new"))
    assert prune().events == 26
    assert kept(1, 2, 3, 4, 5) == [4, 11, 4, 4, 8]
    assert list(Event.objects.values_list("room", "seq")) == [("bench:2", 11)]


def test_what_was_killed_in_the_middle_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "_EVENTS_AT_ONCE", 2)
    speak(1, 2, 3)
    remove = pruning._remove
    left = 2

    def until_killed(*arguments: Any) -> int:
        nonlocal left
        if not left:
            raise SystemExit
        left -= 1
        return remove(*arguments)

    monkeypatch.setattr(pruning, "_remove", until_killed)
    with pytest.raises(SystemExit):
        prune()
    assert kept(1, 2, 3) == [3, 3, 1]
    assert [*Event.objects.order_by("room", "seq").values_list("room", "seq")] == [
        ("bench:1", 3),
        ("bench:2", 3),
        *[("bench:3", seq) for seq in (1, 2, 3)],
    ]  # what each head says is there, is
    monkeypatch.setattr(pruning, "_remove", remove)
    assert prune().events == 5
    assert kept(1, 2, 3) == [4, 4, 4]


def test_a_room_that_somebody_holds_keeps_no_other_back() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: a prune waits for it.")
    speak(1, 2, 3)
    with threads_of(2) as threads:
        writer = HeldCommit(threads, lambda: realtime.emit(BenchRoom(2), Spoken(text="new")))
        running = threads.run(prune)
        deadline = time.monotonic() + 30
        while kept(1, 3) != [4, 4]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        writer.let_go()
        assert running.result(30).events == 9
    assert kept(1, 2, 3) == [4, 4, 4]


def test_a_room_that_is_held_for_long_is_left_to_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: a prune waits for it.")
    monkeypatch.setattr(pruning, "_PATIENCE_MS", 50)
    speak(1, 2, 3)
    with threads_of(1) as threads:
        writer = HeldCommit(threads, lambda: realtime.emit(BenchRoom(2), Spoken(text="new")))
        assert prune().events == 6
        writer.let_go()
    assert prune().events == 3


def test_two_at_once_remove_everything_once() -> None:
    speak(*range(1, 101))
    with threads_of(2) as threads:
        both = [threads.run(prune) for _ in range(2)]
        assert sum(each.result(30).events for each in both) == 300
    assert set(kept(*range(1, 101))) == {4}


def test_what_a_document_still_needs_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its changes behind the last full state are the only ones that there are."""
    monkeypatch.setattr(pruning, "_EVENTS_AT_ONCE", 2)
    for number in range(5):
        realtime.emit(BoardRoom(1), Drawn(color="red", strokes=bytes([number])))
    for state_at, first in ((0, 1), (3, 4), (4, 5)):
        Event.objects.update(created_at_ms=1_000_000_000_000)
        DocumentState.objects.update_or_create(
            room="board:1", defaults={"epoch": "e", "schema": 1, "seq": state_at, "state": b"", "saved_at_ms": 0}
        )
        speak(2)
        prune()
        assert heads(["board:1"])["board:1"].min_seq == first
        assert kept(2) == [heads(["bench:2"])["bench:2"].seq + 1]
