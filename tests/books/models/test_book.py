"""A book by itself: what describes it, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction

from books.models import Book, ContentWarning, Tag

pytestmark = pytest.mark.django_db


def test_stars_are_a_mean_of_two_places_and_none_before_the_first() -> None:
    assert Book().average_rating is None
    assert Book(review_count=3, rating_sum=11).average_rating == 3.67


def test_warnings_are_listed_in_their_order_and_called_as_people_call_them() -> None:
    warned = Book(warnings=ContentWarning.SELF_HARM | ContentWarning.VIOLENCE)
    assert [warning.label for warning in warned.content_warnings] == ["Violence", "Self harm"]
    assert Book().content_warnings == []


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"slug": ""}, {"rating": "odd"}, {"visibility": "odd"}, {"progress": "x"}, {"warnings": 256}],
)
def test_what_no_book_can_be_is_not_kept(wrong: dict[str, object]) -> None:
    facts = {"title": "Typee", "slug": "typee"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.create(**(facts | wrong))
    assert str(Book.objects.create(**facts)) == "Typee"


def test_tags_are_listed_by_name() -> None:
    for name in ("Whales", "Sea"):
        Tag.objects.create(name=name, slug=name.lower())
    assert [str(tag) for tag in Tag.objects.all()] == ["Sea", "Whales"]
