"""Reading the log back: pages are complete, or they are refused."""

import pytest
from django.db import connection

import realtime
from realtime.errors import Unavailable
from realtime.log.events import StoredEvent
from realtime.log.reading import NEVER, Head, HistoryGone, heads, read_many, read_page
from realtime.models import Event, RoomHead
from realtime.positions import Position
from realtime.testing.capture import capture_events
from tests.realtime.examples import BenchRoom, Spoken

pytestmark = pytest.mark.django_db(transaction=True)


def speak(room: int, *texts: str) -> None:
    for text in texts:
        realtime.emit(BenchRoom(room), Spoken(text=text), ref="note:1", actor=3, skip="me")


def test_what_is_read_equals_what_was_handed_on() -> None:
    with capture_events() as captured:
        speak(1, "one", "«zwei» 三\u0000")
    assert read_page("bench:1", 0, 2, 100) == captured.events
    assert read_many({"bench:1": (0, 2)}) == {"bench:1": captured.events}


def test_pages_follow_one_another() -> None:
    speak(1, *"abcde")
    speak(2, "elsewhere")
    pages = [[event.seq for event in read_page("bench:1", after, 5, 2)] for after in (0, 2, 4, 5)]
    assert pages == [[1, 2], [3, 4], [5], []]


def test_many_ranges_are_read_in_one_query(django_assert_num_queries: object) -> None:
    speak(1, *"abc")
    speak(2, *"de")
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        found = read_many({"bench:1": (1, 3), "bench:2": (0, 1), "bench:3": (4, 4)})
    assert {room: [event.seq for event in events or []] for room, events in found.items()} == {
        "bench:1": [2, 3],
        "bench:2": [1],
        "bench:3": [],
    }


def test_a_page_with_a_hole_is_refused() -> None:
    speak(1, *"abc")
    Event.objects.filter(seq=1).delete()
    assert [event.seq for event in read_page("bench:1", 1, 3, 100)] == [2, 3]
    with pytest.raises(HistoryGone):
        read_page("bench:1", 0, 3, 100)
    with pytest.raises(HistoryGone):
        read_page("bench:1", 1, 4, 100)  # what a head has promised must be there
    assert read_many({"bench:1": (0, 3)}) == {"bench:1": None}


def test_heads_tell_where_rooms_end_and_begin() -> None:
    speak(1, *"ab")
    stored = RoomHead.objects.get()
    assert heads(["bench:1", "bench:2"]) == {"bench:1": Head(stored.epoch, 2, 1), "bench:2": NEVER}
    assert heads([]) == {}
    assert len(heads(f"bench:{number}" for number in range(1, 1201))) == 1200


def test_a_head_knows_what_can_be_recovered() -> None:
    head = Head("now", seq=10, min_seq=4)
    assert [seq for seq in range(13) if head.recovers(Position("now", seq))] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert not head.recovers(Position("before", 5))
    assert not head.recovers(Position("", 0))
    assert Head("now", seq=10, min_seq=1).recovers(Position("", 0))
    assert NEVER.recovers(Position("", 0))
    assert not NEVER.recovers(Position("before", 5))


def test_after_a_failure_the_next_reading_gets_a_fresh_connection() -> None:
    speak(1, "one")
    assert connection.connection is not None
    connection.connection.close()  # as when the database restarts
    with pytest.raises(Unavailable):
        heads(["bench:1"])
    assert heads(["bench:1"])["bench:1"].seq == 1


def test_an_event_has_a_name_of_its_own() -> None:
    with capture_events() as captured:
        speak(1, "one")
    (event,) = captured.events
    assert isinstance(event, StoredEvent)
    assert event.event_id == f"bench:1:{event.epoch}:1"
