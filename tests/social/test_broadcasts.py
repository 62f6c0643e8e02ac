"""What is published of members who have to go."""

import pytest

from realtime import UserRoom
from realtime.log.revocation import Revoked
from realtime.testing.capture import capture_events
from social.events import GroupRoom
from social.events.members import MemberRemoved, MemberUpdated
from social.services.members import ban_user, kick_member
from tests.books.library import somebody
from tests.social.rooms import group, member_of, owner_of

pytestmark = pytest.mark.django_db


def test_who_is_removed_gets_it_first_and_then_nothing_more_of_the_group() -> None:
    made = group()
    member = member_of(made)
    with capture_events() as captured:
        kick_member(actor=owner_of(made), group_id=made.pk, user_id=member.pk, reason="Spoilers")
    room, own = GroupRoom(made.pk), UserRoom(member.pk)
    removed = MemberRemoved(room_id=made.pk, user_id=member.pk, reason="Spoilers", banned=False, user_count=1)
    assert [event for _, event in captured.emitted(room) if isinstance(event, MemberRemoved)] == [removed]
    events = [event for _, event in captured.emitted(own)]
    taken_out = [event for event in events if isinstance(event, Revoked) and event.room == room.name]
    assert [event.reason for event in taken_out] == ["Spoilers"]
    assert events.index(removed) < events.index(taken_out[0])


def test_a_ban_of_somebody_who_is_no_member_is_the_groups_business_alone() -> None:
    made, stranger = group(), somebody()
    with capture_events() as captured:
        ban_user(actor=owner_of(made), group_id=made.pk, user_id=stranger.pk)
    updated = MemberUpdated(room_id=made.pk, user_id=stranger.pk, role=None, banned=True)
    assert [event for _, event in captured.emitted(GroupRoom(made.pk))] == [updated]
    assert captured.emitted(UserRoom(stranger.pk)) == []
