"""What staff do to other people's books, chapters' comments and reviews, written down."""

from typing import Any

from django.dispatch import receiver

from books import signals
from books.models import Book, Comment, Review
from livrya.accounts.models import User
from livrya.audit.services import record


@receiver(signals.comment_deleted)
def _comment_taken_away(comment: Comment, moderated: bool, actor: User | None, **_: Any) -> None:
    if moderated:
        _record(actor, "comment:delete" if comment.deleted_at else "comment:hide", f"comment:{comment.pk}")


@receiver(signals.comment_restored)
def _comment_restored(comment: Comment, actor: User | None, **_: Any) -> None:
    _record(actor, "comment:restore", f"comment:{comment.pk}")


@receiver(signals.review_deleted)
def _review_taken_away(review: Review, moderated: bool, actor: User | None, **_: Any) -> None:
    if moderated:
        _record(actor, "review:take-away", f"review:{review.pk}")


@receiver(signals.book_moderated)
def _book_moderated(book: Book, hidden: bool, actor: User | None, **_: Any) -> None:
    _record(actor, "book:hide" if hidden else "book:restore", f"book:{book.pk}")


def _record(actor: User | None, act: str, target: str) -> None:
    """Writes down what staff did; a book's own moderators answer to its author."""
    if actor is not None and actor.is_staff:
        record(actor=actor, act=act, target=target)
