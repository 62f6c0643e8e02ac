"""The unit of work: an event exists if and only if the transaction that caused it committed."""

import asyncio
from collections.abc import Iterator

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError, transaction

import realtime
from realtime.errors import TooLarge, Unavailable
from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.log.writing import ForeignTransaction
from realtime.models import Event, Lease, RoomHead
from realtime.testing.capture import Captured, capture_events
from tests.realtime.examples import BenchRoom, Poke, Spoken

pytestmark = pytest.mark.django_db(transaction=True)

BENCH = BenchRoom(1)


@pytest.fixture
def captured() -> Iterator[Captured]:
    with capture_events() as captured:
        yield captured


def stored(room: BenchRoom = BENCH) -> list[tuple[int, str]]:
    return list(Event.objects.filter(room=room.name).order_by("seq").values_list("seq", "payload"))


def note(name: str) -> None:
    """Writes a domain row; any model would do."""
    Lease.objects.create(name=name, holder="test", expires_at="2030-01-01T00:00:00Z")


def test_an_event_is_stored_with_the_next_number_of_its_room() -> None:
    realtime.emit(BENCH, Spoken(text="one"))
    realtime.emit(BENCH, Spoken(text="two"))
    realtime.emit(BenchRoom(2), Spoken(text="elsewhere"))
    assert stored() == [(1, '{"text":"one"}'), (2, '{"text":"two"}')]
    assert stored(BenchRoom(2)) == [(1, '{"text":"elsewhere"}')]


def test_nothing_leaves_before_the_commit_and_everything_after_it(captured: Captured) -> None:
    with realtime.atomic():
        note("kept")
        realtime.emit(BENCH, Spoken(text="one"), ref="comment:1", actor=7, skip="me")
        realtime.emit(BENCH, Poke(who=1))
        assert captured.events == []
        assert stored() == []
    durable, ephemeral = captured.events
    head = RoomHead.objects.get(room=BENCH.name)
    assert isinstance(durable, StoredEvent)
    assert (durable.epoch, durable.seq, durable.payload) == (head.epoch, 1, b'{"text":"one"}')
    assert (durable.ref, durable.actor_id, durable.skip) == ("comment:1", 7, "me")
    assert isinstance(ephemeral, EphemeralEvent)
    assert ephemeral.key == '["bench:poke",1]'


def test_a_rollback_leaves_no_event_and_no_number(captured: Captured) -> None:
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        note("gone")
        realtime.emit(BENCH, Spoken(text="never"))
        realtime.emit(BENCH, Poke(who=1))
        1 / 0  # noqa: B018  # any failure
    assert not Lease.objects.exists()
    assert not RoomHead.objects.exists()
    assert captured.events == []


@pytest.mark.parametrize("savepoint", [realtime.atomic, transaction.atomic])
def test_a_savepoint_that_is_rolled_back_takes_its_events_with_it(savepoint: object, captured: Captured) -> None:
    with realtime.atomic():
        realtime.emit(BENCH, Spoken(text="before"))
        with pytest.raises(ZeroDivisionError), savepoint():  # type: ignore[operator]  # either kind of block
            realtime.emit(BENCH, Spoken(text="never"))
            1 / 0  # noqa: B018  # any failure
        realtime.emit(BENCH, Spoken(text="after"))
    assert stored() == [(1, '{"text":"before"}'), (2, '{"text":"after"}')]
    assert captured.emitted() == [(BENCH.name, Spoken(text="before")), (BENCH.name, Spoken(text="after"))]


def test_a_commit_that_fails_hands_nothing_on(captured: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing() -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(transaction.get_connection(), "commit", failing)
    with pytest.raises(DatabaseError), realtime.atomic():
        realtime.emit(BENCH, Spoken(text="never"))
    monkeypatch.undo()
    assert captured.events == []
    assert stored() == []


def test_another_commit_hook_that_fails_does_not_keep_events_back(captured: Captured) -> None:
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        transaction.on_commit(lambda: 1 / 0)  # type: ignore[arg-type]  # fails before it returns
        realtime.emit(BENCH, Spoken(text="published"))
    assert captured.types() == ["bench:spoken"]


def test_a_commit_hook_may_open_a_transaction_of_its_own(captured: Captured) -> None:
    with realtime.atomic():
        transaction.on_commit(lambda: realtime.emit(BENCH, Spoken(text="second")))
        realtime.emit(BENCH, Spoken(text="first"))
    assert captured.emitted(BENCH) == [(BENCH.name, Spoken(text="first")), (BENCH.name, Spoken(text="second"))]


def test_the_block_tells_the_positions_of_what_it_emitted() -> None:
    with realtime.atomic() as unit:
        realtime.emit(BENCH, Spoken(text="one"))
        realtime.emit(BENCH, Spoken(text="two"))
        realtime.emit(BenchRoom(2), Spoken(text="elsewhere"))
        assert unit.positions == {}
    assert {room: position.seq for room, position in unit.positions.items()} == {"bench:1": 2, "bench:2": 1}


def test_a_rollback_that_was_asked_for_silently_is_reported(captured: Captured) -> None:
    with pytest.raises(Unavailable), realtime.atomic():
        note("gone")
        transaction.set_rollback(True)
    assert captured.events == []


def test_a_plain_transaction_around_a_durable_event_is_refused() -> None:
    with transaction.atomic():
        with pytest.raises(ForeignTransaction):
            realtime.emit(BENCH, Spoken(text="never"))
        with pytest.raises(ForeignTransaction), realtime.atomic():
            pass


def test_an_ephemeral_event_in_a_plain_transaction_waits_for_its_commit(captured: Captured) -> None:
    with transaction.atomic():
        realtime.emit(BENCH, Poke(who=1))
        assert captured.events == []
    assert captured.types() == ["bench:poke"]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        realtime.emit(BENCH, Poke(who=2))
        1 / 0  # noqa: B018  # any failure
    assert captured.types() == ["bench:poke"]


def test_an_ephemeral_event_outside_a_transaction_leaves_at_once_and_leaves_no_trace(captured: Captured) -> None:
    realtime.emit(BENCH, Poke(who=1), to="only-me", version=3)
    (event,) = captured.events
    assert isinstance(event, EphemeralEvent)
    assert (event.to, event.version) == ("only-me", 3)
    assert not RoomHead.objects.exists()


async def test_on_an_event_loop_ephemerals_leave_at_once_and_durables_are_awaited() -> None:
    with capture_events() as captured:
        realtime.emit(BENCH, Poke(who=1))
        assert captured.types() == ["bench:poke"]
        await realtime.aemit(BENCH, Spoken(text="one"))
        assert captured.types() == ["bench:poke", "bench:spoken"]
        with pytest.raises(SynchronousOnlyOperation):
            realtime.emit(BENCH, Spoken(text="blocking"))
    assert await asyncio.to_thread(stored) == [(1, '{"text":"one"}')]


def test_atomic_is_a_decorator_too() -> None:
    @realtime.atomic()
    def speak(text: str) -> str:
        realtime.emit(BENCH, Spoken(text=text))
        return text

    assert [speak("one"), speak("two")] == ["one", "two"]
    assert [seq for seq, _ in stored()] == [1, 2]


def test_what_breaks_the_contract_is_refused() -> None:
    with pytest.raises(TypeError, match="not published to rooms like user:1"):
        realtime.emit(realtime.UserRoom(1), Spoken(text="wrong room"))
    with pytest.raises(TypeError, match="does not keep its contract"):
        realtime.emit(BENCH, Spoken(text=5))  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError, match="durable"):
        realtime.emit(BENCH, Spoken(text="private"), to="only-me")
    with pytest.raises(TooLarge):
        realtime.emit(BENCH, Spoken(text="x" * 65_536))
    assert stored() == []


def test_wide_fan_out_is_refused_unless_a_job_says_so() -> None:
    with pytest.raises(RuntimeError, match="fan out in a job"), realtime.atomic():
        for number in range(1, 10):
            realtime.emit(BenchRoom(number), Spoken(text="hello"))
    assert not Event.objects.exists()
    with realtime.atomic(max_rooms=1100):
        for number in range(1100, 0, -1):
            realtime.emit(BenchRoom(number), Spoken(text="hello"))
    assert RoomHead.objects.filter(seq=1).count() == Event.objects.count() == 1100


@pytest.mark.django_db(transaction=False)
class TestInADjangoTestCase:
    """Tests of services need no real transactions: the end of the outermost block stands for the commit."""

    def test_events_are_stored_and_handed_on(self, captured: Captured) -> None:
        for text in ("one", "two"):
            with realtime.atomic():
                realtime.emit(BENCH, Spoken(text=text))
            realtime.emit(BENCH, Poke(who=1))
        assert stored() == [(1, '{"text":"one"}'), (2, '{"text":"two"}')]
        assert captured.types() == ["bench:spoken", "bench:poke"] * 2

    def test_a_rollback_hands_nothing_on(self, captured: Captured) -> None:
        with pytest.raises(ZeroDivisionError), realtime.atomic():
            realtime.emit(BENCH, Spoken(text="never"))
            1 / 0  # noqa: B018  # any failure
        assert stored() == []
        assert captured.events == []

    def test_a_plain_transaction_is_still_refused(self) -> None:
        with transaction.atomic(), pytest.raises(ForeignTransaction):
            realtime.emit(BENCH, Spoken(text="never"))
