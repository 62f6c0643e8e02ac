"""State read in a snapshot, plus the events after its position, is exactly the state."""

from collections.abc import Callable

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import realtime
from realtime.log.reading import heads, read_page
from realtime.models import Event, Lease
from realtime.positions import Position
from tests.realtime.examples import BenchRoom, Spoken
from tests.realtime.threads import PATIENCE_S, threads_of

pytestmark = pytest.mark.django_db(transaction=True)

BENCH = BenchRoom(1)


def write(text: str) -> None:
    """Changes the state (a row's holder) and tells about it, like any service."""
    with realtime.atomic():
        Lease.objects.update_or_create(name="state", defaults={"holder": text, "expires_at": "2030-01-01T00:00:00Z"})
        realtime.emit(BENCH, Spoken(text=text))


def state() -> str | None:
    return Lease.objects.filter(name="state").values_list("holder", flat=True).first()


def test_position_and_data_are_of_one_instant() -> None:
    write("one")
    with threads_of(1) as threads, realtime.snapshot() as snapshot:
        before = snapshot.position(BENCH)
        threads.run(lambda: write("two")).result(PATIENCE_S)
        assert (snapshot.position(BENCH), state()) == (before, "one")
    assert state() == "two"


@given(st.lists(st.sampled_from(["write", "look"]), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_state_plus_stream_is_exact_wherever_a_reader_begins(steps: list[str]) -> None:
    seen: list[tuple[str | None, Position]] = []
    with threads_of(1) as threads:
        for number, step in enumerate(steps):
            if step == "write":
                write(f"{number}")
                continue
            with realtime.snapshot() as snapshot:
                data = state()
                threads.run(lambda number=number: write(f"{number} meanwhile")).result(PATIENCE_S)
                seen.append((data, snapshot.position(BENCH)))
    last = heads([BENCH.name])[BENCH.name].seq
    for data, position in seen:
        replayed = data
        for event in read_page(BENCH.name, position.seq, last, 1000):
            replayed = msgspec.json.decode(event.payload, type=Spoken).text
        assert replayed == state()
        if position.seq:
            found = Event.objects.get(room=BENCH.name, seq=position.seq).payload
            assert msgspec.json.decode(found, type=Spoken).text == data  # nothing applied twice either


def test_a_room_without_events_has_the_place_before_the_first() -> None:
    with realtime.snapshot() as snapshot:
        assert snapshot.position(BENCH) == Position("", 0)


def test_a_snapshot_only_reads_and_leaves_the_connection_as_it_was() -> None:
    with pytest.raises(DatabaseError), realtime.snapshot():
        Lease.objects.create(name="x", holder="x", expires_at="2030-01-01T00:00:00Z")
    write("afterwards")
    assert state() == "afterwards"


def test_a_snapshot_may_be_the_first_thing_that_a_thread_does() -> None:
    connection.close()
    with realtime.snapshot() as snapshot:
        assert snapshot.position(BENCH).seq == 0
    write("afterwards")


def test_a_snapshot_does_not_keep_writers_waiting() -> None:
    with threads_of(1) as threads, realtime.snapshot():
        assert state() is None
        threads.run(lambda: write("one")).result(PATIENCE_S)


@pytest.mark.parametrize("block", [realtime.atomic, transaction.atomic])
def test_a_snapshot_inside_a_transaction_is_refused(block: Callable[[], object]) -> None:
    with block(), pytest.raises(RuntimeError), realtime.snapshot():  # type: ignore[attr-defined]  # either kind of block
        pass


@pytest.mark.django_db(transaction=False)
def test_in_a_django_test_case_its_transaction_stands_for_the_snapshot() -> None:
    write("one")
    with realtime.snapshot() as snapshot:
        assert (snapshot.position(BENCH).seq, state()) == (1, "one")
