"""What the database keeps of announcements, and what it refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from livrya.site.announcements.models import Announcement

pytestmark = pytest.mark.django_db


def kept(text: str = "Hello", *, lasts: timedelta = timedelta(hours=1), **fields: object) -> Announcement:
    now = timezone.now()
    return Announcement.objects.create(text=text, created_at=now, until=now + lasts, **fields)


@pytest.mark.parametrize("fields", [{"text": ""}, {"lasts": timedelta(seconds=-1)}])
def test_it_says_something_and_ends_after_it_began(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        kept(**fields)


def test_the_newest_comes_first_by_its_beginning() -> None:
    for text in ("first", "x" * 1000):
        kept(text)
    assert [str(announcement) for announcement in Announcement.objects.all()] == ["x" * 60, "first"]


def test_it_outlives_the_account_that_made_it(reader) -> None:
    said = kept(author=reader)
    reader.delete()
    said.refresh_from_db()
    assert said.author is None
