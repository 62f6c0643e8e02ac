"""Versions of a draft: named, compared, restored, deleted."""

import json

import pytest

from books import limits, signals
from books.events import DraftRoom
from books.models import Chapter, Right, Version, VersionKind
from books.selectors.versions import version_by_id, versions_of
from books.services import drafts
from books.services.releases import publish_chapter
from books.services.versions import compare_versions, delete_version, name_version, restore_version
from books.services.writing_out import publish_changes
from livrya.accounts.models import User
from realtime.errors import Conflict, Forbidden, NotFound, RateLimited, ValidationFailed
from realtime.models import Event
from tests.books.library import TEXT, author_of, book, chapter, draft, somebody, worker_on
from tests.books.test_drafts import in_draft, said, type_in_draft
from tests.books.test_writing_out import add
from tests.livrya.accounts.people import browser
from tests.livrya.staff import acts_of, staff

pytestmark = pytest.mark.django_db(transaction=True)

ONE, TWO = TEXT.split("\n\n")


def named(held: Chapter, name: str = "The first", actor: User | None = None) -> Version:
    return name_version(actor=actor, chapter_id=held.pk, name=name)


def events(chapter_id: int, kind: str) -> list[dict[str, object]]:
    found = Event.objects.filter(room=DraftRoom(chapter_id).name, type=kind).order_by("seq")
    return [json.loads(event.payload) for event in found]


def kinds(chapter_id: int) -> list[str]:
    return list(Version.objects.filter(chapter=chapter_id).order_by("pk").values_list("kind", flat=True))


def test_a_named_version_is_what_the_draft_says_with_the_ids_of_its_paragraphs() -> None:
    held = draft(book())
    author = author_of(held.book)
    add(held.pk, "More.")
    version = named(held, " The  first ", author)
    assert (version.name, version.actor, version.kind) == ("The first", author, VersionKind.NAMED)
    assert (version.text, version.paragraph_ids) == in_draft(held.pk)
    [event] = events(held.pk, "draft:versionNamed")
    assert event["versionId"] == version.pk
    assert (event["name"], event["username"]) == ("The first", author.username)


def test_naming_begins_no_draft() -> None:
    held = draft(book())
    assert named(held).text == TEXT
    assert not drafts.has_begun(held.pk)


def test_a_name_is_needed_and_there_are_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    for name in ("", " ", "x" * 201):
        with pytest.raises(ValidationFailed):
            named(held, name)
    monkeypatch.setattr(limits, "NAMED_VERSIONS", 2)
    first = named(held)
    named(held)
    with pytest.raises(Conflict):
        named(held)
    delete_version(actor=None, version_id=first.pk)
    named(held)


def test_a_draft_that_is_too_long_for_a_text_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    monkeypatch.setattr(limits, "CHAPTER", len(TEXT) - 1)
    with pytest.raises(ValidationFailed):
        named(held)


def test_who_names_and_restores_without_end_waits(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    held = draft(book())
    author = author_of(held.book)
    settings.ACT_LIMITS = {"version": (2, 3600)}  # type: ignore[attr-defined]  # pytest-django's
    version = named(held, actor=author)
    restore_version(actor=author, version_id=version.pk)
    with pytest.raises(RateLimited):
        delete_version(actor=author, version_id=version.pk)
    assert Version.objects.filter(pk=version.pk).exists()


def test_restoring_brings_back_words_order_and_ids() -> None:
    held = draft(book())
    add(held.pk, "Three.")
    version, was = named(held), in_draft(held.pk)
    type_in_draft(held.pk, lambda blocks: [blocks[2], said("Another."), blocks[0]])
    restore_version(actor=None, version_id=version.pk)
    assert in_draft(held.pk) == was
    now = Chapter.objects.get(pk=held.pk)
    assert (now.text, now.paragraph_ids) == was


def test_what_was_there_before_is_kept_and_can_be_restored() -> None:
    held = draft(book())
    author = author_of(held.book)
    version = named(held)
    add(held.pk, "Precious.")
    before = in_draft(held.pk)
    restore_version(actor=author, version_id=version.pk)
    kept = Version.objects.get(kind=VersionKind.RESTORING)
    assert (kept.text, kept.paragraph_ids) == before
    assert kept.actor == author
    [event] = events(held.pk, "draft:versionRestored")
    assert (event["versionId"], event["username"]) == (version.pk, author.username)
    restore_version(actor=author, version_id=kept.pk)
    assert in_draft(held.pk) == before


def test_restoring_back_and_forth_does_not_fill_the_list() -> None:
    held = draft(book())
    version = named(held)
    add(held.pk, "Precious.")
    restore_version(actor=None, version_id=version.pk)
    for _ in range(2):
        for other in Version.objects.order_by("-pk"):
            restore_version(actor=None, version_id=other.pk)
            restore_version(actor=None, version_id=other.pk)
    assert kinds(held.pk) == ["named", "restoring"]


def test_restoring_what_is_there_changes_nothing() -> None:
    held = draft(book())
    in_draft(held.pk)
    version = named(held)
    type_in_draft(held.pk, lambda blocks: [*blocks, said("")])
    count = Event.objects.filter(type="draft:update").count()
    restore_version(actor=None, version_id=version.pk)
    # A line that somebody has begun and not written in is in no version, and stays.
    assert len(drafts.current(held.pk)) == 3
    # But for the id that the new line got.
    assert Event.objects.filter(type="draft:update").count() == count + 1
    assert not events(held.pk, "draft:versionRestored")
    assert kinds(held.pk) == ["named"]


def test_who_types_while_it_is_restored_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    version = named(held)
    add(held.pk, "Goes.")
    replacing = drafts.replacing
    typed = iter(["Typed in what goes.", ""])

    def overtaken(*arguments: object) -> object:
        prepared = replacing(*arguments)  # type: ignore[arg-type]
        if words := next(typed):
            type_in_draft(held.pk, lambda blocks: [said(f"{ONE} And on.", blocks[0].id), blocks[1], said(words)])
        return prepared

    monkeypatch.setattr(drafts, "replacing", overtaken)
    restore_version(actor=None, version_id=version.pk)
    kept = Version.objects.get(kind=VersionKind.RESTORING)
    assert kept.text == f"{ONE} And on.\n\n{TWO}\n\nTyped in what goes."
    assert in_draft(held.pk)[0] == TEXT


def test_who_never_stops_typing_goes_on_in_what_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    version = named(held)
    add(held.pk, "Goes.")
    replacing = drafts.replacing
    times: list[int] = []

    def overtaken(*arguments: object) -> object:
        prepared = replacing(*arguments)  # type: ignore[arg-type]
        times.append(len(times))
        type_in_draft(held.pk, lambda blocks: [said(f"{ONE}{' on' * len(times)}", blocks[0].id), *blocks[1:]])
        return prepared

    monkeypatch.setattr(drafts, "replacing", overtaken)
    restore_version(actor=None, version_id=version.pk)
    assert in_draft(held.pk)[0] == f"{ONE} on\n\n{TWO}"
    assert len(times) == 3


def test_readers_see_a_restored_version_when_the_changes_are_published() -> None:
    out = chapter(book())
    version = named(out)
    add(out.pk, "More.")
    publish_changes(actor=None, chapter_id=out.pk)
    restore_version(actor=None, version_id=version.pk)
    assert Chapter.objects.get(pk=out.pk).text == f"{TEXT}\n\nMore."
    publish_changes(actor=None, chapter_id=out.pk)
    assert Chapter.objects.get(pk=out.pk).text == TEXT


def test_a_version_that_is_too_long_for_a_text_is_restored_in_the_draft_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    version = named(held)
    add(held.pk, "More.")
    monkeypatch.setattr(limits, "CHAPTER", 10)
    restore_version(actor=None, version_id=version.pk)
    assert in_draft(held.pk)[0] == TEXT


def test_restored_with_all_that_goes_with_it_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    held = draft(book())
    version = named(held)
    add(held.pk, "More.")

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(signals.version_restored, "send", fail)
    with pytest.raises(ZeroDivisionError):
        restore_version(actor=None, version_id=version.pk)
    assert in_draft(held.pk)[0] == f"{TEXT}\n\nMore."
    assert kinds(held.pk) == ["named"]


def test_two_versions_are_compared_and_a_version_with_the_draft() -> None:
    held = draft(book())
    first = named(held)
    add(held.pk, "Second.")
    second = named(held)
    type_in_draft(held.pk, lambda blocks: blocks[1:])

    def fates(one: Version, other: Version | None) -> list[str]:
        found = compare_versions(actor=None, version_id=one.pk, other_id=other and other.pk)
        return [each.fate for each in found]

    assert fates(first, second) == ["kept", "kept", "added"]
    assert fates(second, first) == ["kept", "kept", "removed"]
    assert fates(second, None) == ["removed", "kept", "kept"]
    with pytest.raises(NotFound):
        fates(first, named(draft(held.book)))


def test_only_named_versions_are_deleted_and_their_name_is_gone_from_the_log() -> None:
    held = draft(book())
    version = named(held, "A secret name")
    add(held.pk, "More.")
    restore_version(actor=None, version_id=version.pk)
    with pytest.raises(Conflict):
        delete_version(actor=None, version_id=Version.objects.get(kind=VersionKind.RESTORING).pk)
    delete_version(actor=None, version_id=version.pk)
    assert kinds(held.pk) == ["restoring"]
    assert not Event.objects.filter(payload__contains="secret").exists()
    with pytest.raises(NotFound):
        delete_version(actor=None, version_id=version.pk)


def test_versions_are_for_those_who_may_change_the_chapter_now() -> None:
    held = draft(book())
    of_drafts = worker_on(held.book, "editor", rights=Right.EDIT_DRAFTS)
    beta, reader = worker_on(held.book, "beta", rights=Right.VIEW_DASHBOARD), somebody()
    version = named(held, actor=of_drafts)
    assert version_by_id(of_drafts, version.pk) == version
    assert list(versions_of(of_drafts, held)) == [version]
    for person in (beta, reader):
        for act in (delete_version, restore_version, compare_versions):
            with pytest.raises(NotFound):
                act(actor=person, version_id=version.pk)
        with pytest.raises((Forbidden, NotFound)):
            named(held, actor=person)
        with pytest.raises(NotFound):
            version_by_id(person, version.pk)
    publish_chapter(actor=None, chapter_id=held.pk)
    with pytest.raises(NotFound):
        restore_version(actor=of_drafts, version_id=version.pk)
    with pytest.raises(Forbidden):
        versions_of(of_drafts, Chapter.objects.get(pk=held.pk))


def test_what_staff_do_with_versions_is_written_down() -> None:
    held = draft(book(visibility="private"))
    able = staff("books.change_chapter")
    version = named(held, actor=able)
    add(held.pk, "More.")
    restore_version(actor=able, version_id=version.pk)
    delete_version(actor=able, version_id=version.pk)
    target = f"chapter:{held.pk}"
    assert acts_of(able) == [("version:name", target), ("version:restore", target), ("version:delete", target)]


def test_over_the_api() -> None:
    held = draft(book())
    author = browser(author_of(held.book))
    add(held.pk, "More.")
    made = author.post(f"/api/v1/chapters/{held.pk}/versions/", {"name": "One"}, format="json").json()
    assert (made["kind"], made["name"], made["person"]["username"]) == ("named", "One", author_of(held.book).username)
    type_in_draft(held.pk, lambda blocks: blocks[:1])
    address = f"/api/v1/versions/{made['id']}/"
    shown = author.get(address).json()
    assert shown["text"] == f"{TEXT}\n\nMore."
    assert len(shown["paragraphIds"]) == 3
    changes = author.get(f"{address}changes/").json()
    assert [one["fate"] for one in changes] == ["kept", "removed", "removed"]
    assert changes[2]["pieces"] == [{"fate": "removed", "text": "More."}]
    assert changes[2]["paragraphId"] == shown["paragraphIds"][2]
    assert author.post(f"{address}restore/").json()["wordCount"] == made["wordCount"]
    other = author.get(f"/api/v1/chapters/{held.pk}/versions/").json()["results"][0]
    assert (other["kind"], other["id"] > made["id"]) == ("restoring", True)
    assert [one["fate"] for one in author.get(f"{address}changes/?to={other['id']}").json()].count("kept") == 1
    for nonsense in ("x", "0", "9" * 30):
        assert author.get(f"{address}changes/?to={nonsense}").status_code == 400
    assert author.get(f"{address}changes/?to={2**40}").status_code == 404
    assert author.delete(address).status_code == 204
    assert author.get(address).status_code == 404
