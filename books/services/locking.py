"""Rows locked for a change: always the book before its chapters, so that no two writers wait for each other.

`known_…` return them unlocked, for what is worked out before a transaction begins.

What the actor may not see is not found, as if it were not there; the system (None) sees everything.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Q, QuerySet

from books.models import Book, Chapter, Comment, Credit, Invitation, Review, Version
from books.policies.people import (
    Viewer,
    chapters_visible_to,
    comments_visible_to,
    credits_visible_to,
    invitations_visible_to,
    reviews_visible_to,
    versions_visible_to,
)
from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from realtime.errors import NotFound

OfBook = TypeVar("OfBook", Review, Credit, Invitation)


def lock_book(book_id: int) -> Book:
    """Returns the book, locked until the transaction ends. Raises NotFound."""
    book = Book.objects.select_for_update(no_key=True).filter(pk=book_id).first()
    if book is None:
        raise NotFound("There is no such book.")
    return book


def known_book(book_id: int) -> Book:
    """Returns the book as it is now, not locked: for what is worked out before a transaction. Raises NotFound."""
    book = Book.objects.filter(pk=book_id).first()
    if book is None:
        raise NotFound("There is no such book.")
    return book


def known_chapter(actor: User | None, chapter_id: int) -> Chapter:
    """Returns a chapter that the actor may see with its book as they are now, not locked. Raises NotFound."""
    chapter = Chapter.objects.filter(_chapters_of(actor), pk=chapter_id).select_related("book").first()
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def known_version(actor: User | None, version_id: int) -> Version:
    """Returns a version that the actor may see with its chapter and book, not locked. Raises NotFound."""
    found = Version.objects.filter(_seen(actor, versions_visible_to), pk=version_id)
    version = found.select_related("chapter__book").first()
    if version is None:
        raise NotFound("There is no such version.")
    return version


def lock_chapter(actor: User | None, chapter_id: int) -> Chapter:
    """Returns a chapter that the actor may see, locked together with its book. Raises NotFound."""
    book_id = Chapter.objects.filter(pk=chapter_id).values_list("book_id", flat=True).first()
    if book_id is None:
        raise NotFound("There is no such chapter.")
    book = lock_book(book_id)
    chapter = lock_chapter_alone(actor, chapter_id)
    chapter.book = book
    return chapter


def lock_chapter_alone(actor: User | None, chapter_id: int) -> Chapter:
    """Returns a chapter that the actor may see, locked, with its book, which is not. Raises NotFound."""
    chapter = (
        Chapter.objects.select_for_update(no_key=True, of=("self",))
        .filter(_chapters_of(actor), pk=chapter_id)
        .select_related("book")
        .first()
    )
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def lock_comment(actor: User | None, comment_id: int) -> Comment:
    """Returns a comment that is not deleted and that the actor may see. Raises NotFound.

    Locked, with its author, chapter (without text) and book, which are not.
    """
    comment = (
        Comment.objects.select_for_update(no_key=True, of=("self",))
        .filter(_seen(actor, comments_visible_to), pk=comment_id, deleted_at__isnull=True)
        .select_related("author", "chapter__book")
        .defer(*Comment.LONG_FIELDS)
        .first()
    )
    if comment is None:
        raise NotFound("There is no such comment.")
    return comment


def lock_review(actor: User | None, review_id: int) -> Review:
    """Returns a review that the actor may see, with its author and its book, which is locked. Raises NotFound."""
    return _lock_with_book(
        Review.objects.select_related("author"), _seen(actor, reviews_visible_to), review_id, "There is no such review."
    )


def lock_credit(actor: User | None, credit_id: int) -> Credit:
    """Returns a credit that the actor may see, with its person and its book, which is locked. Raises NotFound."""
    return _lock_with_book(
        Credit.objects.select_related("user"), _seen(actor, credits_visible_to), credit_id, "There is no such offer."
    )


def lock_invitation(actor: User | None, invitation_id: int) -> Invitation:
    """Returns an invitation that the actor may see, with its person and its book, which is locked. Raises NotFound."""
    return _lock_with_book(
        Invitation.objects.select_related("user"),
        _seen(actor, invitations_visible_to),
        invitation_id,
        "There is no such invitation.",
    )


def _lock_with_book(rows: QuerySet[OfBook], seen: Q, row_id: int, missing: str) -> OfBook:
    # The row is read when its book is locked: whoever held the lock may have changed it, or what may be seen of it.
    book_id = rows.filter(pk=row_id).values_list("book_id", flat=True).first()
    book = lock_book(book_id) if book_id is not None else None
    row = rows.filter(seen, pk=row_id).first()
    if book is None or row is None:
        raise NotFound(missing)
    row.book = book
    return row


def _chapters_of(actor: User | None) -> Q:
    # Staff who may change or delete chapters need not see the book for it: the service asks for the permission.
    return (
        Q() if staff_may(actor, "books.change_chapter", "books.delete_chapter") else _seen(actor, chapters_visible_to)
    )


def _seen(actor: User | None, visible_to: Callable[[Viewer], Q]) -> Q:
    return Q() if actor is None else visible_to(actor)
