"""The engine's own ephemeral events: to every process by the way of all events, or to this one alone."""

import json

import pytest

from realtime.log.events import EphemeralEvent
from realtime.people.announcing import HubAnnouncer
from realtime.people.presence.events import PresenceChanged, UserAway
from realtime.testing.capture import Captured, capture_events
from realtime.testing.clock import FakeClock

pytestmark = pytest.mark.either_database

ROOM = "hall:1"
NUMBERS = PresenceChanged(user_count=2, guest_count=1, version=9)
AWAY = UserAway(user_id=7, away=True, user_count=2, guest_count=1, version=9, timestamp=5)


class Announced:
    """What one announcer has sent here, and to everybody."""

    def __init__(self, captured: Captured) -> None:
        self.here: list[EphemeralEvent] = []
        self.clock = FakeClock()
        self.announcer = HubAnnouncer(self.here.append, self.clock)
        self._captured = captured

    @property
    def everywhere(self) -> list[EphemeralEvent]:
        return [event for event in self._captured.events if isinstance(event, EphemeralEvent)]


@pytest.fixture
def announced():
    with capture_events() as captured:
        yield Announced(captured)


def test_what_concerns_everybody_goes_the_way_of_all_events(announced: Announced) -> None:
    announced.announcer.everywhere(ROOM, AWAY, version=9, skip="c1")
    [event] = announced.everywhere
    assert announced.here == []
    assert (event.room, event.type, event.version, event.skip, event.to) == (ROOM, "user:away", 9, "c1", None)
    assert json.loads(event.payload)["userId"] == 7
    assert event.created_at_ms == announced.clock.now_ms()


def test_what_concerns_this_process_alone_goes_nowhere_else(announced: Announced) -> None:
    announced.announcer.here(ROOM, NUMBERS, key="numbers", version=9)
    [event] = announced.here
    assert announced.everywhere == []
    assert (event.type, event.key, event.version) == ("presence:changed", "numbers", 9)


@pytest.mark.parametrize(
    ("skip", "left_out"), [(None, None), ((), None), ([], None), ("c1", "c1"), (["c1", "c2"], ("c1", "c2"))]
)
def test_nobody_one_or_several_are_left_out(announced: Announced, skip, left_out: object) -> None:
    announced.announcer.everywhere(ROOM, AWAY, skip=skip)
    assert announced.everywhere[0].skip == left_out


def test_it_may_be_for_one_alone_and_no_two_events_have_one_name(announced: Announced) -> None:
    for _ in range(2):
        announced.announcer.everywhere(ROOM, AWAY, to="c1")
    first, second = announced.everywhere
    assert (first.to, second.to) == ("c1", "c1")
    assert first.event_id != second.event_id
