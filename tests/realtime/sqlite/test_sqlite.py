"""On SQLite every write of a process waits for its turn, whoever does it."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection, transaction

import realtime
from realtime.models import Event, Lease
from realtime.sqlite.base import writers
from realtime.sqlite.fairlock import FairLock
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import PATIENCE_S, Threads, threads_of, until


@pytest.fixture
def threads() -> Iterator[Threads]:
    with threads_of(6) as threads:
        yield threads


@pytest.mark.either_database
class TestTheFairLock:
    def test_is_granted_in_the_order_of_asking(self, threads: Threads) -> None:
        lock = FairLock()
        order: list[int] = []

        def take(number: int) -> None:
            assert lock.acquire(PATIENCE_S)
            order.append(number)
            lock.release()

        assert lock.acquire(PATIENCE_S)
        futures = []
        for number in range(6):
            futures.append(threads.run(partial(take, number)))
            until(lambda waiting=number + 1: len(lock.waiting) == waiting)
        lock.release()
        for future in futures:
            future.result(PATIENCE_S)
        assert order == [0, 1, 2, 3, 4, 5]

    def test_gives_up_in_time_and_stays_usable(self) -> None:
        lock = FairLock()
        assert lock.acquire(PATIENCE_S)
        assert not lock.acquire(0.01)
        assert not lock.waiting
        lock.release()
        assert lock.acquire(0.01)


@pytest.fixture
def sqlite(transactional_db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows")


def emit() -> None:
    realtime.emit(BenchRoom(1), Spoken(text="hello"))


def write_a_row() -> None:
    Lease.objects.create(name="row", holder="x", expires_at="2030-01-01T00:00:00Z")


def write_rows() -> None:
    with transaction.atomic():
        write_a_row()


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("write", [emit, write_a_row, write_rows])
def test_every_kind_of_write_takes_its_turn_and_gives_it_back(write: Callable[[], None], threads: Threads) -> None:
    assert writers.acquire(PATIENCE_S)
    writing = threads.run(write)
    until(lambda: len(writers.waiting) == 1)
    assert not Event.objects.exists()
    assert not Lease.objects.exists()  # reading waits for nobody
    writers.release()
    writing.result(PATIENCE_S)
    assert Event.objects.exists() or Lease.objects.exists()
    assert writers.acquire(0)
    writers.release()


@pytest.mark.usefixtures("sqlite")
def test_a_turn_ends_with_the_transaction_however_it_ends() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write_a_row()
        1 / 0  # noqa: B018  # any failure
    with transaction.atomic():
        write_a_row()
        connection.close()
    with realtime.snapshot():
        assert writers.acquire(0)  # a reader has no turn to give back
        writers.release()
    assert not Lease.objects.exists()
    assert writers.acquire(0)
    writers.release()


@pytest.mark.usefixtures("sqlite")
def test_a_turn_that_never_comes_does_not_stop_a_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.sqlite.base.PATIENCE_S", 0.01)
    assert writers.acquire(0)
    try:
        emit()
        write_a_row()
    finally:
        writers.release()
    assert Event.objects.count() == Lease.objects.count() == 1
