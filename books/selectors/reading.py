"""What belongs to a reader: subscriptions, places, shelves."""

from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from books.models import Book, Chapter, ChapterState, ReadingProgress, ShelfEntry, Subscription
from books.policies import Viewer, viewer_id, visible_to
from books.policies.people import chapters_visible_to
from books.selectors.books import with_people

READ_FROM = 0.97
"""The part of a chapter from which it counts as read: the last lines rarely reach the top of a page."""


@dataclass(frozen=True, slots=True)
class NextUp:
    """Where a reader goes on in a book: in the chapter that they are in, or in the next when they have finished it.

    `position` is the part of the chapter read, 0.0 to 1.0. Up to date is who has finished the last chapter that is out.
    """

    book: Book
    chapter: Chapter
    position: float
    is_up_to_date: bool

    @property
    def words_left(self) -> int:
        return round(self.chapter.word_count * (1 - self.position))


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
    return _places_in(viewer, book).first()


def next_up(viewer: Viewer, book: Book) -> NextUp | None:
    """Returns where the viewer goes on in the book, None before they opened it."""
    return next(iter(read_on(_places_in(viewer, book)[:1])), None)


def continue_reading(viewer: Viewer) -> QuerySet[ReadingProgress]:
    """Returns the viewer's place in each visible book they opened, the last read first, with book and chapter.

    Places in chapters that were taken back do not count: what those are called now is not for readers.
    """
    latest = (
        ReadingProgress.objects.filter(
            chapters_visible_to(viewer, "chapter__"), user_id=viewer_id(viewer), book=OuterRef("book")
        )
        .order_by("-updated_at", "-id")
        .values("pk")[:1]
    )
    return (
        ReadingProgress.objects.filter(user_id=viewer_id(viewer), pk=Subquery(latest))
        .prefetch_related(_books(), _chapters())
        .order_by("-updated_at", "-id")
    )


def read_on(places: QuerySet[ReadingProgress]) -> list[NextUp]:
    """Returns where each of these places (of `continue_reading` or `place_in`) leads, with one query for all."""
    finished = Chapter.objects.filter(
        state=ChapterState.PUBLISHED, book=OuterRef("book"), number__gt=OuterRef("chapter__number")
    )
    rows = list(places.annotate(following_id=Subquery(finished.order_by("number").values("pk")[:1])))
    following = _light().in_bulk([row.following_id for row in rows if row.position >= READ_FROM])
    found = []
    for row in rows:
        after = following.get(row.following_id)
        if row.position < READ_FROM or after is None:
            found.append(NextUp(row.book, row.chapter, row.position, row.position >= READ_FROM))
        else:
            found.append(NextUp(row.book, after, 0.0, is_up_to_date=False))
    return found


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


def _places_in(viewer: Viewer, book: Book) -> QuerySet[ReadingProgress]:
    rows = ReadingProgress.objects.filter(
        chapters_visible_to(viewer, "chapter__"), user_id=viewer_id(viewer), book=book
    ).order_by("-updated_at", "-id")
    return rows.prefetch_related(_chapters())


def _books() -> Prefetch[str, QuerySet[Book], str]:
    return Prefetch("book", with_people(Book.objects.all()))


def _chapters() -> Prefetch[str, QuerySet[Chapter], str]:
    return Prefetch("chapter", _light())


def _light() -> QuerySet[Chapter]:
    return Chapter.objects.defer(*Chapter.LONG_FIELDS)
