"""The admin writes the library through the services, whichever way staff take."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from books import signals
from books.events import BookRoom
from books.models import Book, Chapter, ContentWarning, Credit, Invitation
from books.services.books import hide_book
from books.services.reviews import post_review
from books.services.subscriptions import subscribe
from books.services.versions import name_version
from realtime.testing.capture import capture_events
from tests.books.admin_pages import act, page, sent, staff
from tests.books.library import author_of, book, chapter, comment, draft, reader_of, somebody, worker_on

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("model", ["book", "chapter", "comment", "review", "subscription", "tag", "version"])
def test_every_list_and_search_opens(staff, model):
    out = chapter(book(tags=["Sea"]))
    comment(out)
    post_review(actor=reader_of(out), book_id=out.book_id, rating=3)
    subscribe(actor=somebody(), book_id=out.book_id)
    name_version(actor=None, chapter_id=out.pk, name="The first")
    for query in ("", "?q=whale"):
        assert staff.get(reverse(f"admin:books_{model}_changelist") + query).status_code == 200


def test_versions_are_looked_at_and_no_more(staff):
    version = name_version(actor=None, chapter_id=chapter(book()).pk, name="The first")
    page = reverse("admin:books_version_change", args=[version.pk])
    html = staff.get(page).content.decode()
    assert "Call me Ishmael." in html
    assert "_save" not in html
    assert staff.post(page, {"name": "Another"}).status_code == 403
    assert staff.post(reverse("admin:books_version_delete", args=[version.pk]), {"post": "yes"}).status_code == 403


def test_a_book_is_made_for_its_author(staff):
    author = somebody()
    status, html = sent(
        staff,
        reverse("admin:books_book_add"),
        title="Typee",
        tags="Sea, Whales",
        warnings=["2", "4"],
        author=author.pk,
    )
    assert status == 302, html
    made = Book.objects.get()
    assert author_of(made) == author
    assert made.content_warnings == [ContentWarning.DEATH, ContentWarning.ABUSE]
    assert made.tags.count() == 2


def test_a_book_that_is_refused_is_a_form_error(staff):
    status, html = sent(staff, reverse("admin:books_book_add"), title="Typee", language="no language at all")
    assert status == 200
    assert "A language tag" in html
    assert not Book.objects.exists()


def test_an_unchanged_form_changes_nothing(staff):
    made = book(tags=["Sea"], warnings=ContentWarning.DEATH, blurb="A hunt.\n\nAt sea.")
    chapter(made)
    worker_on(made)
    with capture_events() as captured:
        status, html = sent(staff, page(made))
    assert status == 302, html
    assert captured.events == []


def test_a_changed_description_is_heard(staff):
    made = book()
    with capture_events() as captured:
        status, _ = sent(staff, page(made), title="Moby-Dick", tags="Whales", slug="hack", hidden_at_0="2026-01-01")
    assert status == 302
    made.refresh_from_db()
    assert (made.title, made.slug, made.hidden_at) == ("Moby-Dick", "the-whale", None)
    assert captured.types(BookRoom(made.pk)) == ["book:updated"]


def test_people_readers_and_chapters_are_written_by_their_services(staff):
    made = book(visibility="private")
    old = draft(made, title="Old")
    worker_on(made, "editor")
    editor, reader = somebody(), somebody()
    status, html = sent(
        staff,
        page(made),
        **{
            "credits-TOTAL_FORMS": 2,
            "credits-0-DELETE": "on",
            "credits-1-user": editor.pk,
            "credits-1-kind": "narrator",
            "invitations-TOTAL_FORMS": 1,
            "invitations-0-user": reader.pk,
            "chapters-TOTAL_FORMS": 2,
            "chapters-0-title": "New",
            "chapters-1-title": "Another",
        },
    )
    assert status == 302, html
    assert list(Credit.objects.exclude(kind="author").values_list("user_id", "kind")) == [(editor.pk, "narrator")]
    assert Invitation.objects.get().user == reader
    old.refresh_from_db()
    assert (old.title, old.version) == ("New", 2)
    assert list(Chapter.objects.order_by("number").values_list("title", flat=True)) == ["New", "Another"]


def test_a_refused_inline_undoes_the_whole_form(staff):
    made = book()
    status, html = sent(
        staff,
        page(made),
        **{
            "title": "Changed",
            "credits-TOTAL_FORMS": 1,
            "credits-0-user": author_of(made).pk,
            "credits-0-kind": "beta",
        },
    )
    assert status == 200
    assert "has a part in the book already" in html
    made.refresh_from_db()
    assert made.title == "The Whale"


def test_hiding_restoring_and_deleting_books(staff):
    made, other = book(), book()
    act(staff, "hide", made)
    made.refresh_from_db()
    assert made.hidden_at
    act(staff, "restore", made)
    made.refresh_from_db()
    assert made.hidden_at is None
    deleted = []

    def hear(book, **_):
        deleted.append(book.slug)

    signals.book_deleted.connect(hear)
    act(staff, "delete_selected", made, other)
    signals.book_deleted.disconnect(hear)
    assert sorted(deleted) == ["the-whale", "the-whale-2"]
    assert not Book.objects.exists()


def test_a_chapter_is_made_changed_and_scheduled(staff):
    made = book()
    status, html = sent(staff, reverse("admin:books_chapter_add"), book=made.pk, title="Loomings", text="Call me.")
    assert status == 302, html
    chapter = Chapter.objects.get()
    at = timezone.now() + timedelta(days=1)
    status, html = sent(
        staff,
        page(chapter),
        text="Call me Ishmael.",
        release_at_0=f"{at:%Y-%m-%d}",
        release_at_1=f"{at:%H:%M:%S}",
        state="published",
        number=9,
    )
    assert status == 302, html
    chapter.refresh_from_db()
    assert (chapter.text, chapter.state, chapter.number, chapter.version) == ("Call me Ishmael.", "scheduled", 1, 2)


def test_a_stale_chapter_form_overwrites_nothing(staff):
    made = draft(book())
    Chapter.objects.filter(pk=made.pk).update(version=5)
    status, html = sent(staff, page(made), text="Mine.", version="4")
    assert status == 200
    assert "Somebody else has changed this" in html


def test_hidden_books_can_be_opened_here(staff):
    made = book()
    hide_book(actor=None, book_id=made.pk)
    assert staff.get(page(made)).status_code == 200
