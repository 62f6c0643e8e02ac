"""Who may enter the rooms of groups, and whom they do not see there."""

import pytest
from django.utils import timezone

from livrya.accounts.models import User
from livrya.accounts.services.blocking import block, mute
from realtime.identity import ANONYMOUS, Identity
from realtime.rooms import Grant, Room, authorise, authorise_many
from social.events import CallRoom, DirectoryRoom, GroupRoom
from social.models import Group
from social.policies.views import DirectoryPrivacy, GroupPrivacy
from tests.books.library import somebody
from tests.social.rooms import group, member_of, owner_of

pytestmark = pytest.mark.django_db


def entered(user: User | None, *rooms: Room) -> list[bool]:
    identity = ANONYMOUS if user is None else Identity(user.pk, is_staff=user.is_staff)
    granted = authorise(identity, rooms)
    return [granted[room] is not None for room in rooms]


def test_a_group_and_its_call_are_for_its_members_while_it_lasts() -> None:
    made = group()
    rooms = [GroupRoom(made.pk), CallRoom(made.pk)]
    member, closed = member_of(made), member_of(made)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert entered(member, *rooms) == entered(owner_of(made), *rooms) == [True, True]
    for nobody in (None, somebody(), somebody(is_staff=True, is_superuser=True), closed):
        assert entered(nobody, *rooms) == [False, False]
    Group.objects.filter(pk=made.pk).update(ended_at=timezone.now())
    assert entered(member, *rooms) == [False, False]


def test_the_directory_is_for_everybody_who_is_signed_in() -> None:
    assert entered(somebody(), DirectoryRoom()) == [True]
    assert entered(None, DirectoryRoom()) == [False]


def test_each_member_has_what_they_hide_and_whom_they_do_not_see(django_assert_num_queries) -> None:
    made = group()
    shy, blocker, muter, other = (member_of(made) for _ in range(4))
    User.objects.filter(pk=shy.pk).update(hide_online=True, hide_typing=True)
    block(actor=blocker, user=other)
    mute(actor=muter, user=other)
    room, directory = GroupRoom(made.pk), DirectoryRoom()
    asked = [(Identity(one.pk), [room]) for one in (shy, blocker, muter, other)]
    with django_assert_num_queries(4):  # people, memberships, blocks, mutes
        answers = authorise_many(asked)
    assert [answer[room] for answer in answers] == [
        Grant(view=GroupPrivacy(counted=False, types_openly=False)),
        Grant(view=GroupPrivacy(hidden_ids=frozenset({other.pk}))),
        Grant(view=GroupPrivacy(hidden_ids=frozenset({other.pk}))),
        Grant(view=GroupPrivacy(hidden_ids=frozenset({blocker.pk}))),
    ]
    # In the directory a mute hides nothing: its groups are there for both.
    for person, hidden in ((blocker, {other.pk}), (muter, set()), (other, {blocker.pk})):
        granted = authorise(Identity(person.pk), [directory])[directory]
        assert granted == Grant(view=DirectoryPrivacy(hidden_ids=frozenset(hidden)))
