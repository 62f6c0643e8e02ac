"""Rooms that a session of groups receives by itself."""

import pytest

from realtime import UserRoom
from realtime.identity import ANONYMOUS, Identity
from social.events import DirectoryRoom, GroupRoom
from social.namespaces import autorooms
from social.namespaces.autorooms import auto_rooms
from tests.books.library import somebody
from tests.social.rooms import group, member_of, message

pytestmark = pytest.mark.django_db


def test_everybody_gets_their_own_room_the_directory_and_their_groups_by_activity(django_assert_num_queries) -> None:
    first, second = group(), group()
    person, stranger = member_of(first), somebody()
    member_of(second, person)
    message(first)
    with django_assert_num_queries(1):
        rooms = auto_rooms.answer([Identity(person.pk), ANONYMOUS, Identity(stranger.pk)])
    assert rooms == [
        [UserRoom(person.pk), DirectoryRoom(), GroupRoom(first.pk), GroupRoom(second.pk)],
        [],
        [UserRoom(stranger.pk), DirectoryRoom()],
    ]


def test_of_many_groups_the_liveliest_are_received(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autorooms, "MOST", 1)
    quiet, lively = group(), group()
    person = member_of(quiet)
    member_of(lively, person)
    message(lively)
    assert auto_rooms(Identity(person.pk))[2:] == [GroupRoom(lively.pk)]
