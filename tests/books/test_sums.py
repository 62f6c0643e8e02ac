"""What a book's row says about its chapters and reviews."""

import pytest

from books.selectors.reviews import reviews_of
from books.services.releases import unpublish_chapter
from books.services.reviews import delete_review, edit_review, hide_review, post_review, restore_review
from tests.books.library import book, chapter, draft, reader_of, somebody

pytestmark = pytest.mark.django_db


def test_the_book_sums_up_its_visible_reviews():
    out = chapter(book())
    made = out.book
    good, bad = (post_review(actor=reader_of(out), book_id=made.pk, rating=stars) for stars in (5, 2))
    made.refresh_from_db()
    assert (made.review_count, made.average_rating) == (2, 3.5)
    edit_review(actor=bad.author, review_id=bad.pk, rating=3)
    made.refresh_from_db()
    assert made.average_rating == 4.0
    staff = somebody(is_staff=True, is_superuser=True)
    hide_review(actor=staff, review_id=bad.pk)
    made.refresh_from_db()
    assert (made.review_count, made.average_rating) == (1, 5.0)
    assert list(reviews_of(made)) == [good]
    restore_review(actor=staff, review_id=bad.pk)
    delete_review(actor=good.author, review_id=good.pk)
    made.refresh_from_db()
    assert (made.review_count, made.average_rating) == (1, 3.0)


def test_the_book_sums_up_its_published_chapters():
    made = book()
    assert (made.published_count, made.word_count, made.last_published_at) == (0, 0, None)
    first, second = chapter(made, text="one two three"), chapter(made, text="four")
    draft(made, text="five six")
    made.refresh_from_db()
    assert (made.published_count, made.word_count) == (2, 4)
    assert made.last_published_at == second.published_at
    unpublish_chapter(actor=None, chapter_id=second.pk)
    made.refresh_from_db()
    assert (made.published_count, made.word_count, made.last_published_at) == (1, 3, first.published_at)
