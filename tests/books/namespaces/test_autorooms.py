"""Rooms that a reader's session receives by itself."""

import pytest

from books.events import AuthorRoom, BookRoom, FollowersRoom
from books.namespaces import autorooms
from books.namespaces.autorooms import auto_rooms
from books.services.subscriptions import subscribe
from livrya.accounts.services.following import follow
from realtime import UserRoom
from realtime.identity import ANONYMOUS, Identity
from tests.books.library import book, somebody

pytestmark = pytest.mark.django_db


def test_everybody_gets_their_own_rooms_their_books_and_whom_they_follow(django_assert_num_queries) -> None:
    reader, other, followed = somebody(), somebody(), somebody()
    books = [book() for _ in range(2)]
    for one in books:
        subscribe(actor=reader, book_id=one.pk)
    subscribe(actor=other, book_id=books[0].pk)
    follow(actor=reader, user=followed)
    with django_assert_num_queries(2):
        rooms = auto_rooms.answer([Identity(reader.pk), ANONYMOUS, Identity(other.pk)])
    own = [UserRoom(reader.pk), AuthorRoom(reader.pk)]
    # The newest subscription first.
    assert rooms[0] == [*own, BookRoom(books[1].pk), BookRoom(books[0].pk), FollowersRoom(followed.pk)]
    assert rooms[1:] == [[], [UserRoom(other.pk), AuthorRoom(other.pk), BookRoom(books[0].pk)]]


def test_nobody_gets_more_than_a_session_receives_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autorooms, "MOST", 3)
    reader = somebody()
    books = [book() for _ in range(4)]
    for one in books:
        subscribe(actor=reader, book_id=one.pk)
    rooms = auto_rooms(Identity(reader.pk))
    assert rooms == [UserRoom(reader.pk), AuthorRoom(reader.pk), BookRoom(books[-1].pk)]
