"""Chapters begin where a reader would say that they do."""

import pytest

from books.drafting.blocks import Block, Span
from books.importing.foreign import splitting
from books.importing.foreign.shapes import Reason, Unreadable
from books.importing.foreign.splitting import Anchor, Aside, Heading, Piece, chapters_of, heading_of_line

pytestmark = pytest.mark.either_database


def flow(*said: str) -> list[Piece]:
    """`# x` is a heading, `! x` an aside, everything else a paragraph."""
    pieces: list[Piece] = []
    for line in said:
        marks, _, words = line.partition(" ")
        if marks and not marks.strip("#"):
            pieces.append(Heading(len(marks), words))
        elif marks == "!":
            pieces.append(Aside(Block((Span(words),))))
        else:
            pieces.append(Block((Span(line),)))
    return pieces


def found(*said: str, by_contents: bool = False, title: str = "Book") -> tuple[str, list[tuple[str, str, str]]]:
    title, chapters = chapters_of(flow(*said), title=title, by_contents=by_contents)
    return title, [(chapter.volume, chapter.title, chapter.text) for chapter in chapters]


def test_headings_of_one_level_are_chapters() -> None:
    assert found("# One", "a", "# Two", "b") == ("Book", [("", "One", "a"), ("", "Two", "b")])


def test_a_single_one_above_others_is_the_books_title() -> None:
    assert found("# The Ferry", "## One", "a", "## Two", "b") == ("The Ferry", [("", "One", "a"), ("", "Two", "b")])


def test_what_stands_before_the_first_is_a_chapter_called_as_the_book() -> None:
    _, chapters = found("# The Ferry", "For Ada.", "## One", "a", "## Two", "b")
    assert chapters[0] == ("", "The Ferry", "For Ada.")


def test_headings_right_above_others_are_volumes() -> None:
    _, chapters = found("# Spring", "## One", "a", "## Two", "b", "# Summer", "## Three", "c", "# Epilogue", "d")
    assert chapters == [("Spring", "One", "a"), ("Spring", "Two", "b"), ("Summer", "Three", "c"), ("", "Epilogue", "d")]


def test_volumes_of_volumes_are_named_together() -> None:
    _, chapters = found(
        "# I", "## Book 1", "### One", "a", "## Book 2", "### Two", "b", "# II", "## Book 1", "### Three", "c"
    )
    assert chapters == [("I · Book 1", "One", "a"), ("I · Book 2", "Two", "b"), ("II · Book 1", "Three", "c")]


def test_headings_within_chapters_stay_headings() -> None:
    assert found("# One", "a", "## Part", "b", "### Deep", "c", "# Two", "d")[1] == [
        ("", "One", "a\n\n## Part\n\nb\n\n### Deep\n\nc"),
        ("", "Two", "d"),
    ]


def test_a_chapter_with_one_section_is_one_chapter() -> None:
    assert found("# One", "a", "## Part", "b")[1] == [("", "One", "a\n\n## Part\n\nb")]


def test_contents_are_taken_at_their_word() -> None:
    said = ("# One", "a", "# Two", "b", "# Spring", "## Three", "c")
    assert found(*said, by_contents=True)[1][-1] == ("Spring", "Three", "c")
    assert found("# One", "a", "Chapter 2", "b", by_contents=True)[1] == [("", "One", "a\n\nChapter 2\n\nb")]
    assert found("# Spring", "## One", "a", by_contents=True) == ("Book", [("Spring", "One", "a")])


def test_without_headings_lines_say_where_chapters_begin() -> None:
    _, chapters = found(
        "Part One", "Chapter 1", "a", "Chapter 2. Ice", "b", "Part Two", "Chapter 3", "c", "Epilogue", "d"
    )
    assert chapters == [
        ("Part One", "Chapter 1", "a"),
        ("Part One", "Chapter 2. Ice", "b"),
        ("Part Two", "Chapter 3", "c"),
        ("Part Two", "Epilogue", "d"),
    ]


@pytest.mark.parametrize(
    "line", ["Chapter 7", "CHAPTER XII.", "Kapitel 3: Eis", "Chapter Twenty-One", "第三章 冰", "Глава 2", "PROLOGUE"]
)
def test_lines_that_begin_chapters(line: str) -> None:
    assert heading_of_line(line) == Heading(8, line)


@pytest.mark.parametrize(
    "line", ["Chapter and verse he told them of it.", "Chapters", "Part of it", "The chapter", "", "Prologue to ruin"]
)
def test_lines_that_are_words_of_the_story(line: str) -> None:
    found = heading_of_line(line)
    assert found is None


def test_below_a_title_alone_lines_count_too() -> None:
    title, chapters = found("# The Ferry", "by Ada", "Chapter 1", "a", "Chapter 2", "b")
    assert (title, [one for _, one, _ in chapters]) == ("The Ferry", ["The Ferry", "Chapter 1", "Chapter 2"])
    assert found("# Chapter 1", "a", "b")[1] == [("", "Chapter 1", "a\n\nb")]


def test_a_text_without_any_is_one_chapter() -> None:
    assert found("a", "b") == ("Book", [("", "Book", "a\n\nb")])


def test_what_is_said_beside_a_chapter_is_its_note_and_places_are_nothing() -> None:
    _, (chapter,) = chapters_of([Anchor("x"), *flow("# One", "a", "! Thanks.")])
    assert (chapter.text, chapter.note) == ("a", "Thanks.")


def test_chapters_without_a_word_and_headings_without_one_are_left_out() -> None:
    assert found("# Contents", "# One", "a", "# ", "b")[1] == [("", "One", "a\n\nb")]


@pytest.mark.parametrize(("name", "most"), [("MOST_CHAPTERS", 1), ("MOST_CHARACTERS", 3)])
def test_more_than_a_book_holds_is_refused(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, name, most)
    assert found("# One", "aaa")
    with pytest.raises(Unreadable) as refused:
        found("# One", "aa", "# Two", "bb")
    assert refused.value.reason == Reason.TOO_MUCH


def test_a_file_without_a_word_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        found("# One")
    assert refused.value.reason == Reason.EMPTY
