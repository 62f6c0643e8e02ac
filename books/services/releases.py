"""Releases: scheduled, published, taken back."""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

import realtime
from books import signals
from books.errors import invalid
from books.models import Chapter, ChapterState, Right, VersionKind
from books.policies.people import require
from books.selectors import chapters as selectors
from books.selectors.people import authors_of
from books.services import drafts, keeping
from books.services.locking import known_chapter, lock_chapter
from books.services.sums import count_chapters
from books.services.writing_out import write_out_latest
from livrya.accounts.models import User
from realtime.errors import ApplicationError, Conflict

logger = logging.getLogger(__name__)

FARTHEST = timedelta(days=3650)
"""How far ahead a chapter may be scheduled."""
# A release or its time is sent to the book's room and to the followers of each of its (at most ten) authors.
_MOST_ROOMS = 16


def publish_chapter(*, actor: User | None, chapter_id: int, silent: bool | None = None) -> Chapter:
    """Releases a draft or scheduled chapter now; `silent` (else as the chapter says) notifies nobody."""
    _write_out(actor, chapter_id)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        chapter = lock_chapter(actor, chapter_id)
        _require_publishing(actor, chapter, "chapter:publish")
        if chapter.is_published:
            raise Conflict("This chapter is out already.")
        if silent is not None:
            chapter.silent = silent
        _release(chapter, actor)
    return chapter


def schedule_chapter(*, actor: User | None, chapter_id: int, publish_at: datetime) -> Chapter:
    """Sets when the chapter comes out by itself, or sets it anew."""
    _write_out(actor, chapter_id)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        chapter = lock_chapter(actor, chapter_id)
        _require_publishing(actor, chapter, "chapter:schedule")
        if chapter.is_published:
            raise Conflict("This chapter is out already.")
        if timezone.is_naive(publish_at):
            raise invalid("publishAt", "A time with its time zone, please.")
        if not timezone.now() < publish_at < timezone.now() + FARTHEST:
            raise invalid("publishAt", "A time to come, within ten years, please.")
        _require_text(chapter)
        chapter.state, chapter.publish_at = ChapterState.SCHEDULED, publish_at
        chapter.save(update_fields=["state", "publish_at", "updated_at"])
        signals.chapter_scheduled.send(Chapter, chapter=chapter, actor=actor)
    return chapter


def unschedule_chapter(*, actor: User | None, chapter_id: int) -> Chapter:
    """Takes the chapter off the schedule; it is a draft again."""
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        chapter = lock_chapter(actor, chapter_id)
        _require_publishing(actor, chapter, "chapter:unschedule")
        if chapter.state != ChapterState.SCHEDULED:
            raise Conflict("This chapter is not scheduled.")
        chapter.state, chapter.publish_at = ChapterState.DRAFT, None
        chapter.save(update_fields=["state", "publish_at", "updated_at"])
        signals.chapter_scheduled.send(Chapter, chapter=chapter, actor=actor)
    return chapter


def unpublish_chapter(*, actor: User | None, chapter_id: int) -> Chapter:
    """Takes a published chapter back; it is a draft again, its comments wait with it."""
    with realtime.atomic():
        chapter = lock_chapter(actor, chapter_id)
        _require_publishing(actor, chapter, "chapter:unpublish")
        if not chapter.is_published:
            raise Conflict("This chapter is not out.")
        chapter.state, chapter.published_at = ChapterState.DRAFT, None
        chapter.save(update_fields=["state", "published_at", "updated_at"])
        count_chapters(chapter.book)
        signals.chapter_withdrawn.send(Chapter, chapter=chapter, was_published=True, actor=actor)
    return chapter


def publish_due_chapters(*, now: datetime | None = None) -> int:
    """Releases every chapter whose time has come, each in a transaction of its own; returns how many.

    Safe to run in several processes at once and to run again: the state is asked again under the lock. One
    that is refused is logged and does not keep the others back.
    """
    moment = now or timezone.now()
    released = 0
    for chapter_id in list(selectors.due(moment)):
        try:
            released += _publish_if_due(chapter_id, moment)
        except ApplicationError as refusal:
            logger.warning("Chapter %s is due but did not come out: %s", chapter_id, refusal)
    return released


def _write_out(actor: User | None, chapter_id: int) -> None:
    """Lets the chapter have what is in its draft, before it is released."""
    _require_publishing(actor, known_chapter(actor, chapter_id), None)
    write_out_latest(chapter_id)


def _require_publishing(actor: User | None, chapter: Chapter, act: str | None) -> None:
    target = f"chapter:{chapter.pk}"
    require(actor, chapter.book, Right.PUBLISH, staff="books.change_chapter", act=act, target=target)


def _publish_if_due(chapter_id: int, moment: datetime) -> bool:
    write_out_latest(chapter_id)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        chapter = lock_chapter(None, chapter_id)
        if chapter.state != ChapterState.SCHEDULED or chapter.publish_at is None or chapter.publish_at > moment:
            return False
        _release(chapter, None)
        return True


def _release(chapter: Chapter, actor: User | None) -> None:
    _require_text(chapter)
    first = chapter.announced_at is None
    chapter.state, chapter.publish_at, chapter.published_at = ChapterState.PUBLISHED, None, timezone.now()
    chapter.announced_at = chapter.announced_at or chapter.published_at
    chapter.save(update_fields=["state", "publish_at", "published_at", "announced_at", "silent", "updated_at"])
    count_chapters(chapter.book)
    if drafts.has_begun(chapter.pk):
        keeping.keep(chapter, chapter.text, chapter.paragraph_ids, VersionKind.PUBLISHING, actor=actor)
    signals.chapter_published.send(
        Chapter, chapter=chapter, first=first, authors=authors_of(chapter.book_id), actor=actor
    )


def _require_text(chapter: Chapter) -> None:
    if not chapter.text:
        raise invalid("text", "A chapter without a text cannot come out.")
