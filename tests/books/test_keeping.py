"""Versions that are kept by themselves: every ten minutes of work, and before what cannot be taken back."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pycrdt
import pytest
from django.utils import timezone

import realtime
from books import signals
from books.models import Version, VersionKind
from books.services import drafts, keeping
from books.services.books import delete_book
from books.services.chapters import delete_chapter, update_chapter
from books.services.releases import publish_chapter
from books.services.versions import name_version
from books.services.writing_out import publish_changes
from realtime.errors import NotFound
from tests.books.library import TEXT, author_of, book, chapter, draft
from tests.books.test_drafts import in_draft, said, type_in_draft
from tests.books.test_writing_out import add, settle
from tests.realtime.threads import HeldCommit, threads_of

pytestmark = pytest.mark.django_db(transaction=True)

MORE_THAN_TEN_MINUTES = timedelta(minutes=10, seconds=1)


def kept(chapter_id: int) -> list[tuple[str, str]]:
    versions = Version.objects.filter(chapter=chapter_id).order_by("pk")
    return [(version.kind, version.text.removeprefix(TEXT).strip()) for version in versions]


def pass_time(chapter_id: int, time: timedelta = MORE_THAN_TEN_MINUTES) -> None:
    """Makes all versions of a chapter so much older."""
    for version in Version.objects.filter(chapter=chapter_id):
        Version.objects.filter(pk=version.pk).update(created_at=version.created_at - time)


def test_a_draft_that_is_opened_is_kept_before_much_is_written() -> None:
    out = chapter(book())
    in_draft(out.pk)
    settle(out.pk)
    [version] = Version.objects.all()
    assert (version.kind, version.text, version.actor) == (VersionKind.AUTOMATIC, TEXT, None)
    assert version.paragraph_ids == out.paragraph_ids
    assert version.word_count == out.word_count


def test_every_ten_minutes_of_work_a_version_is_kept() -> None:
    held = draft(book())
    add(held.pk, "One.")
    settle(held.pk)
    add(held.pk, "Two.")
    settle(held.pk)
    assert kept(held.pk) == [("automatic", "One.")]
    pass_time(held.pk, timedelta(minutes=9))
    settle(held.pk)
    assert len(kept(held.pk)) == 1
    pass_time(held.pk, timedelta(minutes=2))
    settle(held.pk)
    assert kept(held.pk) == [("automatic", "One."), ("automatic", "One.\n\nTwo.")]


def test_nothing_is_kept_where_nothing_has_changed() -> None:
    held = draft(book())
    add(held.pk, "One.")
    for _ in range(3):
        settle(held.pk)
        pass_time(held.pk)
    assert len(kept(held.pk)) == 1


def test_another_paragraph_with_the_same_words_is_another_state() -> None:
    held = draft(book())
    in_draft(held.pk)
    settle(held.pk)
    pass_time(held.pk)
    type_in_draft(held.pk, lambda blocks: [said(TEXT.split("\n\n")[0], "another"), *blocks[1:]])
    settle(held.pk)
    assert [version.text for version in Version.objects.all()] == [TEXT, TEXT]


def test_what_is_kept_has_an_id_for_every_paragraph_and_it_is_the_drafts() -> None:
    out = chapter(book())
    in_draft(out.pk)
    type_in_draft(out.pk, lambda blocks: [*blocks, said("New.")])
    settle(out.pk)
    [version] = Version.objects.all()
    assert (version.text, version.paragraph_ids) == in_draft(out.pk)
    assert len(set(version.paragraph_ids)) == 3


def test_of_two_who_keep_at_the_same_time_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has found that it is due, and has another state: the second one waits, and looks again."""
    held = draft(book())
    add(held.pk, "One.")
    blocks = drafts.current(held.pk)
    has_looked = Event()
    states = iter([blocks, blocks[:1]])

    def state_of_one(*_: Any) -> Any:
        found = next(states)
        if found != blocks:
            has_looked.set()
        return found

    monkeypatch.setattr(drafts, "blocks_in", state_of_one)
    with threads_of(2) as threads:
        first = HeldCommit(threads, lambda: keeping.keep_if_due(held.pk, pycrdt.Doc()))
        second = threads.run(lambda: keeping.keep_if_due(held.pk, pycrdt.Doc()))
        assert has_looked.wait(30)
        with pytest.raises(TimeoutError):
            second.result(0.3)
        first.let_go()
        second.result(30)
    assert kept(held.pk) == [("automatic", "One.")]


def test_where_nothing_is_due_the_draft_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    add(held.pk, "One.")
    settle(held.pk)
    monkeypatch.delattr(drafts, "blocks_in")
    keeping.keep_if_due(held.pk, pycrdt.Doc())


def test_a_deleted_chapter_has_nothing_to_keep() -> None:
    with pytest.raises(NotFound):
        keeping.keep_if_due(2**40, pycrdt.Doc())


def test_before_its_changes_are_published_a_draft_is_kept() -> None:
    out = chapter(book())
    author = author_of(out.book)
    add(out.pk, "Half a sent")
    publish_changes(actor=author, chapter_id=out.pk)
    [version] = Version.objects.all()
    assert (version.kind, version.actor) == (VersionKind.PUBLISHING, author)
    assert kept(out.pk) == [("publishing", "Half a sent")]
    publish_changes(actor=author, chapter_id=out.pk)
    assert len(kept(out.pk)) == 1


def test_before_it_comes_out_a_draft_is_kept() -> None:
    held = draft(book())
    add(held.pk, "The last word.")
    publish_chapter(actor=author_of(held.book), chapter_id=held.pk)
    assert kept(held.pk) == [("publishing", "The last word.")]


def test_where_no_draft_has_begun_nothing_is_kept() -> None:
    out = chapter(book())
    update_chapter(actor=None, chapter_id=out.pk, text="Another.")
    assert not Version.objects.exists()


def test_a_version_is_kept_with_what_is_published_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    out = chapter(book())
    add(out.pk, "More.")

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(signals.chapter_updated, "send", fail)
    with pytest.raises(ZeroDivisionError):
        publish_changes(actor=None, chapter_id=out.pk)
    assert not Version.objects.exists()


def many(chapter_id: int, count: int, apart: timedelta) -> None:
    now = timezone.now()
    for number in range(count):
        made = Version.objects.create(
            chapter_id=chapter_id, kind=VersionKind.AUTOMATIC, text="", digest=str(number), size=0, word_count=0
        )
        Version.objects.filter(pk=made.pk).update(created_at=now - (count - number) * apart)


def test_whoever_goes_on_writing_does_not_fill_the_list() -> None:
    held = draft(book())
    named = name_version(actor=None, chapter_id=held.pk, name="The first")
    Version.objects.filter(pk=named.pk).update(created_at=timezone.now() - timedelta(days=400))
    many(held.pk, 300, timedelta(minutes=10))
    add(held.pk, "One.")
    settle(held.pk)
    versions = Version.objects.filter(chapter=held.pk)
    assert versions.filter(kind=VersionKind.AUTOMATIC).count() < 180
    assert versions.filter(pk=named.pk).exists()


def test_what_time_makes_superfluous_goes_without_anybody_writing() -> None:
    held, other = draft(book()), draft(book())
    many(held.pk, 30, timedelta(minutes=1))
    many(other.pk, 1, timedelta(days=3))
    assert keeping.prune() == 0
    pass_time(held.pk, timedelta(days=8))
    assert keeping.prune() >= 28
    assert Version.objects.filter(chapter=other.pk).exists()


@pytest.mark.parametrize("by_book", [True, False])
def test_a_deleted_chapter_or_book_leaves_no_versions(by_book: bool) -> None:
    held = draft(book())
    add(held.pk, "Secret.")
    settle(held.pk)
    assert Version.objects.exists()
    delete: Callable[[], Any] = (
        (lambda: delete_book(actor=None, book_id=held.book_id))
        if by_book
        else (lambda: delete_chapter(actor=None, chapter_id=held.pk))
    )
    delete()
    assert not Version.objects.exists()


def test_a_state_is_kept_once() -> None:
    held = draft(book())
    with realtime.atomic():
        made = keeping.keep(held, "One.", ["a"], VersionKind.RESTORING)
        assert keeping.keep(held, "One.", ["a"], VersionKind.AUTOMATIC) is None
        assert keeping.keep(held, "One.", ["b"], VersionKind.AUTOMATIC) is not None
    assert made is not None
