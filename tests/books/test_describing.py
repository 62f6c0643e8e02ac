"""What travels of comments, reviews and chapters."""

from datetime import UTC, datetime

import pytest

from books.events.describing import comment_fields, release_fields, review_fields
from books.events.facts import ChapterAvailable, CommentContent, ReviewContent
from books.models import Book, Chapter, Comment, Review
from livrya.accounts.models import User

pytestmark = pytest.mark.either_database

MOMENT, MS = datetime(2026, 1, 1, tzinfo=UTC), 1767225600000
ADA = User(pk=7, username="ada", display_name="Ada L.")


def test_a_comment_says_who_where_and_in_answer_to_what() -> None:
    said = Comment(
        pk=3, chapter_id=2, author=ADA, text="Ahoy!", created_at=MOMENT, parent_id=1, paragraph="0123456789ab", depth=1
    )
    shown = CommentContent(**comment_fields(said))
    assert (shown.id, shown.chapter_id, shown.text, shown.created_at) == (3, 2, "Ahoy!", MS)
    assert (shown.author, shown.author_id, shown.author_name) == ("ada", 7, "Ada L.")
    assert (shown.parent_id, shown.paragraph, shown.depth) == (1, "0123456789ab", 1)


def test_a_review_says_what_it_has_made_of_the_books_stars() -> None:
    book = Book(pk=1, review_count=2, rating_sum=7)
    shown = ReviewContent(**review_fields(Review(pk=5, book=book, author=ADA, rating=3, created_at=MOMENT), book))
    assert (shown.id, shown.book_id, shown.rating, shown.author_name) == (5, 1, 3, "Ada L.")
    assert (shown.average_rating, shown.review_count) == (3.5, 2)


def test_a_release_says_of_which_book_and_whether_silently() -> None:
    book = Book(pk=1, title="Typee", slug="typee")
    out = Chapter(pk=2, book=book, number=4, title="The Sea", word_count=9, published_at=MOMENT, silent=True)
    shown = ChapterAvailable(**release_fields(out))
    assert (shown.book_id, shown.book_title, shown.book_slug) == (1, "Typee", "typee")
    assert (shown.chapter_id, shown.number, shown.title, shown.word_count) == (2, 4, "The Sea", 9)
    assert (shown.published_at, shown.silent) == (MS, True)
