"""A book with volumes, notes and awkward characters, and how its file is opened."""

import io
import zipfile

import pytest

from books.epub.writer import write_epub
from books.models import Book
from books.selectors.books import get_book
from books.selectors.chapters import published
from tests.books.library import book, chapter, somebody, worker_on

ADDRESS = "https://livrya.example/books/ferry/"


def written(a_book: Book) -> bytes:
    found = get_book(None, book_id=a_book.pk)
    output = io.BytesIO()
    write_epub(found, list(published(found).defer(None)), address=ADDRESS, output=output)
    return output.getvalue()


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


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
