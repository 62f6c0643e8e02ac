"""Rows locked for a change: who may not see one does not find it, and the system finds them all."""

import pytest
from django.db import connection, transaction

from books.services import locking
from books.services.comments import delete_comment
from books.services.credits import invite_person
from books.services.invitations import invite_reader
from books.services.reviews import hide_review, post_review
from books.services.versions import name_version
from realtime.errors import NotFound
from tests.books.library import author_of, book, chapter, comment, draft, reader_of, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def found(find, actor, row_id):
    """Tells whether the actor finds the row, and that what is found is it."""
    with transaction.atomic():
        try:
            row = find(actor, row_id)
        except NotFound:
            return False
    assert row.pk == row_id
    return True


def test_what_is_not_there_is_not_found_by_anybody():
    for find in (locking.lock_book, locking.known_book):
        with transaction.atomic(), pytest.raises(NotFound):
            find(10**15)
    for find in (
        locking.known_chapter,
        locking.lock_chapter,
        locking.lock_chapter_alone,
        locking.lock_comment,
        locking.lock_review,
        locking.lock_credit,
        locking.lock_invitation,
        locking.known_version,
    ):
        assert not found(find, None, 10**15)


@pytest.mark.parametrize("find", [locking.known_chapter, locking.lock_chapter, locking.lock_chapter_alone])
def test_a_draft_is_there_for_its_author_and_for_the_system(find):
    made = draft(book())
    assert found(find, None, made.pk)
    assert found(find, author_of(made.book), made.pk)
    assert not found(find, somebody(), made.pk)


def test_a_deleted_comment_is_not_there_for_a_change():
    out = chapter(book())
    said = comment(out)
    assert found(locking.lock_comment, said.author, said.pk)
    assert found(locking.lock_comment, somebody(), said.pk)
    delete_comment(actor=said.author, comment_id=said.pk)
    for actor in (None, said.author):
        assert not found(locking.lock_comment, actor, said.pk)


def test_a_hidden_review_an_offer_an_invitation_and_a_version_are_for_those_whom_they_concern():
    out = chapter(book())
    made, stranger = out.book, somebody()
    review = post_review(actor=reader_of(out), book_id=made.pk, rating=1)
    hide_review(actor=None, review_id=review.pk)
    offer = invite_person(actor=None, book_id=made.pk, user_id=somebody().pk, kind="editor")
    invitation = invite_reader(actor=None, book_id=made.pk, user_id=somebody().pk)
    version = name_version(actor=None, chapter_id=out.pk, name="The first")
    for find, row, person in (
        (locking.lock_review, review, review.author),
        (locking.lock_credit, offer, offer.user),
        (locking.lock_invitation, invitation, invitation.user),
        (locking.known_version, version, author_of(made)),
    ):
        assert found(find, None, row.pk)
        assert found(find, person, row.pk), find
        assert not found(find, stranger, row.pk), find


@pytest.mark.parametrize("kind", ["chapter", "review", "credit", "invitation"])
def test_the_book_is_locked_before_what_is_in_it(kind, django_assert_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks the database")
    out = chapter(book())
    rows = {
        "chapter": lambda: out,
        "review": lambda: post_review(actor=reader_of(out), book_id=out.book_id, rating=1),
        "credit": lambda: invite_person(actor=None, book_id=out.book_id, user_id=somebody().pk, kind="editor"),
        "invitation": lambda: invite_reader(actor=None, book_id=out.book_id, user_id=somebody().pk),
    }
    row, find = rows[kind](), getattr(locking, f"lock_{kind}")
    with transaction.atomic(), django_assert_num_queries(3) as queries:
        locked = find(None, row.pk)
    asked = [query["sql"] for query in queries.captured_queries]
    assert ["FOR NO KEY UPDATE" in sql for sql in asked][:2] == [False, True]
    assert 'FROM "books_book"' in asked[1]
    assert locked.book.pk == out.book_id
