"""A group by itself: what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from social.models import Group
from tests.books.library import somebody

pytestmark = pytest.mark.django_db


def kept(**facts: object) -> Group:
    given = {"name": "Night watch", "slug": "night-watch", "last_activity_at": timezone.now()}
    return Group.objects.create(creator=somebody(), **(given | facts))


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"max_users": 2, "member_count": 3}, {"auto_delete": True, "persistent": True}], ids=str
)
def test_what_no_group_can_be_is_not_kept(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        kept(**wrong)


def test_a_group_is_as_full_as_it_may_be_and_has_its_address_for_itself() -> None:
    made = kept(max_users=2, member_count=2)
    assert (str(made), made.address) == ("Night watch", "/rooms/night-watch/")
    with pytest.raises(IntegrityError), transaction.atomic():
        kept()


def test_a_password_is_asked_for_where_there_is_one() -> None:
    assert [Group(password=password).has_password for password in ("", "a hash")] == [False, True]
