"""A roster as clients get it: in answers, and as the event that replaces what was known."""

import msgspec
import pytest

from realtime.people.presence.events import as_ack, as_reply, as_snapshot
from realtime.people.presence.store import Counts, Present, Roster

pytestmark = pytest.mark.either_database

COUNTS = Counts(user_count=2, guest_count=3, version=9, revision=11)
LISTED = Roster(COUNTS, {8: Present("bob", "Bob", is_away=True), 7: Present("ada")})
CROWD = Roster(COUNTS, None)
USERS = [
    {"userId": 7, "username": "ada", "displayName": "ada", "away": False},
    {"userId": 8, "username": "bob", "displayName": "Bob", "away": True},
]


def test_an_answer_lists_people_by_id_and_says_where_they_are_too_many() -> None:
    assert as_ack(LISTED) == {"userCount": 2, "guestCount": 3, "version": 9, "users": USERS}
    assert as_ack(CROWD) == {"userCount": 2, "guestCount": 3, "version": 9, "users": None}
    assert as_reply(Roster(COUNTS, {})).users == []


def test_the_event_has_the_list_or_numbers_alone() -> None:
    assert msgspec.to_builtins(as_snapshot(LISTED)) == {"userCount": 2, "guestCount": 3, "version": 9, "users": USERS}
    assert msgspec.to_builtins(as_snapshot(CROWD)) == {"userCount": 2, "guestCount": 3, "version": 9}
