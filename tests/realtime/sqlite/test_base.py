"""On SQLite every write of a process waits for its turn, whoever does it."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

import realtime
from realtime.models import Event, Lease
from realtime.sqlite.base import writers
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.sqlite.test_fairlock import threads
from tests.realtime.threads import PATIENCE_S, Threads, until

__all__ = ["threads"]


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
