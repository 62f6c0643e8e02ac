"""What tests of services collect: every event of the block, as what it was emitted from, and nothing behind it."""

import pytest

import realtime
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Poke, Spoken

pytestmark = pytest.mark.django_db(transaction=True)

ONE, OTHER = BenchRoom(1), BenchRoom(2)


def test_events_are_collected_in_the_order_of_their_commits_by_room_or_all() -> None:
    with capture_events() as captured:
        realtime.emit(ONE, Spoken(text="a"))
        with realtime.atomic():
            realtime.emit(OTHER, Spoken(text="b"))
            realtime.emit(OTHER, Poke(who=7))
    assert captured.types() == ["bench:spoken", "bench:spoken", "bench:poke"]
    assert captured.types(ONE) == ["bench:spoken"]
    assert captured.emitted(OTHER) == [("bench:2", Spoken(text="b")), ("bench:2", Poke(who=7))]
    assert captured.emitted()[0] == ("bench:1", Spoken(text="a"))


def test_what_was_taken_back_or_comes_later_is_not_collected() -> None:
    with capture_events() as captured, pytest.raises(ZeroDivisionError), realtime.atomic():
        realtime.emit(ONE, Spoken(text="never"))
        1 / 0  # noqa: B018  # any failure
    realtime.emit(ONE, Spoken(text="later"))
    assert captured.events == []


def test_a_block_that_fails_ends_its_capture_too() -> None:
    with pytest.raises(ZeroDivisionError), capture_events() as captured:
        raise ZeroDivisionError
    realtime.emit(ONE, Spoken(text="later"))
    assert captured.events == []
