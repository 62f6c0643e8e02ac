import pytest

from books.errors import NotOpenedYet
from books.policies import may_comment
from books.selectors.reviews import may_review, own_review
from books.services.comments import edit_comment
from books.services.reading import open_chapter
from books.services.reviews import delete_review, edit_review, hide_review, post_review
from livrya.accounts.services.blocking import block
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, chapter, comment, reader_of, somebody

pytestmark = pytest.mark.django_db


def test_a_review_needs_an_opened_chapter_and_there_is_one_per_person():
    out = chapter(book())
    with pytest.raises(NotOpenedYet):
        post_review(actor=somebody(), book_id=out.book_id, rating=5)
    reader = reader_of(out)
    assert may_review(reader, out.book)
    review = post_review(actor=reader, book_id=out.book_id, rating=4, text="Long.")
    assert own_review(reader, out.book) == review
    with pytest.raises(Conflict):
        post_review(actor=reader, book_id=out.book_id, rating=1)


def test_those_who_work_on_a_book_do_not_review_it():
    out = chapter(book())
    with pytest.raises(Forbidden):
        post_review(actor=author_of(out.book), book_id=out.book_id, rating=5)
    open_chapter(actor=author_of(out.book), chapter_id=out.pk)
    assert not may_review(author_of(out.book), out.book)


def test_whom_an_author_has_blocked_says_nothing_more_about_their_book():
    out = chapter(book())
    before, after = reader_of(out), reader_of(out)
    review = post_review(actor=before, book_id=out.book_id, rating=4)
    said = comment(out, before)
    for reader in (before, after):
        block(actor=author_of(out.book), user=reader)
    with pytest.raises(Forbidden):
        post_review(actor=after, book_id=out.book_id, rating=1)
    with pytest.raises(Forbidden):
        edit_review(actor=before, review_id=review.pk, rating=1, text="Worse.")
    with pytest.raises(Forbidden):
        edit_comment(actor=before, comment_id=said.pk, text="Worse.")
    for reader in (before, after):
        assert not may_comment(reader, out)
        assert not may_review(reader, out.book)
    delete_review(actor=before, review_id=review.pk)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_stars_are_one_to_five(rating):
    out = chapter(book())
    with pytest.raises(ValidationFailed):
        post_review(actor=reader_of(out), book_id=out.book_id, rating=rating)


def test_reviews_belong_to_their_writers_and_to_staff():
    out = chapter(book())
    review = post_review(actor=reader_of(out), book_id=out.book_id, rating=1)
    with pytest.raises(Forbidden):
        edit_review(actor=somebody(), review_id=review.pk, rating=5)
    with pytest.raises(Forbidden):
        delete_review(actor=author_of(out.book), review_id=review.pk)
    with pytest.raises(Forbidden):
        hide_review(actor=author_of(out.book), review_id=review.pk)
    with pytest.raises(NotFound):
        edit_review(actor=somebody(), review_id=10**15, rating=5)
