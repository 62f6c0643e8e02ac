"""Files of other programs, brought in without scripts."""

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from books.importing.foreign.shapes import MOST_CHAPTERS, Remark
from books.models import Book, Chapter, Import
from livrya.accounts.models import User
from livrya.site.pages.importing import REMARKS
from tests.livrya.site.pages.conftest import Library, signed_in

FILE = b"# Salt\n\nThe _tide_ went.\n\n![x](y.png)\n\n# Ash\n\nIt came again."


def send(person: User, where: str = "", name: str = "letters.md", data: bytes = FILE) -> tuple[Client, str]:
    """Sends a file; returns the browser and the page on which it is shown."""
    client = signed_in(person)
    answer = client.post(f"/write/new/file/{where}", {"file": SimpleUploadedFile(name, data)})
    return client, answer.headers["Location"]


def test_it_is_for_somebody_signed_in(library: Library) -> None:
    assert Client().get("/write/new/file/").status_code == 302
    _, address = send(library.author)
    assert Client().get(address).status_code == 302
    assert signed_in(library.reader).get(address).status_code == 404


def test_a_file_is_shown_and_becomes_a_book(library: Library) -> None:
    client, address = send(library.reader)
    page = client.get(address).content.decode()
    for words in ("letters.md", "2 chapters", "Salt", "The tide went.", "3 words", str(REMARKS[Remark.PICTURES])):
        assert words in page
    assert not Book.objects.filter(title__startswith="Salt").exists()
    answer = client.post(address, {"to": "new", "title": "Salt Letters", "chapters": ["0", "1"]}, follow=True)
    assert answer.redirect_chain == [("/write/salt-letters/", 302)]
    assert "2 chapters are here, as drafts." in answer.content.decode()
    made = Chapter.objects.filter(book__slug="salt-letters").order_by("number")
    assert [chapter.text for chapter in made] == ["The _tide_ went.", "It came again."]
    again = client.post(address, {"to": "new", "title": "Salt Letters", "chapters": ["0", "1"]}, follow=True)
    assert again.redirect_chain == [("/write/salt-letters/", 302)]
    assert Book.objects.filter(title="Salt Letters").count() == 1
    assert "Open “Salt Letters”" in client.get(address).content.decode()


def test_it_is_added_to_the_book_it_was_for(library: Library) -> None:
    client, address = send(library.author, f"?book={library.book.pk}")
    assert 'value="book" checked' in client.get(address).content.decode()
    client.post(address, {"to": "book", "book": str(library.book.pk), "chapters": ["1"]})
    assert Chapter.objects.filter(book=library.book).order_by("number").last().title == "Ash"  # type: ignore[union-attr]


def test_it_becomes_the_text_of_the_chapter_it_was_for(library: Library) -> None:
    chapter = library.chapters[2]
    client, address = send(library.author, f"?chapter={chapter.pk}")
    page = client.get(address).content.decode()
    assert 'value="chapter" checked' in page
    answer = client.post(address, {"to": "chapter", "chapter": str(chapter.pk), "chapters": ["0"]})
    assert answer.headers["Location"] == f"/write/the-lamp-room/{chapter.pk}/"
    chapter.refresh_from_db()
    assert (chapter.title, chapter.text) == ("Flame", "The _tide_ went.")


def test_in_a_chapter_that_is_out_the_changes_are_shown(library: Library) -> None:
    chapter = library.chapters[0]
    client, address = send(library.author, f"?chapter={chapter.pk}")
    answer = client.post(address, {"to": "chapter", "chapter": str(chapter.pk), "chapters": ["0"]}, follow=True)
    assert answer.redirect_chain == [(f"/write/the-lamp-room/{chapter.pk}/changes/", 302)]
    assert "Publish changes" in answer.content.decode()


def test_what_it_was_for_counts_only_where_one_writes(library: Library) -> None:
    reader = signed_in(library.reader)
    published, unseen = library.chapters[0].pk, library.chapters[2].pk
    for where in (f"?book={library.book.pk}", f"?chapter={published}", f"?chapter={unseen}", "?book=x", "?chapter=-1"):
        assert "It becomes a book, or chapters of one." in reader.get(f"/write/new/file/{where}").content.decode()
    client, address = send(library.reader)
    wanted = {"to": "book", "book": str(library.book.pk), "chapters": ["0"]}
    assert client.post(address, wanted).status_code == 403
    assert not Import.objects.get().accepted_at


def test_a_file_that_is_not_read_says_why_beside_the_field(library: Library) -> None:
    client = signed_in(library.author)
    for name, data, sentence in (
        ("a.pdf", b"%PDF", "Give a .docx"),
        ("a.docx", b"%PDF", "not what its name says"),
        ("a.md", b"", "empty"),
    ):
        page = client.post("/write/new/file/", {"file": SimpleUploadedFile(name, data)}).content.decode()
        assert sentence in page.partition("field__errors")[2]
    assert "field__errors" in client.post("/write/new/file/", {}).content.decode()


def test_nothing_chosen_is_said_and_the_file_stays(library: Library) -> None:
    client, address = send(library.author)
    answer = client.post(address, {"to": "new", "title": "x"}, HTTP_REFERER=f"http://testserver{address}", follow=True)
    assert "Choose a chapter at least." in answer.content.decode()


def test_it_waits_on_the_desk_until_it_is_brought_in_or_forgotten(library: Library) -> None:
    client, address = send(library.author)
    assert address in client.get("/write/").content.decode()
    answer = client.post(address, {"dismiss": ""}, follow=True)
    assert "“letters.md” is forgotten." in answer.content.decode()
    assert address not in client.get("/write/").content.decode()


def test_what_was_interrupted_is_offered_again(library: Library) -> None:
    client, address = send(library.author)
    kept = Import.objects.get()
    Import.objects.update(accepted_at=kept.created_at, chosen=[0, 1], done=0, book=library.book)
    assert "0 of 2 chapters are written" in client.get(address).content.decode()
    assert client.post(address).headers["Location"] == "/write/the-lamp-room/"
    assert Chapter.objects.filter(book=library.book).count() == 5


def test_a_chapter_that_is_too_long_cannot_be_chosen(library: Library) -> None:
    client, address = send(library.author)
    kept = Import.objects.get()
    kept.outline[1]["fits"] = False
    kept.save()
    page = client.get(address).content.decode()
    assert 'value="1" disabled' in page
    assert "longer than a chapter may be" in page


def test_a_form_has_room_for_every_chapter() -> None:
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS > MOST_CHAPTERS + 10


def test_every_remark_is_said_in_words() -> None:
    assert REMARKS.keys() == set(Remark)


def test_the_desk_leads_there(library: Library) -> None:
    client, chapter = signed_in(library.author), library.chapters[2]
    for page, link in (
        ("/write/", "/write/new/file/"),
        ("/write/the-lamp-room/", f"/write/new/file/?book={library.book.pk}"),
        (f"/write/the-lamp-room/{chapter.pk}/", f"/write/new/file/?chapter={chapter.pk}"),
    ):
        assert f'href="{link}"' in client.get(page).content.decode()
        assert client.get(link).status_code == 200


def test_what_was_interrupted_is_on_the_desk_and_can_be_forgotten(library: Library) -> None:
    client, address = send(library.author)
    Import.objects.update(accepted_at=timezone.now(), book=library.book, chosen=[0, 1], done=1)
    assert address in client.get("/write/").content.decode()
    page = client.get(address).content.decode()
    assert "Go on" in page
    assert "Forget this file" in page
    client.post(address, {"dismiss": ""})
    assert not Import.objects.exists()


def test_what_is_here_is_not_on_the_desk(library: Library) -> None:
    client, address = send(library.author)
    client.post(address, {"to": "new", "chapters": ["0"]})
    assert address not in client.get("/write/").content.decode()
