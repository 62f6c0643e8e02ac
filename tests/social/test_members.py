"""Who stands above whom, and who is put out."""

import pytest

from livrya.accounts.models import User
from realtime.errors import Conflict, Forbidden, ValidationFailed
from social.errors import Banned
from social.models import Ban, Membership
from social.selectors.members import bans_in, is_member, listed_members, members_of, named_members
from social.services.entering import join_group, leave_group
from social.services.invitations import invite_person
from social.services.members import ban_user, kick_member, set_role, unban_user
from tests.books.library import somebody
from tests.social.rooms import count, group, member_of, owner_of

pytestmark = pytest.mark.django_db


def test_an_owner_stands_above_moderators_and_they_above_members() -> None:
    made = group()
    owner, moderator, member = owner_of(made), member_of(made), member_of(made)
    set_role(actor=owner, group_id=made.pk, user_id=moderator.pk, role="moderator")
    for actor, target in ((member, moderator), (member, owner), (moderator, owner), (moderator, moderator)):
        with pytest.raises(Forbidden):
            kick_member(actor=actor, group_id=made.pk, user_id=target.pk)
    kick_member(actor=moderator, group_id=made.pk, user_id=member.pk)
    kick_member(actor=owner, group_id=made.pk, user_id=moderator.pk)
    assert count(made) == (1, 1)


def test_a_ban_holds_against_invitations_and_ends_with_its_lifting() -> None:
    made, guest = group(), somebody()
    owner = owner_of(made)
    invite_person(actor=owner, group_id=made.pk, user_id=guest.pk)
    ban_user(actor=owner, group_id=made.pk, user_id=guest.pk, reason="Spoilers")
    with pytest.raises(Banned):
        join_group(actor=guest, group_id=made.pk)
    with pytest.raises(Banned):
        invite_person(actor=owner, group_id=made.pk, user_id=guest.pk)
    unban_user(actor=owner, group_id=made.pk, user_id=guest.pk)
    join_group(actor=guest, group_id=made.pk)
    ban_user(actor=owner, group_id=made.pk, user_id=guest.pk)
    assert (count(made), Ban.objects.count()) == ((1, 1), 1)


def test_a_role_is_the_owners_to_give_and_there_is_one_owner() -> None:
    made = group()
    owner, member = owner_of(made), member_of(made)
    with pytest.raises(Forbidden):
        set_role(actor=member, group_id=made.pk, user_id=member.pk, role="owner")
    with pytest.raises(ValidationFailed):
        set_role(actor=owner, group_id=made.pk, user_id=member.pk, role="king")
    with pytest.raises(Conflict):
        set_role(actor=owner, group_id=made.pk, user_id=owner.pk, role="member")
    set_role(actor=owner, group_id=made.pk, user_id=member.pk, role="owner")
    roles = dict(Membership.objects.filter(group=made).values_list("user", "role"))
    assert roles == {owner.pk: "moderator", member.pk: "owner"}


def test_names_mean_members_whatever_their_case_in_the_order_of_the_names() -> None:
    made = group()
    first, second, gone = (member_of(made) for _ in range(3))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    names = [second.username.upper(), "nobody", first.username, somebody().username, second.username, gone.username]
    assert named_members(made, names) == [second.pk, first.pk]
    assert named_members(made, []) == []


def test_the_first_to_join_is_the_first_of_the_members() -> None:
    made = group()
    people = [owner_of(made), member_of(made), member_of(made)]
    assert [membership.user for membership in members_of(made)] == people
    assert is_member(people[1].pk, made.pk)
    leave_group(actor=people[1], group_id=made.pk)
    assert not is_member(people[1].pk, made.pk)
    assert [membership.user for membership in listed_members(made)] == [people[0], people[2]]


def test_who_is_kept_out_is_for_moderators_to_see() -> None:
    made, guest = group(), somebody()
    ban_user(actor=owner_of(made), group_id=made.pk, user_id=guest.pk, reason="Spoilers")
    assert [(ban.user, ban.reason) for ban in bans_in(owner_of(made), made.pk)] == [(guest, "Spoilers")]
    with pytest.raises(Forbidden):
        bans_in(member_of(made), made.pk)
    unban_user(actor=owner_of(made), group_id=made.pk, user_id=guest.pk)
    assert not bans_in(owner_of(made), made.pk)
