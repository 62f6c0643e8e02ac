"""Who may see what, and who may do what."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from books.models import Book, Chapter, ChapterState, Credit, CreditKind, Invitation, Right, Visibility
from books.models.people import ALL_RIGHTS
from livrya.accounts.models import User
from realtime.errors import Forbidden, NotFound, Unauthenticated

Viewer: TypeAlias = User | AnonymousUser | None
"""Somebody who looks; AnonymousUser and None are the same nobody."""


def visible_to(viewer: Viewer, prefix: str = "") -> Q:
    """Returns the condition on books that `viewer` may see; `prefix` leads to the book (`"book__"`).

    Everybody sees public books; a private one, its people and invited readers; a hidden one, its people; staff all.
    """
    user_id, is_staff = _who(viewer)
    if is_staff:
        return Q()
    public = Q(**{f"{prefix}visibility": Visibility.PUBLIC, f"{prefix}hidden_at__isnull": True})
    if user_id is None:
        return public
    return (
        public | _worked_on(user_id, prefix) | (Q(**{f"{prefix}hidden_at__isnull": True}) & _invited(user_id, prefix))
    )


def viewer_id(viewer: Viewer) -> int:
    """Returns the viewer's id; 0, which is nobody's, for nobody."""
    return _who(viewer)[0] or 0


def may_read(viewer: Viewer, book: Book) -> bool:
    """Tells whether `viewer` may see the book and its published chapters."""
    if book.visibility == Visibility.PUBLIC and book.hidden_at is None:
        return True
    return Book.objects.filter(visible_to(viewer), pk=book.pk).exists()


def rights_in(viewer: Viewer, book_id: int) -> Right:
    """Returns the rights that `viewer` holds in the book by an accepted credit; staff hold all."""
    user_id, is_staff = _who(viewer)
    if is_staff:
        return Right(ALL_RIGHTS)
    if user_id is None:
        return Right(0)
    held = Credit.objects.filter(book_id=book_id, user_id=user_id, accepted_at__isnull=False)
    return Right(held.values_list("rights", flat=True).first() or 0)


def may(viewer: Viewer, book_id: int, right: Right) -> bool:
    """Tells whether `viewer` holds at least one of the rights in `right`."""
    return bool(rights_in(viewer, book_id) & right)


def may_see_drafts(viewer: Viewer, book_id: int) -> bool:
    """Tells whether `viewer` sees the book's unpublished chapters: anybody with an accepted credit does."""
    user_id, is_staff = _who(viewer)
    if is_staff:
        return True
    return (
        user_id is not None
        and Credit.objects.filter(book_id=book_id, user_id=user_id, accepted_at__isnull=False).exists()
    )


def may_comment(viewer: Viewer, chapter: Chapter) -> bool:
    """Tells whether `viewer`, who may read the chapter, may say something under it now."""
    return _who(viewer)[0] is not None and chapter.state == ChapterState.PUBLISHED and not chapter.comments_locked


def may_address_authors(person: User, book_id: int) -> bool:
    """Tells whether none of the book's authors has blocked the person, or the person works on the book too."""
    authors = Credit.objects.filter(book_id=book_id, accepted_at__isnull=False)
    authors = authors.filter(kind__in=(CreditKind.AUTHOR, CreditKind.CO_AUTHOR))
    return not authors.filter(user__blocks__blocked=person).exists() or may_see_drafts(person, book_id)


def may_moderate(viewer: Viewer, book_id: int) -> bool:
    """Tells whether `viewer` may take other people's comments on the book out of sight."""
    return may(viewer, book_id, Right.MODERATE_COMMENTS)


def require(actor: User | None, book: Book, right: Right) -> None:
    """Refuses an actor who holds none of the rights in `right`; the system (None) may everything.

    Raises NotFound where the actor may not even know the book, else Forbidden.
    """
    if actor is None or may(actor, book.pk, right):
        return
    if not may_read(actor, book):
        raise NotFound("There is no such book.")
    raise Forbidden


def require_person(actor: User | None) -> User:
    """Returns the actor. Raises Unauthenticated for the system and for nobody: some acts need a person."""
    if actor is None or not actor.is_authenticated:
        raise Unauthenticated
    return actor


def require_staff(actor: User | None) -> None:
    """Refuses everybody but staff and the system."""
    if actor is not None and not actor.is_staff:
        raise Forbidden


def _who(viewer: Viewer) -> tuple[int | None, bool]:
    if viewer is None or not viewer.is_authenticated or not viewer.is_active:
        return None, False
    return viewer.pk, viewer.is_staff


def _worked_on(user_id: int, prefix: str) -> Q:
    book = f"{prefix}pk"
    return Q(Exists(Credit.objects.filter(book_id=OuterRef(book), user_id=user_id, accepted_at__isnull=False)))


def _invited(user_id: int, prefix: str) -> Q:
    book = f"{prefix}pk"
    return Q(Exists(Invitation.objects.filter(book_id=OuterRef(book), user_id=user_id, accepted_at__isnull=False)))
