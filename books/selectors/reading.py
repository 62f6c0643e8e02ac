"""What belongs to a reader: subscriptions, places, shelves."""

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from books.models import Book, Chapter, ReadingProgress, ShelfEntry, Subscription
from books.policies import Viewer, viewer_id, visible_to
from books.selectors.books import with_people


def subscription_of(viewer: Viewer, book: Book) -> Subscription | None:
    """Returns the viewer's subscription to the book, if any."""
    return Subscription.objects.filter(user_id=viewer_id(viewer), book=book).first()


def subscriptions_of(viewer: Viewer) -> QuerySet[Subscription]:
    """Returns the viewer's subscriptions to books that they may see, the newest first, with book and people."""
    return (
        Subscription.objects.filter(visible_to(viewer, "book__"), user_id=viewer_id(viewer))
        .prefetch_related(_books())
        .order_by("-id")
    )


def progress_in(viewer: Viewer, book: Book) -> dict[int, ReadingProgress]:
    """Returns how far the viewer came in each opened chapter of the book, by chapter id."""
    return {row.chapter_id: row for row in ReadingProgress.objects.filter(user_id=viewer_id(viewer), book=book)}


def place_in(viewer: Viewer, book: Book) -> ReadingProgress | None:
    """Returns where the viewer last read in the book, with the chapter (without its text)."""
    rows = ReadingProgress.objects.filter(user_id=viewer_id(viewer), book=book).order_by("-updated_at", "-id")
    return rows.prefetch_related(_chapters()).first()


def continue_reading(viewer: Viewer) -> QuerySet[ReadingProgress]:
    """Returns the viewer's place in each visible book they opened, the last read first, with book and chapter."""
    latest = (
        ReadingProgress.objects.filter(user_id=viewer_id(viewer), book=OuterRef("book"))
        .order_by("-updated_at", "-id")
        .values("pk")[:1]
    )
    return (
        ReadingProgress.objects.filter(visible_to(viewer, "book__"), user_id=viewer_id(viewer), pk=Subquery(latest))
        .prefetch_related(_books(), _chapters())
        .order_by("-updated_at", "-id")
    )


def shelf_of(viewer: Viewer, shelf: str) -> QuerySet[ShelfEntry]:
    """Returns the visible books on one of the viewer's shelves, the last moved first."""
    return (
        ShelfEntry.objects.filter(visible_to(viewer, "book__"), user_id=viewer_id(viewer), shelf=shelf)
        .prefetch_related(_books())
        .order_by("-updated_at", "-id")
    )


def shelf_entry(viewer: Viewer, book: Book) -> ShelfEntry | None:
    """Returns on which shelf the viewer has the book, if on any."""
    return ShelfEntry.objects.filter(user_id=viewer_id(viewer), book=book).first()


def _books() -> Prefetch[str, QuerySet[Book], str]:
    return Prefetch("book", with_people(Book.objects.all()))


def _chapters() -> Prefetch[str, QuerySet[Chapter], str]:
    return Prefetch("chapter", Chapter.objects.defer("text", "note"))
