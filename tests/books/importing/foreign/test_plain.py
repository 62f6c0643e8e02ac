"""Plain text becomes paragraphs and chapters."""

import pytest

from books.importing.foreign.plain import read
from books.importing.foreign.shapes import Remark

pytestmark = pytest.mark.either_database

FULL = "This line is as long as a screen was wide, and goes on below it\nfor a word or _two of them_ more."
VERSE = "The river moved.\nNobody saw."


def texts(source: str) -> list[tuple[str, str]]:
    return [(chapter.title, chapter.text) for chapter in read(source.encode()).chapters]


def test_chapters_begin_at_their_lines() -> None:
    assert texts("Chapter 1\n\na\n\nb\n\n\nChapter 2\nIce\n\n* * *\n\nc") == [
        ("Chapter 1", "a\n\nb"),
        ("Chapter 2. Ice", "***\n\nc"),
    ]


def test_full_lines_are_joined_and_verse_stays() -> None:
    ((_, text),) = texts(f"{FULL}\n\n{VERSE}\n\n{FULL}")
    prose = FULL.replace("\n", " ")
    assert text == f"{prose}\n\n{VERSE}\n\n{prose}"


def test_a_text_without_blank_lines_has_a_paragraph_on_each() -> None:
    ((_, text),) = texts("\r\n".join(f"line {number}" for number in range(30)))
    assert text.count("\n\n") == 29


def test_what_gutenberg_writes_around_a_book_is_not_of_it() -> None:
    source = (
        f"Licence\n*** START OF THE PROJECT GUTENBERG EBOOK ***\nCHAPTER I.\n\n{VERSE}\n\n*** END OF THE PROJECT\nmore"
    )
    assert texts(source) == [("CHAPTER I.", VERSE)]


def test_what_was_guessed_is_said() -> None:
    assert read("Café".encode("cp1252")).remarks == [Remark.ENCODING]
