"""Who works on a book: offered, accepted, given rights, removed."""

import pytest

from books.models import Credit, Right
from books.policies import may, may_read, rights_in
from books.services.credits import accept_credit, change_credit, decline_credit, invite_person, remove_credit
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, somebody, worker_on

pytestmark = pytest.mark.django_db


def test_a_part_counts_once_it_is_accepted():
    made, editor = book(visibility="private"), somebody()
    credit = invite_person(actor=author_of(made), book_id=made.pk, user_id=editor.pk, kind="editor")
    assert rights_in(editor, made.pk) == 0
    assert not may_read(editor, made)
    with pytest.raises(NotFound):
        accept_credit(actor=somebody(), credit_id=credit.pk)
    accept_credit(actor=editor, credit_id=credit.pk)
    assert may(editor, made.pk, Right.EDIT_DRAFTS)
    assert not may(editor, made.pk, Right.PUBLISH)
    assert may_read(editor, made)


def test_only_the_author_decides_who_works_on_the_book():
    made = book()
    co_author = worker_on(made, "co_author")
    with pytest.raises(Forbidden):
        invite_person(actor=co_author, book_id=made.pk, user_id=somebody().pk, kind="editor")
    with pytest.raises(ValidationFailed):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=somebody().pk, kind="author")
    with pytest.raises(ValidationFailed):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=10**12, kind="editor")
    with pytest.raises(Conflict):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=co_author.pk, kind="editor")


def test_at_most_ten_people_work_on_a_book():
    made = book()
    for _ in range(9):
        invite_person(actor=None, book_id=made.pk, user_id=somebody().pk, kind="beta")
    with pytest.raises(Conflict):
        invite_person(actor=None, book_id=made.pk, user_id=somebody().pk, kind="beta")


def test_rights_can_be_changed_and_taken_but_not_the_authors():
    made = book()
    author, editor = author_of(made), worker_on(made)
    credit = Credit.objects.get(user=editor)
    change_credit(actor=author, credit_id=credit.pk, rights=Right.PUBLISH)
    assert rights_in(editor, made.pk) == Right.PUBLISH
    with pytest.raises(ValidationFailed):
        change_credit(actor=author, credit_id=credit.pk, rights=1 << 20)
    remove_credit(actor=author, credit_id=credit.pk)
    assert rights_in(editor, made.pk) == 0
    own = Credit.objects.get(user=author)
    for refused in (
        lambda: remove_credit(actor=author, credit_id=own.pk),
        lambda: decline_credit(actor=author, credit_id=own.pk),
        lambda: change_credit(actor=author, credit_id=own.pk, rights=0),
    ):
        with pytest.raises(Conflict):
            refused()


def test_an_offer_can_be_declined():
    made, invited = book(), somebody()
    credit = invite_person(actor=None, book_id=made.pk, user_id=invited.pk, kind="narrator")
    with pytest.raises(NotFound):
        decline_credit(actor=somebody(), credit_id=credit.pk)
    decline_credit(actor=invited, credit_id=credit.pk)
    assert not Credit.objects.filter(user=invited).exists()
