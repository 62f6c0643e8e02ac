"""Who hears of events right behind their commit."""

from collections.abc import Iterator

import pytest

import realtime
from realtime.log import after_commit
from realtime.log.events import OutgoingEvent
from tests.realtime.examples import BenchRoom, Spoken

pytestmark = pytest.mark.django_db(transaction=True)


def speak() -> None:
    realtime.emit(BenchRoom(1), Spoken(text="one"))


@pytest.fixture
def received() -> Iterator[list[OutgoingEvent]]:
    received: list[OutgoingEvent] = []
    after_commit.attach(received.extend)
    yield received
    after_commit.detach(received.extend)


def test_events_are_heard_once_they_are_committed(received: list[OutgoingEvent]) -> None:
    with realtime.atomic():
        speak()
        assert received == []
    assert [(event.room, event.type) for event in received] == [("bench:1", "bench:spoken")]
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        speak()
        raise ZeroDivisionError
    assert len(received) == 1


def test_who_is_not_attached_any_more_hears_nothing(received: list[OutgoingEvent]) -> None:
    after_commit.detach(received.extend)
    after_commit.detach(received.extend)  # ignored
    speak()
    assert received == []


def test_a_receiver_that_fails_does_not_keep_others_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    received: list[object] = []

    def failing(events: object) -> None:
        raise ZeroDivisionError

    after_commit.attach(failing)
    after_commit.attach(received.extend)
    try:
        speak()
    finally:
        after_commit.detach(failing)
        after_commit.detach(received.extend)
    assert len(received) == 1
    assert "A receiver of committed events failed" in caplog.text
