"""Groups, their people and their seats: what services do and refuse."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from livrya.accounts.models import Block
from livrya.accounts.services.blocking import block
from livrya.audit.models import AuditEntry
from realtime.errors import Forbidden, NotFound, Unauthenticated, ValidationFailed
from realtime.testing.capture import capture_events
from social.errors import Banned, NotInvited, RoomNotFound, WrongPassword
from social.events import DirectoryRoom, GroupRoom
from social.models import Group, Invitation, Membership
from social.selectors import groups as selectors
from social.services.entering import join_group, leave_group
from social.services.groups import create_group, delete_group, update_group
from social.services.invitations import end_invitation, end_link, make_link
from social.services.members import ban_user
from tests.books.library import somebody
from tests.social.rooms import count, group, join, member_of, owner_of

pytestmark = pytest.mark.django_db


def test_a_group_keeps_its_password_as_a_hash_and_its_owner_as_its_first_member() -> None:
    made = group(password="tide")
    assert check_password("tide", made.password)
    assert count(made) == (1, 1)
    for wrong in ({"password": "ebb"}, {}):
        with pytest.raises(WrongPassword):
            join(made, **wrong)
    join(made, password="tide")
    update_group(actor=owner_of(made), group_id=made.pk, password="")
    join(made)
    assert count(made) == (3, 3)


@pytest.mark.parametrize(
    "description",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"description": "x" * 1_251},
        {"max_users": 1},
        {"max_users": 10_001},
        {"password": "x" * 129},
        {"auto_delete": True},
    ],
    ids=str,
)
def test_a_description_that_does_not_do_is_refused(description: dict[str, object]) -> None:
    with pytest.raises(ValidationFailed):
        group(**description)


def test_nobody_makes_a_group() -> None:
    with pytest.raises(Unauthenticated):
        create_group(actor=None, name="x")


def test_a_private_group_is_there_for_those_alone_who_may_know_of_it() -> None:
    made = group(is_private=True)
    owner, guest, banned = owner_of(made), somebody(), somebody()
    ban_user(actor=owner, group_id=made.pk, user_id=banned.pk)
    link, token = make_link(actor=owner, group_id=made.pk)
    for stranger in (guest, banned):
        for act in (
            lambda who: join_group(actor=who, group_id=made.pk, invite="guessed"),
            lambda who: end_invitation(actor=who, group_id=made.pk, user_id=who.pk),
        ):
            with pytest.raises(RoomNotFound):
                act(stranger)
        with pytest.raises(NotFound) as refused:
            end_link(actor=stranger, invitation_id=link.pk)
        assert refused.value.code == "NOT_FOUND"
    with pytest.raises(Banned):  # a link says that there is one
        join_group(actor=banned, group_id=made.pk, invite=token)
    Invitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotInvited):
        join_group(actor=guest, group_id=made.pk, invite=token)


def test_who_has_blocked_somebody_makes_no_groups_for_them() -> None:
    made, blocked = group(), somebody()
    block(actor=owner_of(made), user=blocked)
    assert not selectors.public_groups(blocked).filter(pk=made.pk).exists()
    with pytest.raises(RoomNotFound):
        selectors.group_for(blocked, group_id=made.pk)
    with pytest.raises(RoomNotFound):
        join_group(actor=blocked, group_id=made.pk)
    _, token = make_link(actor=owner_of(made), group_id=made.pk)
    join_group(actor=blocked, group_id=made.pk, invite=token)


def test_deleting_is_for_the_owner_and_for_staff_who_leave_a_trace() -> None:
    made = group()
    with pytest.raises(Forbidden):
        delete_group(actor=member_of(made), group_id=made.pk)
    with capture_events() as captured:
        delete_group(actor=somebody(is_staff=True, is_superuser=True), group_id=made.pk, reason="Against the rules.")
    assert captured.types(GroupRoom(made.pk))[0] == "room:deleted"
    assert captured.types(DirectoryRoom()) == ["room:removed"]
    assert AuditEntry.objects.get().target == f"group:{made.pk}"
    for act in (join_group, leave_group, delete_group):
        with pytest.raises(RoomNotFound):
            act(actor=owner_of(made), group_id=made.pk)
    private = group(is_private=True)
    with pytest.raises(RoomNotFound):
        delete_group(actor=somebody(), group_id=private.pk)


def test_a_public_group_comes_and_goes_in_the_directory_as_it_changes() -> None:
    made = group()
    owner = owner_of(made)
    for change, payload in (
        ({"name": "The Orchard"}, ["room:changed"]),
        ({"is_private": True}, ["room:removed"]),
        ({"name": "Hidden"}, []),
        ({"is_private": False}, ["room:available"]),
    ):
        with capture_events() as captured:
            update_group(actor=owner, group_id=made.pk, **change)
        assert captured.types(DirectoryRoom()) == payload
        assert captured.types(GroupRoom(made.pk)) == ["room:changed"]
    assert made in selectors.public_groups(somebody(), text="hid")
    reader = somebody()
    block(actor=reader, user=owner)
    assert made not in selectors.public_groups(reader)


def test_unread_of_five_hundred_groups_is_one_query(django_assert_num_queries) -> None:
    reader, owner = somebody(), somebody()
    now = timezone.now()
    made = Group.objects.bulk_create(
        Group(slug=f"g-{n}", name=f"Group {n}", creator=owner, member_count=1, last_number=n, last_activity_at=now)
        for n in range(500)
    )
    Membership.objects.bulk_create(Membership(group=one, user=reader, read_number=one.last_number // 2) for one in made)
    with django_assert_num_queries(1):
        unread = {own.group.name: own.unread_count for own in selectors.groups_of(reader)}
    assert len(unread) == 500
    assert (unread["Group 0"], unread["Group 7"], unread["Group 499"]) == (0, 4, 250)
    with django_assert_num_queries(1):
        assert selectors.unread_in_all(reader) == 499
    with django_assert_num_queries(4):  # one's own, the directory, what of it is one's own, whom one does not see
        assert len(selectors.room_lists([reader.pk])[reader.pk]) == 20


def test_what_is_listed_on_connect_is_ones_own_and_what_one_may_see_by_last_activity(
    django_assert_num_queries, monkeypatch
) -> None:
    monkeypatch.setattr(selectors, "_NEWS", 6)
    monkeypatch.setattr(selectors, "ON_CONNECT", 4)
    now = timezone.now()
    owners = [somebody() for _ in range(2)]
    made = Group.objects.bulk_create(
        Group(
            slug=f"g-{n}",
            name=f"Group {n}",
            creator=owners[n % 2],
            is_private=n % 5 == 4,
            last_activity_at=now - timedelta(minutes=n),
        )
        for n in range(16)
    )
    people = [somebody() for _ in range(4)]
    Membership.objects.bulk_create(Membership(group=made[n], user=people[1]) for n in (0, 1, 2, 3, 14, 15))
    Membership.objects.bulk_create(Membership(group=made[n], user=people[3]) for n in (4, 14))
    for person in people[2:]:
        Block.objects.create(blocker=person, blocked=owners[0])
    with django_assert_num_queries(4 + 1):  # one sees so little of what is new that they are asked about alone
        lists = selectors.room_lists([person.pk for person in people])
    names = [[int(room.name.removeprefix("Group ")) for room in lists[person.pk]] for person in people]
    assert names == [[0, 1, 2, 3], [0, 1, 2, 3], [1, 3, 5, 7], [1, 3, 4, 5]]
    assert [room.is_member for room in lists[people[3].pk]] == [False, False, True, False]
    assert selectors.room_lists([people[3].pk]) == {people[3].pk: lists[people[3].pk]}
