"""Writes a book as an EPUB 3 file.

Source: https://www.w3.org/TR/epub-33/ ; what it asks for is checked with epubcheck in the tests.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from html import escape, unescape
from itertools import groupby
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5

from django.template.loader import render_to_string

from books.epub.cover import typographic_cover
from books.languages import direction
from books.models import Book, Chapter, CreditKind
from books.services.rendering import Rendered, rendered
from books.text import render

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_IMAGES = {"webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
# HTML closes these by itself, XML does not.
_VOID = re.compile(r"<(br|hr)([^>]*?)\s*/?>")
# The file holds no pictures but its cover, and readers fetch none.
_PICTURE = re.compile(r'<img [^>]*?alt="([^"]*)"[^>]*>')
# What XML 1.0 cannot hold at all, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Source: MARC relator codes, which dc:creator and dc:contributor are refined with.
_RELATORS = {
    CreditKind.AUTHOR: "aut",
    CreditKind.CO_AUTHOR: "aut",
    CreditKind.EDITOR: "edt",
    CreditKind.NARRATOR: "nrt",
    CreditKind.TRANSLATOR: "trl",
}


@dataclass(frozen=True)
class Person:
    """Somebody named in the file; `relator` says as what."""

    name: str
    relator: str

    @property
    def is_author(self) -> bool:
        return self.relator == "aut"


@dataclass(frozen=True)
class Part:
    """A chapter as a file of its own; `paragraphs` are pieces of XHTML."""

    chapter: Chapter

    @property
    def name(self) -> str:
        return f"chapter-{self.chapter.number:05}.xhtml"

    @property
    def id(self) -> str:
        return f"chapter-{self.chapter.number}"

    @cached_property
    def paragraphs(self) -> list[str]:
        return [as_xhtml(piece) for piece in self._rendered.paragraphs]

    @cached_property
    def note(self) -> list[str]:
        return [as_xhtml(self._rendered.note)] if self._rendered.note else []

    @cached_property
    def _rendered(self) -> Rendered:
        return rendered(self.chapter)


def write_epub(book: Book, chapters: Sequence[Chapter], *, address: str, output: IO[bytes]) -> None:
    """Writes the book with these chapters, in order, into a binary file.

    `book` comes from a selector with its people and tags; `address` is the book's address on the web: the
    file's identity is derived from it, so that a newer file of the same book replaces the older one in a reader's
    library. The same input gives the same bytes. Memory: one chapter at a time, and the cover.
    """
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        # First and not compressed: it is how a file is recognised as an EPUB.
        archive.writestr(_entry("mimetype"), b"application/epub+zip", zipfile.ZIP_STORED)
        for name, content in _files(book, [Part(chapter) for chapter in chapters], address):
            archive.writestr(_entry(name), content, zipfile.ZIP_DEFLATED)


def as_xhtml(html: str) -> str:
    """Returns a piece of `books.text`'s HTML as XHTML."""
    # The only named entity that HTML writers use and XML does not know.
    return _VOID.sub(r"<\1\2/>", _PICTURE.sub(_in_words, html)).replace("&nbsp;", "&#160;")


def _in_words(picture: re.Match[str]) -> str:
    return escape(unescape(picture[1]), quote=False)


def people_of(book: Book) -> list[Person]:
    """Returns who made the book, authors first; the printed author replaces the accounts of authors."""
    credited = [
        Person(str(credit.user), _RELATORS[CreditKind(credit.kind)])
        for credit in book.people  # type: ignore[attr-defined]  # prefetched by the selectors
        if credit.kind in _RELATORS
    ]
    if book.byline:
        return [Person(book.byline, "aut"), *(person for person in credited if not person.is_author)]
    return sorted(credited, key=lambda person: not person.is_author)


def _files(book: Book, parts: Sequence[Part], address: str) -> Iterator[tuple[str, bytes]]:
    cover_name, cover_type, cover = _cover(book)
    about = {
        "book": book,
        "people": people_of(book),
        "direction": direction(book.language),
        "parts": parts,
        "address": address,
        "identifier": uuid5(NAMESPACE_URL, address).urn,
        "modified": max((part.chapter.updated_at for part in parts), default=book.updated_at).astimezone(UTC),
        "cover": {"name": cover_name, "type": cover_type},
    }
    yield "META-INF/container.xml", _document("container.xml", about)
    yield "EPUB/package.opf", _document("package.opf", about)
    volumes = [(title, list(group)) for title, group in groupby(parts, key=lambda part: part.chapter.volume)]
    yield "EPUB/nav.xhtml", _document("nav.xhtml", {**about, "volumes": volumes})
    yield "EPUB/style.css", _document("style.css", about)
    yield f"EPUB/{cover_name}", cover
    yield "EPUB/cover.xhtml", _document("cover.xhtml", about)
    blurb = [as_xhtml(piece) for piece in render(book.blurb)]
    yield "EPUB/title.xhtml", _document("title.xhtml", {**about, "blurb": blurb})
    for part in parts:
        yield f"EPUB/{part.name}", _document("chapter.xhtml", {**about, "part": part})


def _cover(book: Book) -> tuple[str, str, bytes]:
    extension = str(book.cover.name).rpartition(".")[2].lower() if book.cover else ""
    if extension in _IMAGES:
        try:
            with book.cover.open("rb") as file:
                return f"cover.{extension}", _IMAGES[extension], file.read()
        except FileNotFoundError:
            pass  # the file went missing; the book still deserves a cover
    authors = ", ".join(person.name for person in people_of(book) if person.is_author)
    svg = typographic_cover(book.title, authors, key=book.pk, direction=direction(book.language))
    return "cover.svg", "image/svg+xml", _NOT_XML.sub("", svg).encode()


def _document(template: str, context: dict[str, Any]) -> bytes:
    return _NOT_XML.sub("", render_to_string(f"books/epub/{template}", context)).encode()


def _entry(name: str) -> zipfile.ZipInfo:
    # A fixed time: what is written depends on the book alone.
    entry = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
    entry.external_attr = 0o644 << 16
    return entry
