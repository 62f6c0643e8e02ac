"""The sweep's questions: no commit is ever missed, in whatever order transactions end."""

import time
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

import realtime
from realtime.log.changes import ChangeCursor, DataVersion
from realtime.models import RoomHead
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import HeldCommit, Threads, threads_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def threads() -> Iterator[Threads]:
    with threads_of(4) as threads:
        yield threads


def speak(room: int) -> None:
    realtime.emit(BenchRoom(room), Spoken(text="hello"))


def news(cursor: ChangeCursor) -> dict[str, int]:
    found = cursor.poll()
    for room, position in found.items():
        assert RoomHead.objects.get(room=room).epoch == position.epoch
    return {room: position.seq for room, position in found.items()}


def test_every_room_with_news_is_named_with_its_head() -> None:
    speak(1)
    cursor = ChangeCursor()
    assert news(cursor) == {}  # the first look marks the start
    speak(1)
    speak(2)
    speak(2)
    assert news(cursor) == {"bench:1": 2, "bench:2": 2}
    speak(3)
    assert "bench:3" in news(cursor)


def test_quiet_rooms_are_not_named_for_ever() -> None:
    cursor = ChangeCursor()
    cursor.poll()
    speak(1)
    cursor.poll()
    speak(2)  # on PostgreSQL a later transaction lets the mark move past the first
    deadline = time.monotonic() + 30
    while news(cursor):  # the mark also waits for whatever is open elsewhere on the server, as in tests beside this one
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_transactions_that_commit_in_the_reverse_order_of_their_beginning_are_all_found(threads: Threads) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    cursor = ChangeCursor()
    cursor.poll()
    first = HeldCommit(threads, partial(speak, 1))
    second = HeldCommit(threads, partial(speak, 2))
    assert news(cursor) == {}
    second.let_go()
    assert news(cursor) == {"bench:2": 1}
    news(cursor)
    first.let_go()
    assert news(cursor)["bench:1"] == 1


def test_a_transaction_open_since_before_the_start_is_found(threads: Threads) -> None:
    cursor = ChangeCursor()
    held = HeldCommit(threads, partial(speak, 1))
    cursor.poll()
    held.let_go()
    assert news(cursor) == {"bench:1": 1}


def test_on_sqlite_a_write_of_any_connection_is_noticed(threads: Threads) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a PRAGMA of SQLite")
    with DataVersion() as version:
        assert not version.changed()
        threads.run(partial(speak, 1)).result()
        assert version.changed()
        assert not version.changed()
