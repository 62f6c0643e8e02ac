"""Files of other programs: looked at first, written once, and nobody else's business."""

from contextlib import suppress
from datetime import timedelta
from itertools import count
from threading import Event, Timer
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from books import limits
from books.drafting.merging import written
from books.errors import BrokenFile
from books.importing.foreign.shapes import FoundChapter, Reading, Remark
from books.models import Book, Chapter, Import, Version
from books.selectors.imports import get_import, imports_of
from books.services import drafts, imports
from books.services.books import delete_book
from books.services.chapters import create_chapter, delete_chapter, update_chapter
from books.services.imports import KEPT_PER_PERSON, accept_import, begin_import, dismiss_import, prune
from books.services.writing_out import publish_changes
from livrya.accounts.models import User
from realtime.errors import (
    ApplicationError,
    Forbidden,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    ValidationFailed,
)
from tests.books.library import TEXT, author_of, book, chapter, draft, somebody, worker_on
from tests.livrya.accounts.people import browser
from tests.livrya.accounts.test_at_once import at_once
from tests.realtime.threads import threads_of

pytestmark = pytest.mark.django_db(transaction=True)

SOURCE = b"# One\n\nThe river *moved*.\n\n# Two\n\nNobody saw.\n\n# Three\n\nThe ice went."
TITLES = ["One", "Two", "Three"]


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the process, which has tests of its own."""
    reading = Reading(
        title="The Ferry",
        author="Ada Lund",
        language="sv",
        remarks=[Remark.PICTURES],
        chapters=[
            FoundChapter(title="One", text="The river _moved_.", volume="Spring", note="Thanks."),
            FoundChapter(title="Two", text="Nobody saw."),
            FoundChapter(title="Three", text="The ice went."),
        ],
    )
    monkeypatch.setattr(imports, "read_file", lambda name, data: reading)


def reads(monkeypatch: pytest.MonkeyPatch, **found: Any) -> None:
    reading = Reading(**({"title": "x", "chapters": [FoundChapter(title="One", text="a")]} | found))
    monkeypatch.setattr(imports, "read_file", lambda name, data: reading)


def upload(name: str = "ferry.md", data: bytes = SOURCE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def sent(person: User | None = None) -> Import:
    return begin_import(actor=person or somebody(), upload=upload())


def titles(of: Book) -> list[str]:
    return list(Chapter.objects.filter(book=of).order_by("number").values_list("title", flat=True))


def test_what_a_file_holds_is_shown_and_nothing_is_written() -> None:
    ada = somebody()
    kept = begin_import(actor=ada, upload=upload("dir/ferry\u202e.md"))
    assert (kept.name, kept.title, kept.author, kept.language) == ("ferry.md", "The Ferry", "Ada Lund", "sv")
    assert kept.remarks == ["pictures"]
    assert kept.outline[0] == {
        "title": "One",
        "volume": "Spring",
        "words": 3,
        "beginning": "The river moved.",
        "fits": True,
    }
    assert (Book.objects.count(), Chapter.objects.count()) == (0, 0)


def test_the_first_words_of_a_chapter_end_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, chapters=[FoundChapter(title="One", text="Once **upon** a time, " * 300)])
    beginning = sent().outline[0]["beginning"]
    assert beginning.startswith("Once upon a time, Once")
    assert beginning.endswith(("Once …", "upon …", "a …", "time, …"))
    assert len(beginning) <= imports._BEGINNING + 2


def test_it_becomes_a_book_of_drafts() -> None:
    ada = somebody()
    kept = accept_import(actor=ada, import_id=sent(ada).pk)
    assert kept.book
    assert (kept.book.title, kept.book.language, kept.book.byline) == ("The Ferry", "sv", "")
    assert author_of(kept.book) == ada
    made = Chapter.objects.filter(book=kept.book).order_by("number")
    assert [(one.title, one.volume, one.text, one.note, one.state) for one in made] == [
        ("One", "Spring", "The river _moved_.", "Thanks.", "draft"),
        ("Two", "", "Nobody saw.", "", "draft"),
        ("Three", "", "The ice went.", "", "draft"),
    ]
    assert kept.is_finished


def test_some_of_it_is_added_to_a_book() -> None:
    ada = somebody()
    whale = book(ada)
    draft(whale)
    accept_import(actor=ada, import_id=sent(ada).pk, book_id=whale.pk, chapters=[2, 0, 0])
    assert titles(whale) == ["Loomings", "One", "Three"]


def test_it_is_called_as_one_likes() -> None:
    ada = somebody()
    kept = accept_import(actor=ada, import_id=sent(ada).pk, title="The Other Ferry", chapters=[1])
    assert kept.book
    assert (kept.book.title, titles(kept.book)) == ("The Other Ferry", ["Two"])


def test_accepted_twice_it_is_written_once_and_as_it_was_decided_first() -> None:
    ada = somebody()
    whale, kept = book(ada), sent(ada)
    for wanted in ({"book_id": whale.pk}, {"book_id": whale.pk}, {}, {"chapters": [99]}):
        assert accept_import(actor=ada, import_id=kept.pk, **wanted).book_id == whale.pk
    assert titles(whale) == TITLES
    assert Book.objects.count() == 1


def test_accepted_at_once_it_is_written_once() -> None:
    ada = somebody()
    kept = sent(ada)
    at_once(lambda _: accept_import(actor=ada, import_id=kept.pk))
    accepted = accept_import(actor=ada, import_id=kept.pk)
    assert accepted.book
    assert titles(accepted.book) == TITLES
    assert Book.objects.count() == 1


def test_what_was_interrupted_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = somebody()
    whale, kept = book(ada), sent(ada)
    made = []

    def limited(**given: Any) -> Chapter:
        if len(made) == 1:
            made.append(None)
            raise RateLimited
        made.append(create_chapter(**given))
        return made[-1]

    monkeypatch.setattr(imports, "create_chapter", limited)
    with pytest.raises(RateLimited):
        accept_import(actor=ada, import_id=kept.pk, book_id=whale.pk)
    assert titles(whale) == ["One"]
    assert get_import(ada, kept.pk).done == 1
    accept_import(actor=ada, import_id=kept.pk)
    assert titles(whale) == TITLES


def test_it_becomes_the_draft_of_a_chapter_and_what_was_there_is_a_version() -> None:
    ada = somebody()
    held = draft(book(ada))
    accept_import(actor=ada, import_id=sent(ada).pk, chapter_id=held.pk, chapters=[1])
    now = Chapter.objects.get(pk=held.pk)
    assert (now.title, now.text) == ("Loomings", "Nobody saw.")
    assert written(drafts.current(held.pk)) == (now.text, now.paragraph_ids)
    kept = Version.objects.get(chapter=held)
    assert (kept.kind, kept.text, kept.paragraph_ids, kept.actor) == ("importing", TEXT, held.paragraph_ids, ada)


def test_readers_of_a_chapter_that_is_out_see_it_once_the_changes_are_published() -> None:
    ada = somebody()
    out = chapter(book(ada))
    accept_import(actor=ada, import_id=sent(ada).pk, chapter_id=out.pk, chapters=[1])
    assert Chapter.objects.get(pk=out.pk).text == TEXT
    assert publish_changes(actor=ada, chapter_id=out.pk).text == "Nobody saw."


def test_several_become_one_text_with_headings_and_paragraphs_that_stay_keep_their_ids() -> None:
    ada = somebody()
    held = draft(book(ada), text="Nobody saw.")
    accept_import(actor=ada, import_id=sent(ada).pk, chapter_id=held.pk, chapters=[0, 1])
    now = Chapter.objects.get(pk=held.pk)
    assert now.text == "## One\n\nThe river _moved_.\n\n## Two\n\nNobody saw."
    assert now.paragraph_ids[-1] == held.paragraph_ids[0]


def test_a_chapter_is_replaced_once_whatever_was_written_since() -> None:
    ada = somebody()
    held, kept = draft(book(ada)), sent(ada)
    accept_import(actor=ada, import_id=kept.pk, chapter_id=held.pk)
    update_chapter(actor=ada, chapter_id=held.pk, text="Mine.")
    accept_import(actor=ada, import_id=kept.pk, chapter_id=held.pk)
    held.refresh_from_db()
    assert held.text == "Mine."


def test_replaced_at_once_it_is_replaced_once() -> None:
    ada = somebody()
    held, kept = draft(book(ada)), sent(ada)
    results = at_once(lambda _: accept_import(actor=ada, import_id=kept.pk, chapter_id=held.pk, chapters=[1]))
    assert all(isinstance(result, Import) and result.is_finished for result in results)
    assert Chapter.objects.get(pk=held.pk).text == "Nobody saw."
    assert Version.objects.filter(chapter=held, kind="importing").count() == 1


def test_a_replacement_that_was_interrupted_goes_on() -> None:
    ada = somebody()
    held, kept = draft(book(ada)), sent(ada)
    Import.objects.filter(pk=kept.pk).update(accepted_at=timezone.now(), chosen=[1], book=held.book_id, chapter=held.pk)
    accept_import(actor=ada, import_id=kept.pk)
    held.refresh_from_db()
    assert held.text == "Nobody saw."


@pytest.mark.parametrize("chapters", [[], [3], [-1]])
def test_there_must_be_something_to_write(chapters: list[int]) -> None:
    ada = somebody()
    with pytest.raises(ValidationFailed):
        accept_import(actor=ada, import_id=sent(ada).pk, chapters=chapters)
    assert Book.objects.count() == 0


def test_a_chapter_is_as_long_as_a_chapter_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = somebody()
    long = FoundChapter(title="Long", text="a" * (limits.CHAPTER + 1))
    half = FoundChapter(title="Half", text="a" * (limits.CHAPTER // 2))
    noted = FoundChapter(title="Noted", text="a", note="a" * (limits.NOTE + 1))
    many = FoundChapter(title="Many", text="\n\n".join("a" * (limits.PARAGRAPHS + 1)))
    reads(monkeypatch, chapters=[long, half, half, noted, many])
    kept = sent(ada)
    assert [line["fits"] for line in kept.outline] == [False, True, True, False, False]
    with pytest.raises(ValidationFailed):
        accept_import(actor=ada, import_id=kept.pk)
    held = draft(book(ada))
    with pytest.raises(ValidationFailed):
        accept_import(actor=ada, import_id=kept.pk, chapter_id=held.pk, chapters=[1, 2])
    assert not get_import(ada, kept.pk).accepted_at


def test_a_book_or_a_chapter_but_not_both() -> None:
    ada = somebody()
    held = draft(book(ada))
    with pytest.raises(ValidationFailed):
        accept_import(actor=ada, import_id=sent(ada).pk, book_id=held.book_id, chapter_id=held.pk)


def test_a_language_that_is_none_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, language="x" * 50)
    assert sent().language == ""


def test_who_may_add_chapters_may_import_them() -> None:
    whale = book()
    beta, editor = worker_on(whale, "beta"), worker_on(whale, "co_author")
    with pytest.raises(Forbidden):
        accept_import(actor=beta, import_id=sent(beta).pk, book_id=whale.pk)
    with pytest.raises(Forbidden):
        accept_import(actor=beta, import_id=sent(beta).pk, chapter_id=draft(whale).pk)
    accept_import(actor=editor, import_id=sent(editor).pk, book_id=whale.pk, chapters=[0])
    assert titles(whale)[-1] == "One"


def test_what_one_may_not_see_is_nothing() -> None:
    eve = somebody()
    hidden = draft(book(visibility="private"))
    kept = sent(eve)

    def said(**where: int) -> tuple[str, str]:
        with pytest.raises(ApplicationError) as refused:
            accept_import(actor=eve, import_id=kept.pk, **where)
        return refused.value.code, str(refused.value)

    assert said(book_id=hidden.book_id) == said(book_id=2**40)
    assert said(chapter_id=hidden.pk) == said(chapter_id=2**40)


def test_somebody_elses_file_is_nothing_not_even_for_staff() -> None:
    kept = sent()
    boss = somebody(is_staff=True, is_superuser=True)
    for act in (
        lambda who: get_import(who, kept.pk),
        lambda who: accept_import(actor=who, import_id=kept.pk),
        lambda who: dismiss_import(actor=who, import_id=kept.pk),
    ):
        for who in (somebody(), boss):
            with pytest.raises(NotFound):
                act(who)
    assert Book.objects.count() == 0


def test_it_takes_a_person() -> None:
    with pytest.raises(Unauthenticated):
        begin_import(actor=None, upload=upload())
    with pytest.raises(Unauthenticated):
        accept_import(actor=None, import_id=sent().pk)


def test_of_a_file_that_is_not_read_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str, data: bytes) -> Reading:
        raise TooLarge

    monkeypatch.setattr(imports, "read_file", refused)
    with pytest.raises(TooLarge):
        sent()
    assert Import.objects.count() == 0


def test_so_many_are_kept_for_a_person_the_newest() -> None:
    ada = somebody()
    others = sent()
    all_sent = [sent(ada).pk for _ in range(KEPT_PER_PERSON + 2)]
    assert list(imports_of(ada).values_list("pk", flat=True)) == all_sent[: -KEPT_PER_PERSON - 1 : -1]
    assert list(imports_of(others.user)) == [others]


def test_a_file_is_forgotten_when_one_says_so_and_after_a_day() -> None:
    ada = somebody()
    dismiss_import(actor=ada, import_id=sent(ada).pk)
    assert not imports_of(ada)
    old, young = sent(ada), sent(ada)
    Import.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert prune() == 1
    assert list(imports_of(ada)) == [young]


def test_a_file_goes_with_the_chapter_that_it_was_to_be() -> None:
    ada = somebody()
    held, kept = draft(book(ada)), sent(ada)
    accept_import(actor=ada, import_id=kept.pk, chapter_id=held.pk)
    delete_chapter(actor=ada, chapter_id=held.pk)
    with pytest.raises(NotFound):
        accept_import(actor=ada, import_id=kept.pk)


def test_over_the_api_it_is_sent_looked_at_and_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # read in its process, as it is
    ada = somebody()
    client: APIClient = browser(ada)
    made = client.post("/api/v1/imports/", {"file": upload()}, format="multipart")
    assert made.status_code == 201
    shown = client.get(f"/api/v1/imports/{made.json()['id']}/").json()
    assert shown == made.json()
    assert [(one["title"], one["words"], one["fits"]) for one in shown["chapters"]] == [
        ("One", 3, True),
        ("Two", 2, True),
        ("Three", 3, True),
    ]
    assert "contents" not in shown
    accepted = client.post(f"/api/v1/imports/{shown['id']}/accept/", {"chapters": [0, 2], "title": "Ice"}).json()
    assert (accepted["done"], accepted["chosen"], accepted["chapterId"]) == (2, [0, 2], None)
    assert titles(Book.objects.get(pk=accepted["bookId"], title="Ice")) == ["One", "Three"]
    assert client.delete(f"/api/v1/imports/{shown['id']}/").status_code == 204
    assert client.get(f"/api/v1/imports/{shown['id']}/").status_code == 404


def test_over_the_api_a_refusal_says_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str, data: bytes) -> Reading:
        raise BrokenFile("Damaged.", details={"reason": "broken"})

    monkeypatch.setattr(imports, "read_file", refused)
    answer = browser(somebody()).post("/api/v1/imports/", {"file": upload()}, format="multipart")
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (
        400,
        "BROKEN_FILE",
        {"reason": "broken"},
    )


@pytest.mark.parametrize("into", ["book_id", "chapter_id"])
def test_who_deletes_the_book_meanwhile_waits_for_one_chapter_and_not_in_a_circle(
    into: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whale = book()
    ada, held = author_of(whale), draft(whale)
    kept = sent(ada)
    target = {"book_id": whale.pk, "chapter_id": held.pk}[into]
    has_locked, may_go = Event(), Event()
    lock, calls = imports._lock, count()

    def slow(*args: Any, **fields: Any) -> Import:
        row = lock(*args, **fields)
        if next(calls) == 1:  # the first one decides
            has_locked.set()
            may_go.wait(5)
        return row

    def delete() -> None:
        has_locked.wait(5)
        Timer(0.3, may_go.set).start()
        delete_book(actor=ada, book_id=whale.pk)

    def accept() -> None:
        with suppress(NotFound):  # of several chapters the book is gone before the second one
            accept_import(actor=ada, import_id=kept.pk, **{into: target})

    monkeypatch.setattr(imports, "_lock", slow)
    with threads_of(2) as threads:
        for done in [threads.run(accept), threads.run(delete)]:
            done.result(20)
    assert not Book.objects.filter(pk=whale.pk).exists()
