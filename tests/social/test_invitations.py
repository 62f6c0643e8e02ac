"""Who is asked into a group, by name or by a link."""

import pytest

from livrya.accounts.services.blocking import block
from realtime.errors import Conflict, Forbidden, NotFound
from realtime.testing.capture import capture_events
from social.errors import NotMember
from social.selectors import groups as selectors
from social.services.groups import update_group
from social.services.invitations import end_invitation, end_link, invite_person, make_link
from tests.books.library import somebody
from tests.social.rooms import group, member_of, owner_of

pytestmark = pytest.mark.django_db


def test_invitations_are_for_members_to_give_and_for_the_invited_or_members_to_end() -> None:
    made, stranger, guest = group(), somebody(), somebody()
    with pytest.raises(NotMember):
        invite_person(actor=stranger, group_id=made.pk, user_id=guest.pk)
    member = member_of(made)
    invite_person(actor=member, group_id=made.pk, user_id=guest.pk)
    with capture_events() as captured:
        invite_person(actor=member, group_id=made.pk, user_id=guest.pk)
    assert captured.events == []
    end_invitation(actor=guest, group_id=made.pk, user_id=guest.pk)
    with pytest.raises(Conflict):
        invite_person(actor=member, group_id=made.pk, user_id=owner_of(made).pk)
    block(actor=guest, user=member)
    with pytest.raises(Forbidden):
        invite_person(actor=member, group_id=made.pk, user_id=guest.pk)
    update_group(actor=owner_of(made), group_id=made.pk, restrict_invitations=True)
    for asking in (
        lambda: invite_person(actor=member, group_id=made.pk, user_id=stranger.pk),
        lambda: make_link(actor=member, group_id=made.pk),
    ):
        with pytest.raises(Forbidden):
            asking()
    link, token = make_link(actor=owner_of(made), group_id=made.pk)
    with pytest.raises(Forbidden):
        end_link(actor=member, invitation_id=link.pk)
    end_link(actor=owner_of(made), invitation_id=link.pk)
    with pytest.raises(NotFound):
        selectors.group_behind(token)
