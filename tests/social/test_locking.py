"""Rows locked for a change: groups that have ended and messages that one cannot read are not there."""

import pytest
from django.db import transaction

from livrya.accounts.models import User
from livrya.accounts.services.blocking import block
from realtime.errors import NotFound
from social.errors import RoomNotFound
from social.models import Message
from social.services.entering import leave_group
from social.services.groups import delete_group
from social.services.locking import lock_group, lock_message, member_of
from social.services.members import set_role
from social.services.messages import delete_message
from tests.books.library import somebody
from tests.social import rooms
from tests.social.rooms import group, message, owner_of

pytestmark = pytest.mark.django_db(transaction=True)


def found(actor: User | None, said: Message, *, staff: str = "") -> bool:
    with transaction.atomic():
        try:
            return lock_message(actor, said.pk, staff=staff) == said
        except NotFound:
            return False


def test_a_group_that_has_ended_is_not_there() -> None:
    made = group()
    said = message(made)
    with transaction.atomic():
        assert lock_group(made.pk) == made
    delete_group(actor=owner_of(made), group_id=made.pk)
    for group_id in (made.pk, 10**15):
        with transaction.atomic(), pytest.raises(RoomNotFound):
            lock_group(group_id)
    assert not found(None, said)


def test_a_message_is_there_for_members_and_for_the_system_until_it_is_deleted() -> None:
    made = group()
    said, member = message(made), rooms.member_of(made)
    assert found(member, said)
    assert found(None, said)
    assert not found(somebody(), said)
    leave_group(actor=member, group_id=made.pk)
    assert not found(member, said)
    delete_message(actor=said.sender, message_id=said.pk)
    assert not found(None, said)


def test_for_removing_it_a_message_is_there_for_those_whom_its_sender_has_blocked_too() -> None:
    made = group()
    moderator, member = rooms.member_of(made), rooms.member_of(made)
    set_role(actor=owner_of(made), group_id=made.pk, user_id=moderator.pk, role="moderator")
    said = message(made, member)
    block(actor=member, user=moderator)
    permission = "social.delete_message"
    assert not found(moderator, said)
    assert found(moderator, said, staff=permission)
    assert found(somebody(is_staff=True, is_superuser=True), said, staff=permission)
    assert not found(somebody(), said, staff=permission)


def test_who_is_no_member_has_no_membership() -> None:
    made = group()
    assert member_of(made, owner_of(made).pk).role == "owner"
    with pytest.raises(NotFound):
        member_of(made, somebody().pk)
