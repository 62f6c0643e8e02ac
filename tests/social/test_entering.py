"""Who gets into a group, and how seats are taken and given up."""

import pytest

from realtime.errors import ValidationFailed
from social.errors import Banned, NotInvited, RoomFull, RoomNotFound, WrongPassword
from social.selectors import groups as selectors
from social.services import entering
from social.services.entering import admit, join_group, leave_group, take_seat
from social.services.groups import delete_group, update_group
from social.services.invitations import invite_person, make_link
from social.services.members import ban_user, set_role
from tests.books.library import somebody
from tests.social.rooms import count, group, join, member_of, owner_of

pytestmark = pytest.mark.django_db


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


def test_a_guess_takes_as_long_where_there_is_no_group_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(entering, "check_password", lambda given, _: hashed.append(given) or False)
    monkeypatch.setattr(entering, "make_password", lambda given: hashed.append(given) or "")
    for group_id in (group(is_private=True, password="tide").pk, group(is_private=True).pk, 2**40):
        with pytest.raises(RoomNotFound):
            join_group(actor=somebody(), group_id=group_id, password="ebb")
    assert hashed == ["ebb"] * 3


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
