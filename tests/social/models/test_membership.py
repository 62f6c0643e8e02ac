"""Seats and bans: one each for a person, and one owner for a group."""

import pytest
from django.db import IntegrityError, transaction

from social.models import Ban, Membership, Role
from tests.books.library import somebody
from tests.social.rooms import group, member_of

pytestmark = pytest.mark.django_db


def test_a_person_has_one_seat_of_a_known_role_and_a_group_one_owner() -> None:
    made = group()
    member = member_of(made)
    Membership.objects.create(group=made, user=somebody(), role=Role.MODERATOR)
    for wrong in ({"user": member}, {"user": somebody(), "role": "owner"}, {"user": somebody(), "role": "king"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(group=made, **wrong)


def test_owners_and_moderators_moderate() -> None:
    assert {role: Membership(role=role).moderates for role in Role} == {
        Role.OWNER: True,
        Role.MODERATOR: True,
        Role.MEMBER: False,
    }


def test_somebody_is_banned_once_and_stays_so_without_who_did_it() -> None:
    made, guest, moderator = group(), somebody(), somebody()
    ban = Ban.objects.create(group=made, user=guest, banned_by=moderator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ban.objects.create(group=made, user=guest)
    moderator.delete()
    ban.refresh_from_db()
    assert ban.banned_by is None
