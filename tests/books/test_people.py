import pytest

from books.models import Right
from books.policies import may_read, rights_in
from books.services.credits import invite_person
from books.services.invitations import invite_reader
from livrya.accounts.services import blocking
from realtime.errors import Forbidden
from tests.books.library import author_of, book, somebody

pytestmark = pytest.mark.django_db


def test_staff_hold_every_right_and_closed_accounts_none():
    made = book(visibility="private")
    assert rights_in(somebody(is_staff=True, is_superuser=True), made.pk) == sum(Right)
    author = author_of(made)
    author.is_active = False
    assert rights_in(author, made.pk) == 0
    assert not may_read(author, made)


def test_nobody_is_invited_by_whom_they_have_blocked():
    made, reader = book(), somebody()
    blocking.block(actor=reader, user=author_of(made))
    with pytest.raises(Forbidden):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=reader.pk, kind="editor")
    with pytest.raises(Forbidden):
        invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
