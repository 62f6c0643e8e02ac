"""Groups, their people and their seats: what services do and refuse."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.utils import timezone

from livrya.accounts.models import User
from livrya.accounts.services.blocking import block
from livrya.audit.models import AuditEntry
from realtime.errors import Conflict, Forbidden, NotFound, Unauthenticated, ValidationFailed
from realtime.testing.capture import capture_events
from social.errors import Banned, NotInvited, NotMember, RoomFull, RoomNotFound, WrongPassword
from social.events import DirectoryRoom, GroupRoom
from social.models import Ban, Group, Invitation, Membership
from social.selectors import groups as selectors
from social.services import entering
from social.services.entering import admit, join_group, leave_group, take_seat
from social.services.groups import create_group, delete_group, update_group
from social.services.invitations import end_invitation, end_link, invite_person, make_link
from social.services.members import ban_user, kick_member, set_role, unban_user
from social.services.reading import mark_read
from social.services.seats import end_lapsed_seats, keep_seats, next_seat_end
from tests.books.library import somebody
from tests.social.rooms import count, group, member_of, message, owner_of

pytestmark = pytest.mark.django_db


def join(made: Group, **key: str) -> User:
    person = somebody()
    join_group(actor=person, group_id=made.pk, **key)
    return person


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


def test_a_private_group_opens_to_the_invited_and_one_with_a_password_to_who_knows_it() -> None:
    made = group(is_private=True)
    with pytest.raises(RoomNotFound):
        join(made)
    guest = somebody()
    invite_person(actor=owner_of(made), group_id=made.pk, user_id=guest.pk)
    assert [one.group for one in selectors.invitations_for(guest)] == [made]
    join_group(actor=guest, group_id=made.pk)
    assert not selectors.invitations_for(guest).exists()
    secret = group(is_private=True, password="tide")
    join(secret, password="tide")
    for password in (None, "ebb"):
        with pytest.raises(RoomNotFound):
            join(secret, password=password)
    _, token = make_link(actor=owner_of(secret), group_id=secret.pk)
    join(secret, invite=token)
    assert selectors.group_behind(token) == secret


def test_what_opened_the_door_no_longer_does_when_it_changed_meanwhile() -> None:
    made = group(password="tide")
    asked = admit(actor=somebody(), group_id=made.pk, password="tide")
    update_group(actor=owner_of(made), group_id=made.pk, password="ebb")
    with pytest.raises(WrongPassword):
        take_seat(asked)
    made = group()
    asked, person = admit(actor=(who := somebody()), group_id=made.pk), who
    ban_user(actor=owner_of(made), group_id=made.pk, user_id=person.pk)
    with pytest.raises(Banned):
        take_seat(asked)
    made = group()
    asked = admit(actor=somebody(), group_id=made.pk)
    update_group(actor=owner_of(made), group_id=made.pk, is_private=True)
    with pytest.raises(NotInvited):
        take_seat(asked)
    delete_group(actor=owner_of(made), group_id=made.pk)
    with pytest.raises(RoomNotFound):
        take_seat(asked)


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


def test_a_guess_takes_as_long_where_there_is_no_group_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(entering, "check_password", lambda given, _: hashed.append(given) or False)
    monkeypatch.setattr(entering, "make_password", lambda given: hashed.append(given) or "")
    for group_id in (group(is_private=True, password="tide").pk, group(is_private=True).pk, 2**40):
        with pytest.raises(RoomNotFound):
            join_group(actor=somebody(), group_id=group_id, password="ebb")
    assert hashed == ["ebb"] * 3


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


def test_a_full_group_takes_nobody_and_leaves_nothing_of_who_tried() -> None:
    made = group(max_users=2)
    first = join(made)
    join_group(actor=first, group_id=made.pk)  # who is in needs no second seat
    with pytest.raises(RoomFull):
        join(made)
    assert count(made) == (2, 2)
    leave_group(actor=first, group_id=made.pk)
    join(made)
    assert count(made) == (2, 2)
    with pytest.raises(ValidationFailed):
        update_group(actor=owner_of(made), group_id=made.pk, max_users=1)


def test_invitations_are_for_members_to_give_and_for_the_invited_or_members_to_end() -> None:
    made, stranger, guest = group(), somebody(), somebody()
    with pytest.raises(NotMember):
        invite_person(actor=stranger, group_id=made.pk, user_id=guest.pk)
    member = member_of(made)
    invite_person(actor=member, group_id=made.pk, user_id=guest.pk)
    with capture_events() as heard:
        invite_person(actor=member, group_id=made.pk, user_id=guest.pk)
    assert heard.events == []
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


def test_an_owner_who_goes_is_followed_and_an_empty_persistent_group_waits_for_the_next() -> None:
    made = group()
    member, moderator = member_of(made), member_of(made)
    set_role(actor=owner_of(made), group_id=made.pk, user_id=moderator.pk, role="moderator")
    leave_group(actor=owner_of(made), group_id=made.pk)
    assert owner_of(made) == moderator
    for person in (moderator, member):
        leave_group(actor=person, group_id=made.pk)
    made.refresh_from_db()
    assert (made.ended_at, made.member_count) == (None, 0)
    assert join(made) == owner_of(made)


def test_deleting_is_for_the_owner_and_for_staff_who_leave_a_trace() -> None:
    made = group()
    with pytest.raises(Forbidden):
        delete_group(actor=member_of(made), group_id=made.pk)
    with capture_events() as heard:
        delete_group(actor=somebody(is_staff=True, is_superuser=True), group_id=made.pk, reason="Against the rules.")
    assert heard.types(GroupRoom(made.pk))[0] == "room:deleted"
    assert heard.types(DirectoryRoom()) == ["room:removed"]
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
    for change, told in (
        ({"name": "The Orchard"}, ["room:changed"]),
        ({"is_private": True}, ["room:removed"]),
        ({"name": "Hidden"}, []),
        ({"is_private": False}, ["room:available"]),
    ):
        with capture_events() as heard:
            update_group(actor=owner, group_id=made.pk, **change)
        assert heard.types(DirectoryRoom()) == told
        assert heard.types(GroupRoom(made.pk)) == ["room:changed"]
    assert made in selectors.public_groups(somebody(), text="hid")
    reader = somebody()
    block(actor=reader, user=owner)
    assert made not in selectors.public_groups(reader)


def test_how_far_one_has_read_stays_within_what_there_is() -> None:
    made = group()
    reader = member_of(made)
    for _ in range(3):
        message(made)
    for asked, reached in ((2, 2), (99, 3), (0, 0)):
        assert mark_read(actor=reader, group_id=made.pk, number=asked).read_number == reached
    with capture_events() as heard:
        mark_read(actor=reader, group_id=made.pk, number=0)
    assert heard.events == []
    with pytest.raises(NotMember):
        mark_read(actor=somebody(), group_id=made.pk, number=1)


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
    with django_assert_num_queries(3):  # one's own, whom one does not see, the directory
        assert len(selectors.room_list(reader)) == 20


def test_a_seat_lasts_as_long_as_its_person_is_seen_and_a_grace() -> None:
    made = group(persistent=False, max_users=2)
    owner = owner_of(made)
    guest = join(made)
    later = timezone.now() + timedelta(seconds=31)
    assert end_lapsed_seats() == 0
    assert next_seat_end() is not None
    Membership.objects.filter(user=owner).update(present_until=later + timedelta(seconds=1))
    with capture_events() as heard:
        assert end_lapsed_seats(now=later) == 1
    assert heard.types(GroupRoom(made.pk))[0] == "member:left"
    assert count(made) == (1, 1)
    assert keep_seats(seats={made.pk: [guest.pk, owner.pk], group().pk: [owner.pk]}) == {made.pk}
    assert count(made) == (1, 1), "a seat that is gone stays gone"
    later += timedelta(seconds=60)
    with capture_events() as heard:
        assert end_lapsed_seats(now=later) == 1
    assert heard.types(GroupRoom(made.pk)).count("room:deleted") == 1
    assert (end_lapsed_seats(now=later), next_seat_end()) == (0, None)


def test_seats_in_persistent_groups_do_not_lapse() -> None:
    made = group()
    assert end_lapsed_seats(now=timezone.now() + timedelta(days=9)) == 0
    assert count(made) == (1, 1)


def test_an_ephemeral_group_ends_with_its_creator_only_where_it_was_made_so() -> None:
    for auto_delete, ended in ((True, True), (False, False)):
        made = group(persistent=False, auto_delete=auto_delete)
        join(made)
        leave_group(actor=owner_of(made), group_id=made.pk)
        made.refresh_from_db()
        assert (made.ended_at is not None) is ended


@pytest.mark.django_db(transaction=True)
def test_a_group_ends_once_however_many_give_its_last_seat_back() -> None:
    made = group(persistent=False)
    owner = owner_of(made)
    later = timezone.now() + timedelta(seconds=31)

    def lapse() -> int:
        try:
            return end_lapsed_seats(now=later)
        finally:
            connection.close()

    def leave() -> int:
        try:
            leave_group(actor=owner, group_id=made.pk)
        except (RoomNotFound, NotMember):
            return 0
        finally:
            connection.close()
        return 1

    with capture_events() as heard, ThreadPoolExecutor(6) as threads:
        done = [threads.submit(act) for act in (lapse, leave) * 3]
        assert sum(one.result() for one in done) == 1
    assert heard.types(GroupRoom(made.pk)).count("room:deleted") == 1
    assert count(made) == (0, 0)
