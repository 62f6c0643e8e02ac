"""Many writers at once: dense numbers, commits in the order of numbers, nobody waits for another room."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

import realtime
from realtime.errors import Unavailable
from realtime.log.events import StoredEvent
from realtime.models import Event, RoomHead
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import PATIENCE_S, HeldCommit, Threads, threads_of, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def threads() -> Iterator[Threads]:
    with threads_of(10) as threads:
        yield threads


@pytest.fixture
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")


@pytest.fixture
def all_at_once() -> Iterator[None]:
    """Gives every thread a connection of its own, where connections come from a pool."""
    pool = getattr(connection, "pool", None)
    if pool:
        sizes = pool.min_size, pool.max_size
        pool.resize(sizes[0], 80)
    yield
    if pool:
        pool.resize(*sizes)


def speak(room: int, text: str) -> None:
    realtime.emit(BenchRoom(room), Spoken(text=text))


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


def assert_dense(room: int) -> None:
    head = RoomHead.objects.get(room=f"bench:{room}")
    numbers = Event.objects.filter(room=head.room).order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == list(range(1, head.seq + 1))


def test_writers_of_one_room_get_dense_numbers_in_the_order_of_their_commits(threads: Threads) -> None:
    def write(writer: int) -> list[int]:
        numbers = []
        for _ in range(10):
            with realtime.atomic() as unit:
                speak(1, f"{writer}")
                speak(1, f"{writer} again")
            first, second = [event.seq for event in unit.events if isinstance(event, StoredEvent)]
            assert second == first + 1
            numbers += [first, second]
        return numbers

    with capture_events() as captured:
        futures = [threads.run(partial(write, writer)) for writer in range(8)]
        written = [future.result(PATIENCE_S) for future in futures]
    assert all(numbers == sorted(numbers) for numbers in written)
    assert sorted(seq for numbers in written for seq in numbers) == list(range(1, 161))
    assert len(captured.events) == 160
    assert_dense(1)


def read_prefixes_until(done: threading.Event) -> int:
    """Reads the room again and again, and returns how often: what is committed must always be a prefix."""
    reads = 0
    while not done.is_set():
        numbers = list(Event.objects.filter(room="bench:1").order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        reads += 1
    return reads


@pytest.mark.parametrize("writers", [8, 64])
def test_a_reader_never_sees_a_number_before_the_one_below_it(writers: int, all_at_once: None) -> None:
    def write() -> None:
        for _ in range(10):
            speak(1, "hello")

    done = threading.Event()
    with threads_of(writers + 1) as threads:
        reading = threads.run(partial(read_prefixes_until, done))
        for future in [threads.run(write) for _ in range(writers)]:
            future.result(PATIENCE_S)
        done.set()
        assert reading.result(PATIENCE_S) > 0
    assert_dense(1)
    assert RoomHead.objects.get().seq == writers * 10


def test_writers_of_many_rooms_in_any_order_do_not_deadlock(threads: Threads) -> None:
    def write(rooms: list[int]) -> None:
        for _ in range(15):
            with realtime.atomic():
                for room in rooms:
                    speak(room, "hello")

    upwards, downwards = [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]
    for future in [threads.run(partial(write, rooms)) for rooms in [upwards, downwards] * 3]:
        future.result(PATIENCE_S)
    for room in upwards:
        assert_dense(room)
        assert RoomHead.objects.get(room=f"bench:{room}").seq == 90


@pytest.mark.usefixtures("postgresql")
def test_a_transaction_left_open_in_one_room_delays_no_other(threads: Threads) -> None:
    held = HeldCommit(threads, partial(speak, 1, "late"))
    speak(2, "at once")
    assert_dense(2)
    held.let_go()
    assert_dense(1)


@pytest.mark.usefixtures("postgresql")
def test_a_writer_waits_for_the_writer_before_it_in_the_room_and_gets_the_next_number(threads: Threads) -> None:
    held = HeldCommit(threads, partial(speak, 1, "first"))
    second = threads.run(partial(speak, 1, "second"))
    until(somebody_waits_for_a_lock)
    assert not Event.objects.exists()
    held.let_go()
    second.result(PATIENCE_S)
    assert list(Event.objects.order_by("seq").values_list("payload", flat=True)) == [
        '{"text":"first"}',
        '{"text":"second"}',
    ]


@pytest.mark.usefixtures("postgresql")
def test_who_waits_too_long_for_a_room_is_told_to_try_again(threads: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.log.flushing.LOCK_TIMEOUT_MS", 50)
    held = HeldCommit(threads, partial(speak, 1, "first"))
    with pytest.raises(Unavailable) as refused:
        speak(1, "second")
    assert refused.value.retryable
    held.let_go()
    speak(1, "second")
    assert_dense(1)
