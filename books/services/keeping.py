"""Versions of a draft that are kept by themselves, and how many of them stay."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pycrdt
from django.utils import timezone

import realtime
from books import text as prose
from books.drafting.merging import written
from books.drafting.thinning import Kept, superfluous
from books.models import Chapter, Version, VersionKind
from books.services import drafts
from books.services.locking import lock_chapter_alone
from livrya.accounts.models import User

EVERY = timedelta(minutes=10)
"""Of work: so much is lost at most when somebody spoils a draft and all who have it open go on."""
_THINNED_WITHIN = timedelta(days=30)
"""A version becomes one of an hour after a day and one of a day after a week; who prunes later than this finds it."""
_DELETED_AT_ONCE = 500


def keep_if_due(chapter_id: int, doc: pycrdt.Doc[Any]) -> None:
    """Keeps the draft when the newest version is older than ten minutes; `doc` is the draft.

    Called wherever a draft has changed. Of two processes at the same time one keeps it. Raises NotFound without a
    chapter.
    """
    if not _is_due(chapter_id):
        return
    text, ids = written(drafts.blocks_in(chapter_id, doc))
    with realtime.atomic():
        chapter = lock_chapter_alone(None, chapter_id)
        if _is_due(chapter_id):  # again: another process may have kept it before the lock
            keep(chapter, text, ids, VersionKind.AUTOMATIC)


def keep(
    chapter: Chapter,
    text: str,
    ids: Sequence[str],
    kind: VersionKind,
    *,
    actor: User | None = None,
    name: str = "",
) -> Version | None:
    """Keeps what a draft says, unless a version says the same; a named one always. The chapter is locked.

    What has become superfluous goes in the same transaction, so that nobody can fill the list.
    """
    digest = sha256("\0".join([*ids, text]).encode()).hexdigest()
    if kind != VersionKind.NAMED and chapter.versions.filter(digest=digest).exists():
        return None
    version = Version.objects.create(
        chapter=chapter,
        kind=kind,
        name=name,
        text=text,
        paragraph_ids=list(ids),
        digest=digest,
        size=len(text),
        word_count=prose.count_words(text),
        actor=actor,
    )
    _thin(chapter.pk)
    return version


def prune() -> int:
    """Deletes the versions that time has made superfluous, a chapter at a time; returns how many went."""
    return sum(_thin(chapter_id) for chapter_id in list(_worked_on_lately()))


def _is_due(chapter_id: int) -> bool:
    return not Version.objects.filter(chapter=chapter_id, created_at__gt=timezone.now() - EVERY).exists()


def _worked_on_lately() -> Iterator[int]:
    kept = Version.objects.exclude(kind=VersionKind.NAMED).filter(created_at__gt=timezone.now() - _THINNED_WITHIN)
    yield from kept.order_by("chapter_id").values_list("chapter_id", flat=True).distinct()


def _thin(chapter_id: int) -> int:
    kept = Version.objects.filter(chapter=chapter_id).exclude(kind=VersionKind.NAMED)
    rows = kept.values_list("pk", "created_at", "size")
    gone = superfluous([Kept(*row) for row in rows], timezone.now())
    for at in range(0, len(gone), _DELETED_AT_ONCE):
        Version.objects.filter(pk__in=gone[at : at + _DELETED_AT_ONCE]).delete()
    return len(gone)
