"""The drafts of chapters, as services see them: shared documents that others may be writing at this moment."""

from collections.abc import Iterable
from typing import Any

import pycrdt

from books.drafting.blocks import Block
from books.drafting.changing import change
from books.drafting.content import blocks_of
from books.drafting.identifying import arbitrate
from books.drafting.merging import identified, merged
from books.events import DraftRoom
from books.models import Chapter
from livrya.accounts.models import User
from realtime import documents


def has_begun(chapter_id: int) -> bool:
    """Tells whether anybody has opened the draft; before that it is the chapter's text."""
    return documents.has_begun(DraftRoom(chapter_id))


def erase(chapter_ids: Iterable[int]) -> None:
    """Forgets the drafts of chapters that are deleted. Inside `realtime.atomic()`."""
    for chapter_id in chapter_ids:
        if has_begun(chapter_id):
            documents.erase(DraftRoom(chapter_id))


def current(chapter_id: int) -> list[Block]:
    """Returns the draft as it is committed, every block under an id of its own. Inside `realtime.atomic()`."""
    return documents.change(DraftRoom(chapter_id), _identified)


def follow(chapter: Chapter, before: Chapter, actor: User | None) -> None:
    """Lets the draft have what a change past it did to the chapter's text. Inside `realtime.atomic()`.

    What others are writing is neither overwritten nor doubled: see `books.drafting.merging`.
    """
    if not has_begun(chapter.pk):
        return
    base = identified(before.text, before.paragraph_ids)
    mine = identified(chapter.text, chapter.paragraph_ids)

    def edit(doc: pycrdt.Doc[Any]) -> None:
        change(doc, merged(base, mine, _identified(doc)))

    documents.change(DraftRoom(chapter.pk), edit, actor=actor)


def _identified(doc: pycrdt.Doc[Any]) -> list[Block]:
    arbitrate(doc)
    return blocks_of(doc)
