"""A chapter by itself: its place, its state, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from books.models import Book, Chapter

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    return Book.objects.create(title="Typee", slug="typee")


def test_a_chapter_is_called_by_its_number_and_only_published_ones_are_out() -> None:
    assert str(Chapter(number=3, title="Loomings")) == "3. Loomings"
    assert [Chapter(state=state).is_published for state in ("draft", "scheduled", "published")] == [False, False, True]


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": 1}, {"title": ""}])
def test_a_book_has_one_chapter_of_a_number_with_a_title(book: Book, wrong: dict[str, object]) -> None:
    Chapter.objects.create(book=book, number=1, title="Loomings")
    with pytest.raises(IntegrityError), transaction.atomic():
        Chapter.objects.create(**({"book": book, "number": 2, "title": "The Carpet-Bag"} | wrong))


@pytest.mark.parametrize(
    ("state", "times"),
    [("draft", ()), ("scheduled", ("publish_at",)), ("published", ("published_at",))],
)
def test_each_state_has_its_time_and_no_other(book: Book, state: str, times: tuple[str, ...]) -> None:
    facts = {"book": book, "title": "Loomings", "state": state}
    for others in ((), ("publish_at",), ("published_at",), ("publish_at", "published_at")):
        given = dict.fromkeys(others, timezone.now())
        if set(others) == set(times):
            Chapter.objects.create(number=1, **facts, **given)
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                Chapter.objects.create(number=2, **facts, **given)


def test_chapters_stand_in_their_order(book: Book) -> None:
    for number in (2, 1):
        Chapter.objects.create(book=book, number=number, title="x")
    assert [chapter.number for chapter in Chapter.objects.all()] == [1, 2]
