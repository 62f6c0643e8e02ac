"""From the draft to the text: by itself until the chapter is out, then when somebody publishes the changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

import realtime
from books.errors import VersionConflict
from books.events import DraftRoom
from books.models import Chapter
from books.services import drafts
from books.services.releases import publish_chapter, schedule_chapter, unpublish_chapter
from books.services.writing_out import publish_changes, write_out_latest
from realtime.documents.copies import Copy
from realtime.documents.kinds import document_of
from realtime.errors import Forbidden
from realtime.models import Event
from tests.books.library import TEXT, author_of, book, chapter, draft, somebody, worker_on
from tests.books.test_drafts import in_draft, said, type_in_draft

pytestmark = pytest.mark.django_db(transaction=True)


def settle(chapter_id: int) -> None:
    """Does what happens when people pause."""
    document = document_of(DraftRoom(chapter_id))
    assert document is not None
    with realtime.atomic():
        copy = Copy(document)
        copy.catch_up()
    document.settled(copy.doc)


def add(chapter_id: int, words: str) -> None:
    in_draft(chapter_id)
    type_in_draft(chapter_id, lambda blocks: [*blocks, said(words)])


def text_of(chapter_id: int) -> str:
    return Chapter.objects.get(pk=chapter_id).text


def test_what_is_typed_becomes_the_text_of_a_chapter_that_is_not_out() -> None:
    held = draft(book())
    add(held.pk, "Typed.")
    settle(held.pk)
    now = Chapter.objects.get(pk=held.pk)
    assert now.text == f"{TEXT}\n\nTyped."
    assert now.paragraph_ids == in_draft(held.pk)[1]
    assert now.paragraph_ids[:2] == held.paragraph_ids
    assert (now.version, now.word_count) == (held.version + 1, held.word_count + 1)


def test_nothing_is_written_where_nothing_has_changed() -> None:
    held = draft(book())
    in_draft(held.pk)
    settle(held.pk)
    settle(held.pk)
    assert Chapter.objects.get(pk=held.pk).version == held.version
    assert not Event.objects.filter(room=DraftRoom(held.pk).name, type="draft:update").exists()


def test_readers_see_nothing_of_the_draft_before_its_changes_are_published() -> None:
    out = chapter(book())
    author = author_of(out.book)
    add(out.pk, "Half a sent")
    settle(out.pk)
    write_out_latest(out.pk)
    assert text_of(out.pk) == TEXT
    publish_changes(actor=author, chapter_id=out.pk)
    assert text_of(out.pk) == f"{TEXT}\n\nHalf a sent"
    [event] = Event.objects.filter(room=f"chapter:{out.pk}", type="chapter:updated")
    assert in_draft(out.pk)[1][-1] in event.payload


def test_publishing_changes_needs_the_right_and_the_version_that_was_seen() -> None:
    out = chapter(book())
    add(out.pk, "More.")
    with pytest.raises(VersionConflict):
        publish_changes(actor=author_of(out.book), chapter_id=out.pk, version=out.version + 1)
    with pytest.raises(Forbidden):
        publish_changes(actor=worker_on(out.book, "translator"), chapter_id=out.pk)
    with pytest.raises(Forbidden):
        publish_changes(actor=somebody(), chapter_id=out.pk)
    assert text_of(out.pk) == TEXT


def test_without_a_draft_there_is_nothing_to_publish() -> None:
    out = chapter(book())
    assert publish_changes(actor=author_of(out.book), chapter_id=out.pk).version == out.version
    assert not drafts.has_begun(out.pk)


def test_what_comes_out_is_what_the_draft_says_at_that_moment() -> None:
    held = draft(book())
    author = author_of(held.book)
    add(held.pk, "The last word.")
    assert publish_chapter(actor=author, chapter_id=held.pk).text == f"{TEXT}\n\nThe last word."
    unpublish_chapter(actor=author, chapter_id=held.pk)
    add(held.pk, "One more.")
    later = timezone.now() + timedelta(days=1)
    assert schedule_chapter(actor=author, chapter_id=held.pk, publish_at=later).text.endswith("One more.")


def test_a_draft_that_became_too_long_is_refused_and_the_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    add(held.pk, "x" * 500_001)
    with pytest.raises(realtime_validation()):
        settle(held.pk)
    assert text_of(held.pk) == TEXT


def realtime_validation() -> type[Exception]:
    from realtime.errors import ValidationFailed

    return ValidationFailed
