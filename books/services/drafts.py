"""The drafts of chapters, as services see them: shared documents that others may be writing at this moment."""

from collections.abc import Iterable, Sequence
from typing import Any

import pycrdt

import realtime
from books.drafting.blocks import Block
from books.drafting.changing import change
from books.drafting.content import blocks_of
from books.drafting.identifying import arbitrate
from books.drafting.merging import identified, merged, shown, written
from books.events import DraftRoom
from books.models import Chapter
from books.paragraphs import carry_over
from realtime import documents

Said = tuple[str, list[str]]
"""A text, and the ids of its paragraphs."""


def has_begun(chapter_id: int) -> bool:
    """Tells whether anybody has opened the draft; before that it is the chapter's text."""
    return documents.has_begun(DraftRoom(chapter_id))


def erase(chapter_ids: Iterable[int]) -> None:
    """Forgets the drafts of chapters that are deleted. Inside `realtime.atomic()`."""
    for chapter_id in chapter_ids:
        if has_begun(chapter_id):
            documents.erase(DraftRoom(chapter_id))


def current(chapter_id: int) -> list[Block]:
    """Returns the draft as it is committed, every block under an id of its own. To be called before a transaction."""
    prepared = documents.prepare(DraftRoom(chapter_id), _identified)
    with realtime.atomic():
        prepared.emit()
    return prepared.result


def said_now(chapter: Chapter) -> list[Block]:
    """Returns the draft as it is committed, or the chapter's text where none has begun, as a text would have them."""
    if not has_begun(chapter.pk):
        return identified(chapter.text, chapter.paragraph_ids)
    return shown(current(chapter.pk))


def blocks_in(chapter_id: int, doc: pycrdt.Doc[Any]) -> list[Block]:
    """Returns the blocks of the draft, which `doc` is, every block under an id of its own, which it is given if due."""
    blocks = blocks_of(doc)
    known = [block.id for block in blocks]
    return current(chapter_id) if None in known or len(set(known)) < len(known) else blocks


def following(chapter: Chapter, text: str, ids: Sequence[str]) -> documents.PreparedChange[None] | None:
    """Returns what gives the draft a change past it, of the chapter to that text; None where no draft has begun.

    What others are writing is neither overwritten nor doubled: see `books.drafting.merging`. Takes seconds for the
    longest texts: to be called before a transaction, which emits it.
    """
    if not has_begun(chapter.pk):
        return None
    base, mine = identified(chapter.text, chapter.paragraph_ids), identified(text, ids)

    def edit(doc: pycrdt.Doc[Any]) -> None:
        change(doc, merged(base, mine, _identified(doc)))

    return documents.prepare(DraftRoom(chapter.pk), edit)


def replacing(chapter_id: int, text: str, ids: Sequence[str] | None) -> documents.PreparedChange[tuple[Said, bool]]:
    """Returns what makes the draft say this, with what it says before, and whether that is anything else.

    Only what differs changes. Without `ids` a paragraph has that of the one that it was in the draft. Takes seconds for
    the longest texts: to be called before a transaction, which emits it.
    """

    def edit(doc: pycrdt.Doc[Any]) -> tuple[Said, bool]:
        before = written(_identified(doc))
        wanted = carry_over(before[1], before[0], text).ids if ids is None else list(ids)
        changes = before != (text, wanted)
        if changes:
            change(doc, identified(text, wanted))
        return before, changes

    return documents.prepare(DraftRoom(chapter_id), edit)


def _identified(doc: pycrdt.Doc[Any]) -> list[Block]:
    arbitrate(doc)
    return blocks_of(doc)
