"""Invitations: for one person or by a link, never both."""

import pytest
from django.db import IntegrityError, transaction

from social.models import Invitation
from tests.books.library import somebody
from tests.social.rooms import group, owner_of

pytestmark = pytest.mark.django_db


def test_an_invitation_is_for_one_person_once_or_by_a_link() -> None:
    made, guest = group(), somebody()
    facts = {"group": made, "invited_by": owner_of(made)}
    Invitation.objects.create(user=guest, **facts)
    for number in range(2):
        Invitation.objects.create(token_hash=Invitation.hash_of(f"token {number}"), **facts)
    again = Invitation.hash_of("token 0")
    for wrong in ({}, {"user": somebody(), "token_hash": "x"}, {"user": guest}, {"token_hash": again}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.create(**facts, **wrong)


def test_a_token_is_kept_as_what_does_not_lead_back_to_it() -> None:
    kept = Invitation.hash_of("token")
    assert kept == Invitation.hash_of("token") != Invitation.hash_of("token ")
    assert "token" not in kept
    assert len(kept) == Invitation._meta.get_field("token_hash").max_length
    assert Invitation.hash_of("\udcff")  # half a character, as an address can carry it
