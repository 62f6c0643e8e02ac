"""A chapter and its draft: what is saved past the draft becomes part of it, and overwrites nobody."""

from collections.abc import Callable
from typing import Any

import pycrdt
import pytest
from django.db import connection

import realtime
from books.drafting.blocks import Block, Span
from books.drafting.changing import change
from books.drafting.content import blocks_of
from books.drafting.merging import written
from books.events import DraftRoom
from books.models import Chapter
from books.services import drafts
from books.services.books import delete_book
from books.services.chapters import delete_chapter, update_chapter
from books.services.writing_out import pending_changes, publish_changes, write_out_latest
from realtime import documents
from realtime.errors import NotFound
from realtime.models import DocumentState, DocumentWriter, Event
from tests.books.library import TEXT, book, chapter, draft
from tests.realtime.threads import HeldCommit, Threads

pytestmark = pytest.mark.django_db(transaction=True)

ONE, TWO = TEXT.split("\n\n")


def in_draft(chapter_id: int) -> tuple[str, list[str]]:
    return written(drafts.current(chapter_id))


def type_in_draft(chapter_id: int, edit: Callable[[list[Block]], list[Block]]) -> None:
    def typed(doc: pycrdt.Doc[Any]) -> None:
        change(doc, edit(blocks_of(doc)))

    with realtime.atomic():
        documents.change(DraftRoom(chapter_id), typed)


def said(words: str, name: str | None = None) -> Block:
    return Block((Span(words),), id=name)


def test_a_draft_begins_with_the_text_each_paragraph_under_its_id() -> None:
    written_before = draft(book())
    assert not drafts.has_begun(written_before.pk)
    assert in_draft(written_before.pk) == (TEXT, written_before.paragraph_ids)
    assert drafts.has_begun(written_before.pk)


def test_what_is_saved_past_the_draft_is_in_it_and_nothing_of_others_is_lost() -> None:
    held = draft(book())
    in_draft(held.pk)
    type_in_draft(held.pk, lambda blocks: [*blocks, said("Typed meanwhile.")])
    saved = update_chapter(actor=None, chapter_id=held.pk, text=f"{ONE}\n\nNever mind how long.")
    text, ids = in_draft(held.pk)
    assert text == f"{ONE}\n\nNever mind how long.\n\nTyped meanwhile."
    assert ids[:2] == saved.paragraph_ids == held.paragraph_ids


def test_nobody_waits_while_it_is_worked_out_what_becomes_of_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds, for the longest texts; on SQLite everybody who writes would wait as long."""
    held = draft(book())
    in_draft(held.pk)
    within: list[bool] = []

    def watched(work: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*arguments: Any) -> Any:
            within.append(connection.in_atomic_block)
            return work(*arguments)

        return watching

    for name in ("change", "blocks_of", "arbitrate", "merged"):
        monkeypatch.setattr(drafts, name, watched(getattr(drafts, name)))
    update_chapter(actor=None, chapter_id=held.pk, text="Another.")
    pending_changes(actor=None, chapter_id=held.pk)
    publish_changes(actor=None, chapter_id=held.pk)
    write_out_latest(held.pk)
    assert len(within) > 6
    assert not any(within)


def test_a_draft_that_is_opened_while_its_text_is_saved_begins_with_what_is_saved() -> None:
    held = draft(book())
    threads = Threads(2)
    saving = HeldCommit(threads, lambda: update_chapter(actor=None, chapter_id=held.pk, text="Saved."))
    opening = threads.run(lambda: drafts.current(held.pk))
    saving.let_go()
    assert written(opening.result(30))[0] == "Saved."
    threads.end()


def test_a_change_of_the_title_alone_is_no_change_of_the_draft() -> None:
    held = draft(book())
    in_draft(held.pk)
    update_chapter(actor=None, chapter_id=held.pk, title="Another")
    assert not Event.objects.filter(room=DraftRoom(held.pk).name, type="draft:update").exists()


def test_every_block_of_a_draft_gets_an_id_of_its_own() -> None:
    held = draft(book())
    type_in_draft(held.pk, lambda blocks: [blocks[0], said("Copied.", blocks[0].id), said("New."), blocks[1]])
    text, ids = in_draft(held.pk)
    assert text.split("\n\n") == [ONE, "Copied.", "New.", TWO]
    assert (ids[0], ids[3]) == tuple(held.paragraph_ids)
    assert len(set(ids)) == 4
    assert in_draft(held.pk) == (text, ids)


def test_a_published_chapter_that_is_saved_keeps_what_is_only_in_its_draft() -> None:
    out = chapter(book())
    in_draft(out.pk)
    type_in_draft(out.pk, lambda blocks: [said("Half a sent", "half"), *blocks])
    update_chapter(actor=None, chapter_id=out.pk, text=f"{ONE}\n\nCorrected.")
    assert Chapter.objects.get(pk=out.pk).text == f"{ONE}\n\nCorrected."
    assert in_draft(out.pk)[0] == f"Half a sent\n\n{ONE}\n\nCorrected."


def test_a_deleted_chapter_or_book_leaves_nothing_of_its_draft() -> None:
    held = draft(book())
    other = draft(held.book)
    for one in (held, other):
        in_draft(one.pk)
        type_in_draft(one.pk, lambda blocks: [*blocks, said("Secret.")])
    delete_chapter(actor=None, chapter_id=held.pk)
    assert list(DocumentState.objects.values_list("room", flat=True)) == [DraftRoom(other.pk).name]
    delete_book(actor=None, book_id=held.book_id)
    assert not DocumentState.objects.exists()
    assert not DocumentWriter.objects.exists()
    assert not Event.objects.filter(data__isnull=False).exists()
    with pytest.raises(NotFound):
        in_draft(held.pk)
