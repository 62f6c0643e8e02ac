"""Who may see what, and who may do what."""

from functools import reduce
from operator import or_
from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q

from books.models import Book, Chapter, ChapterState, Credit, CreditKind, Invitation, Right, Visibility
from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.audit.services import record
from realtime.errors import Forbidden, NotFound, Unauthenticated

Viewer: TypeAlias = User | AnonymousUser | None
"""Somebody who looks; AnonymousUser and None are the same nobody."""

SEE_BOOKS = ("books.view_book", "books.change_book")
"""With one of these staff see private and hidden books; in the admin, too, who may change may look."""
SEE_DRAFTS = ("books.view_chapter", "books.change_chapter")

_OF_STAFF = {
    Right.VIEW_DASHBOARD: "books.view_book",
    Right.VIEW_ANALYTICS: "books.view_book",
    Right.EDIT_DRAFTS: "books.change_chapter",
    Right.EDIT_CHAPTERS: "books.change_chapter",
    Right.EDIT_VOLUMES: "books.change_chapter",
    Right.PUBLISH: "books.change_chapter",
    Right.DELETE: "books.delete_chapter",
    Right.MODERATE_COMMENTS: "books.delete_comment",
    Right.EDIT_INFO: "books.change_book",
    Right.CHANGE_TAGS: "books.change_book",
}
"""What staff may in every book by which permission, as pages offer it; each service names its own to `require`."""


def visible_to(viewer: Viewer, prefix: str = "") -> Q:
    """Returns the condition on books that `viewer` may see; `prefix` leads to the book (`"book__"`).

    Everybody sees public books; a private one, its people and invited readers; a hidden one, its people; staff with
    SEE_BOOKS all.
    """
    user_id = _who(viewer)
    if staff_may(viewer, *SEE_BOOKS):
        return Q()
    public = Q(**{f"{prefix}visibility": Visibility.PUBLIC, f"{prefix}hidden_at__isnull": True})
    if user_id is None:
        return public
    return (
        public | _worked_on(user_id, prefix) | (Q(**{f"{prefix}hidden_at__isnull": True}) & _invited(user_id, prefix))
    )


def written_by(viewer: Viewer) -> Q:
    """Returns the condition on books to which `viewer` may add chapters by their part in them."""
    return _worked_on(viewer_id(viewer), "", Right.EDIT_DRAFTS | Right.EDIT_CHAPTERS)


def chapters_visible_to(viewer: Viewer, prefix: str = "") -> Q:
    """Returns the condition on chapters that `viewer` may see; `prefix` leads to the chapter (`"chapter__"`).

    The published ones of the books that they may see; those who work on a book see all of it, as staff with SEE_DRAFTS.
    """
    seen, user_id = Q(**{f"{prefix}state": ChapterState.PUBLISHED}), _who(viewer)
    if staff_may(viewer, *SEE_DRAFTS):
        seen = Q()
    elif user_id is not None:
        seen |= _worked_on(user_id, f"{prefix}book__")
    return visible_to(viewer, f"{prefix}book__") & seen


def comments_visible_to(viewer: Viewer) -> Q:
    """Returns the condition on comments that `viewer` may see: not deleted, on a chapter that they may see.

    One that a moderator has hidden is there for its author and for those who can bring it back; staff who can find all.
    """
    there, user_id = Q(deleted_at__isnull=True), _who(viewer)
    if staff_may(viewer, _OF_STAFF[Right.MODERATE_COMMENTS]):
        return there
    seen = Q(hidden_at__isnull=True)
    if user_id is not None:
        seen |= Q(author=user_id) | _worked_on(user_id, "chapter__book__", Right.MODERATE_COMMENTS)
    return there & seen & chapters_visible_to(viewer, "chapter__")


def reviews_visible_to(viewer: Viewer) -> Q:
    """Returns the condition on reviews that `viewer` may see; a hidden one is there for its author and for staff who
    can bring it back."""
    seen, user_id = Q(hidden_at__isnull=True), _who(viewer)
    if staff_may(viewer, "books.change_review", "books.delete_review", "books.view_review"):
        return Q()
    if user_id is not None:
        seen |= Q(author=user_id)
    return seen & visible_to(viewer, "book__")


def credits_visible_to(viewer: Viewer) -> Q:
    """Returns the condition on credits, offers among them: one's own, and those of books that one works on."""
    if staff_may(viewer, *(f"books.{act}_credit" for act in ("view", "change", "delete"))):
        return Q()
    user_id = viewer_id(viewer)
    return Q(user=user_id) | _worked_on(user_id, "book__", Right.VIEW_DASHBOARD)


def invitations_visible_to(viewer: Viewer) -> Q:
    """Returns the condition on invitations to read: one's own, and those of books whose description one may change."""
    if staff_may(viewer, *(f"books.{act}_invitation" for act in ("view", "change", "delete"))):
        return Q()
    user_id = viewer_id(viewer)
    return Q(user=user_id) | _worked_on(user_id, "book__", Right.EDIT_INFO)


def versions_visible_to(viewer: Viewer) -> Q:
    """Returns the condition on versions of drafts that `viewer` may see: those of chapters that they may change now."""
    if staff_may(viewer, "books.change_chapter"):
        return Q()
    user_id = viewer_id(viewer)
    published = Q(chapter__state=ChapterState.PUBLISHED)
    return _worked_on(user_id, "chapter__book__", Right.EDIT_CHAPTERS) | (
        ~published & _worked_on(user_id, "chapter__book__", Right.EDIT_DRAFTS)
    )


def viewer_id(viewer: Viewer) -> int:
    """Returns the viewer's id; 0, which is nobody's, for nobody."""
    return _who(viewer) or 0


def may_read(viewer: Viewer, book: Book) -> bool:
    """Tells whether `viewer` may see the book and its published chapters."""
    if book.visibility == Visibility.PUBLIC and book.hidden_at is None:
        return True
    return Book.objects.filter(visible_to(viewer), pk=book.pk).exists()


def rights_in(viewer: Viewer, book_id: int) -> Right:
    """Returns the rights that `viewer` holds in the book by an accepted credit, and by what they may as staff."""
    of_staff = (right for right, permission in _OF_STAFF.items() if staff_may(viewer, permission))
    return reduce(or_, of_staff, _credited(viewer, book_id))


def may(viewer: Viewer, book_id: int, right: Right) -> bool:
    """Tells whether `viewer` holds at least one of the rights in `right`."""
    return bool(rights_in(viewer, book_id) & right)


def may_see_drafts(viewer: Viewer, book_id: int) -> bool:
    """Tells whether `viewer` sees the book's unpublished chapters: anybody with an accepted credit does."""
    user_id = _who(viewer)
    return staff_may(viewer, *SEE_DRAFTS) or (
        user_id is not None
        and Credit.objects.filter(book_id=book_id, user_id=user_id, accepted_at__isnull=False).exists()
    )


def may_comment(viewer: Viewer, chapter: Chapter) -> bool:
    """Tells whether `viewer`, who may read the chapter, may say something under it now."""
    if _who(viewer) is None or chapter.state != ChapterState.PUBLISHED or chapter.comments_locked:
        return False
    return isinstance(viewer, User) and may_address_authors(viewer, chapter.book_id)


def may_address_authors(person: User, book_id: int) -> bool:
    """Tells whether none of the book's authors has blocked the person, or the person works on the book too."""
    authors = Credit.objects.filter(book_id=book_id, accepted_at__isnull=False)
    authors = authors.filter(kind__in=(CreditKind.AUTHOR, CreditKind.CO_AUTHOR))
    return not authors.filter(user__blocks__blocked=person).exists() or may_see_drafts(person, book_id)


def require(
    actor: User | None, book: Book, right: Right, *, staff: str, act: str | None = None, target: str | None = None
) -> None:
    """Refuses an actor who holds none of the rights in `right`; the system (None) may everything.

    Staff need the permission `staff`; `act` is then written down, as done to `target` (the book), in the caller's
    transaction: None for what only looks. Raises NotFound where the actor may not even know the book, else Forbidden.
    """
    if actor is None or _credited(actor, book.pk) & right:
        return
    if staff_may(actor, staff):
        if act is not None:
            record(actor=actor, act=act, target=target or f"book:{book.pk}")
        return
    if not may_read(actor, book):
        raise NotFound("There is no such book.")
    raise Forbidden


def require_person(actor: User | None) -> User:
    """Returns the actor. Raises Unauthenticated for the system and for nobody: some acts need a person."""
    if actor is None or not actor.is_authenticated:
        raise Unauthenticated
    return actor


def require_staff(actor: User | None, permission: str, *, act: str | None = None, target: str = "") -> None:
    """Refuses everybody but staff with the permission and the system; what staff do (`act`) is written down."""
    if actor is None:
        return
    if not staff_may(actor, permission):
        raise Forbidden
    if act is not None:
        record(actor=actor, act=act, target=target)


def _who(viewer: Viewer) -> int | None:
    if viewer is None or not viewer.is_authenticated or not viewer.is_active:
        return None
    return viewer.pk


def _credited(viewer: Viewer, book_id: int) -> Right:
    user_id = _who(viewer)
    if user_id is None:
        return Right(0)
    held = Credit.objects.filter(book_id=book_id, user_id=user_id, accepted_at__isnull=False)
    return Right(held.values_list("rights", flat=True).first() or 0)


def _worked_on(user_id: int, prefix: str, right: Right | None = None) -> Q:
    held = Credit.objects.filter(book_id=OuterRef(f"{prefix}pk"), user_id=user_id, accepted_at__isnull=False)
    if right is not None:
        held = held.annotate(_held=F("rights").bitand(int(right))).exclude(_held=0)
    return Q(Exists(held))


def _invited(user_id: int, prefix: str) -> Q:
    book = f"{prefix}pk"
    return Q(Exists(Invitation.objects.filter(book_id=OuterRef(book), user_id=user_id, accepted_at__isnull=False)))
