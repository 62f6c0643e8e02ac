"""From the draft to the text: by itself until the chapter is out, then when somebody publishes the changes."""

from collections.abc import Sequence
from typing import Any

import pycrdt

from books.drafting.blocks import Block
from books.drafting.comparing import Compared, compare
from books.drafting.merging import identified, written
from books.models import Chapter
from books.services import drafts, rendering
from books.services.chapters import require_to_write, update_chapter
from books.services.locking import known_chapter
from livrya.accounts.models import User


def write_out(chapter_id: int, doc: pycrdt.Doc[Any]) -> None:
    """Keeps the text of a chapter that is not out what its draft says; `doc` is the draft."""
    if Chapter.objects.filter(pk=chapter_id, published_at__isnull=True).exists():
        _write_out(chapter_id, drafts.blocks_in(chapter_id, doc))


def write_out_latest(chapter_id: int) -> None:
    """Does the same with the draft as it is committed, for what needs the text at once: releasing it."""
    if drafts.has_begun(chapter_id) and Chapter.objects.filter(pk=chapter_id, published_at__isnull=True).exists():
        _write_out(chapter_id, drafts.current(chapter_id))


def pending_changes(*, actor: User | None, chapter_id: int) -> list[Compared]:
    """Returns the text of a chapter beside its draft as it is now, paragraph by paragraph; nothing without a draft."""
    chapter = known_chapter(actor, chapter_id)
    require_to_write(actor, chapter, None)
    if not drafts.has_begun(chapter_id):
        return []
    with rendering.turn():
        return compare(identified(chapter.text, chapter.paragraph_ids), drafts.said_now(chapter))


def publish_changes(*, actor: User | None, chapter_id: int, version: int | None = None) -> Chapter:
    """Makes the text of a chapter what its draft says now; until then readers see what was published before.

    Raises VersionConflict when the text was changed since `version`.
    """
    chapter = known_chapter(actor, chapter_id)
    require_to_write(actor, chapter, version)
    if not drafts.has_begun(chapter_id):
        require_to_write(actor, chapter, version, act="chapter:update")
        return chapter
    text, ids = written(drafts.current(chapter_id))
    return update_chapter(actor=actor, chapter_id=chapter_id, version=version, ids=ids, text=text)


def _write_out(chapter_id: int, blocks: Sequence[Block]) -> None:
    text, ids = written(blocks)
    update_chapter(actor=None, chapter_id=chapter_id, ids=ids, text=text)
