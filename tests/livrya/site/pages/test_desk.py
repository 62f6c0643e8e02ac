"""The author's desk, without scripts."""

from datetime import UTC, timedelta

from django.test import Client
from django.utils import timezone

from books.models import Book, Chapter, Credit
from books.services.credits import accept_credit, invite_person
from tests.books import test_drafts as drafts_tests
from tests.livrya.site.pages.conftest import signed_in


def desk(library):
    return signed_in(library.author)


def test_the_desk_is_for_people_of_the_book(library):
    assert Client().get("/write/").status_code == 302
    assert signed_in(library.reader).get("/write/the-lamp-room/").status_code == 403
    page = desk(library).get("/write/the-lamp-room/").content.decode()
    assert "Flame" in page


def test_a_book_is_begun_and_described(library):
    client = signed_in(library.reader)
    facts = {
        "title": "Salt Letters",
        "language": "en",
        "rating": "teen",
        "progress": "ongoing",
        "visibility": "public",
        "warnings": ["1", "2"],
        "tags": "sea, letters",
    }
    assert client.post("/write/new/", facts).headers["Location"] == "/write/salt-letters/"
    book = Book.objects.get(slug="salt-letters")
    assert [warning.name for warning in book.content_warnings] == ["VIOLENCE", "DEATH"]
    client.post("/write/salt-letters/about/", facts | {"title": "Salt and Letters", "warnings": []})
    book.refresh_from_db()
    assert (book.title, book.warnings) == ("Salt and Letters", 0)


def test_a_chapter_is_written_and_a_stale_save_keeps_what_was_typed(library):
    chapter = library.chapters[2]
    path = f"/write/the-lamp-room/{chapter.pk}/"
    words = {"version": chapter.version, "title": "Flame", "text": "It burns.\r\n\r\nStill.", "note": "", "volume": ""}
    assert desk(library).post(path, words).status_code == 302
    chapter.refresh_from_db()
    assert chapter.text == "It burns.\n\nStill."
    answer = desk(library).post(path, words | {"text": "Typed in the meantime."})
    assert answer.status_code == 200
    assert "Typed in the meantime." in answer.content.decode()
    chapter.refresh_from_db()
    assert chapter.text == "It burns.\n\nStill."


def test_a_beta_reader_reads_a_draft_and_has_no_form_that_saves(library):
    chapter = library.chapters[2]
    credit = invite_person(actor=library.author, book_id=library.book.pk, user_id=library.reader.pk, kind="beta")
    accept_credit(actor=library.reader, credit_id=credit.pk)
    path, client = f"/write/the-lamp-room/{chapter.pk}/", signed_in(library.reader)
    page = client.get(path).content.decode()
    assert "You may read this draft, not change it." in page
    assert 'placeholder="Begin." readonly>' in page
    assert ">Save</button>" not in page
    assert ">Save</button>" in desk(library).get(path).content.decode()
    words = {"version": chapter.version, "title": "Mine", "text": "Mine now.", "note": "", "volume": ""}
    assert client.post(path, words).status_code == 403
    sent = client.patch(f"/api/v1/chapters/{chapter.pk}/", words, content_type="application/json")
    assert (sent.status_code, sent.json()["code"]) == (403, "FORBIDDEN")
    assert Chapter.objects.get(pk=chapter.pk).text == chapter.text


def test_publish_schedule_and_back(library):
    chapter = library.chapters[2]
    path = f"/write/the-lamp-room/{chapter.pk}/release/"
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    client = desk(library)
    for form, state in (
        ({"act": "schedule", "publish_at": "2001-01-01T10:00"}, "draft"),
        ({"act": "schedule", "publish_at": "soon"}, "draft"),
        ({"act": "schedule", "publish_at": tomorrow}, "scheduled"),
        ({"act": "unschedule"}, "draft"),
        ({"act": "publish", "silent": "on"}, "published"),
    ):
        client.post(path, form)
        chapter.refresh_from_db()
        assert chapter.state == state


def test_changes_of_a_chapter_that_is_out_are_published_with_a_button(library):
    chapter = library.chapters[0]
    drafts_tests.in_draft(chapter.pk)
    drafts_tests.type_in_draft(chapter.pk, lambda blocks: [*blocks, drafts_tests.said("Written in the studio.")])
    page = f"/write/the-lamp-room/{chapter.pk}/"
    assert f"{page}changes/" in desk(library).get(page).content.decode()
    shown = desk(library).get(f"{page}changes/").content.decode()
    assert "<ins>Written in the studio.</ins>" in shown
    assert signed_in(library.reader).get(f"{page}changes/").status_code == 403
    stale = {"act": "changes", "version": str(chapter.version + 1)}
    assert desk(library).post(f"{page}release/", stale).status_code == 302
    chapter.refresh_from_db()
    assert "Written in the studio." not in chapter.text
    signed_in(library.reader).post(f"{page}release/", {"act": "changes"})
    chapter.refresh_from_db()
    assert "Written in the studio." not in chapter.text
    desk(library).post(f"{page}release/", {"act": "changes"})
    chapter.refresh_from_db()
    assert chapter.text.endswith("Written in the studio.")
    assert "Readers see all that is written here." in desk(library).get(f"{page}changes/").content.decode()


def test_a_schedule_is_on_the_authors_own_clock(library):
    chapter = library.chapters[2]
    path = f"/write/the-lamp-room/{chapter.pk}/release/"
    form = {"act": "schedule", "publish_at": f"{timezone.now().year + 1}-07-01T10:00"}
    for zone, hour in (("Asia/Tokyo", 1), ("America/New_York", 14), ("", 10)):
        desk(library).post(path, form | {"zone": zone})
        chapter.refresh_from_db()
        assert (chapter.publish_at.astimezone(UTC).hour, zone) == (hour, zone)
    for nowhere in ("Asia", "Nowhere/Land", "../etc/passwd"):
        desk(library).post(path, form | {"zone": nowhere, "publish_at": form["publish_at"].replace("T10", "T20")})
        chapter.refresh_from_db()
        assert chapter.publish_at.hour == 10


def test_a_stranger_releases_nothing(library):
    chapter = library.chapters[2]
    signed_in(library.reader).post(f"/write/the-lamp-room/{chapter.pk}/release/", {"act": "publish"})
    chapter.refresh_from_db()
    assert chapter.state == "draft"


def test_a_chapter_of_another_book_is_not_found(library):
    assert desk(library).get("/write/the-lamp-room/999999/").status_code == 404


def test_deleting_a_chapter(library):
    desk(library).post(f"/write/the-lamp-room/{library.chapters[2].pk}/release/", {"act": "delete"})
    assert not Chapter.objects.filter(pk=library.chapters[2].pk).exists()


def test_an_invitation_waits_on_the_desk_until_it_is_answered(library):
    desk(library).post("/write/the-lamp-room/people/", {"username": "tom", "kind": "co_author"})
    client = signed_in(library.reader)
    assert "The Lamp Room" in client.get("/write/").content.decode()
    assert client.get("/write/the-lamp-room/").status_code == 403
    credit = Credit.objects.get(user=library.reader)
    client.post(f"/write/credits/{credit.pk}/", {"accept": ""})
    assert client.get("/write/the-lamp-room/").status_code == 200
