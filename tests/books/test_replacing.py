"""A draft that is made to say another text keeps what it said, once, and finishes in the same transaction."""

import pytest

from books.models import Chapter, Version, VersionKind
from books.services import drafts
from books.services.replacing import replace_draft
from realtime.errors import Forbidden
from tests.books.library import TEXT, book, draft, worker_on

pytestmark = pytest.mark.django_db(transaction=True)

ONE, TWO = TEXT.split("\n\n")


def replace(chapter: Chapter, text: str, told: list[bool], **more: object) -> Chapter:
    given = {"actor": None, "ids": None, "kind": VersionKind.IMPORTING, "act": "chapter:import", "finish": told.append}
    return replace_draft(chapter_id=chapter.pk, text=text, **(given | more))  # type: ignore[arg-type]


def test_paragraphs_that_stay_keep_their_ids_and_what_was_there_is_kept() -> None:
    held, told = draft(book()), list[bool]()
    now = replace(held, f"Anew.\n\n{TWO}", told)
    assert (now.text, now.paragraph_ids[1]) == (f"Anew.\n\n{TWO}", held.paragraph_ids[1])
    assert Version.objects.get(chapter=held).text == TEXT
    assert told == [True]


def test_what_is_there_already_changes_nothing_and_that_is_said() -> None:
    held, told = draft(book()), list[bool]()
    assert replace(held, TEXT, told).paragraph_ids == held.paragraph_ids
    assert told == [False]
    assert not Version.objects.exists()


def test_it_begins_only_where_it_may() -> None:
    held, told = draft(book()), list[bool]()
    assert replace(held, "Anew.", told, may_begin=lambda: False).text == TEXT
    assert told == []


def test_a_failure_at_the_end_takes_everything_back() -> None:
    held = draft(book())

    def fail(changes: bool) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        replace(held, "Anew.", [], finish=fail)
    assert not Version.objects.exists()
    assert [block.id for block in drafts.said_now(held)] == held.paragraph_ids


def test_it_is_for_those_who_write() -> None:
    held = draft(book())
    with pytest.raises(Forbidden):
        replace(held, "Anew.", [], actor=worker_on(held.book, "beta"))
