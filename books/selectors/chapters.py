"""Chapters: contents, one to read, what is due."""

from datetime import datetime

from django.db.models import Q, QuerySet

from books.models import Book, Chapter, ChapterState
from books.policies import Viewer, visible_to
from books.policies.people import chapters_visible_to
from realtime.errors import NotFound


def contents(viewer: Viewer, book: Book) -> QuerySet[Chapter]:
    """Returns the book's chapters in order, without their text; drafts only for those who work on the book.

    The caller has got `book` from a selector, so that `viewer` may see it.
    """
    return visible_chapters(viewer, book).defer(*Chapter.LONG_FIELDS)


def published(book: Book) -> QuerySet[Chapter]:
    """Returns the book's published chapters in order, without their text."""
    return (
        Chapter.objects.filter(book=book, state=ChapterState.PUBLISHED).order_by("number").defer(*Chapter.LONG_FIELDS)
    )


def visible_chapters(viewer: Viewer, book: Book) -> QuerySet[Chapter]:
    """Returns the book's chapters in order, with their text; drafts only for those who work on the book."""
    return Chapter.objects.filter(chapters_visible_to(viewer), book=book).order_by("number")


def get_chapter(viewer: Viewer, book: Book, number: int) -> Chapter:
    """Returns the chapter with its text. Raises NotFound also where `viewer` may not know of it."""
    chapter = visible_chapters(viewer, book).filter(number=number).select_related("book").first()
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def chapter_by_id(viewer: Viewer, chapter_id: int) -> Chapter:
    """Returns the chapter with its text and book. Raises NotFound also where `viewer` may not know of it."""
    chapter = Chapter.objects.filter(chapters_visible_to(viewer), pk=chapter_id).select_related("book").first()
    if chapter is None:
        raise NotFound("There is no such chapter.")
    return chapter


def neighbours(viewer: Viewer, chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
    """Returns the chapters before and after, without their text."""
    others = contents(viewer, chapter.book)
    before = others.filter(number__lt=chapter.number).order_by("-number").first()
    return before, others.filter(number__gt=chapter.number).first()


def latest_chapters(viewer: Viewer) -> QuerySet[Chapter]:
    """Returns the published chapters of all books that `viewer` may see, the newest first, without their text."""
    return (
        Chapter.objects.filter(visible_to(viewer, "book__"), state=ChapterState.PUBLISHED)
        .select_related("book")
        .defer(*Chapter.LONG_FIELDS)
        .order_by("-published_at", "-id")
    )


def scheduled(viewer: Viewer, book: Book) -> QuerySet[Chapter]:
    """Returns the book's scheduled chapters, the next first; for those who work on it."""
    return contents(viewer, book).filter(state=ChapterState.SCHEDULED).order_by("publish_at", "number")


def due(now: datetime) -> QuerySet[Chapter, int]:
    """Returns the ids of the chapters whose time has come, the longest due first."""
    waiting = Chapter.objects.filter(Q(state=ChapterState.SCHEDULED), publish_at__lte=now)
    return waiting.order_by("publish_at", "book_id", "number").values_list("pk", flat=True)


def next_due_at() -> datetime | None:
    """Returns when the next scheduled chapter comes out, or None when nothing is scheduled."""
    waiting = Chapter.objects.filter(state=ChapterState.SCHEDULED).order_by("publish_at")
    return waiting.values_list("publish_at", flat=True).first()
