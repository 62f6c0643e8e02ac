"""The cover of a book that has no picture."""

from xml.etree import ElementTree

import pytest

from books.epub.cover import _INKS, _MOST_LINES, break_lines, typographic_cover

pytestmark = pytest.mark.either_database


def test_a_cover_breaks_long_titles_between_words_or_else_between_characters():
    assert break_lines("The Whale", 11) == ["The Whale"]
    assert all(len(line) <= 21 for line in break_lines("A very long title indeed, about nothing at all", 11))
    assert break_lines("雨の図書館", 3) == ["雨の図", "書館"]
    assert break_lines("", 5) == []


def test_a_cover_has_the_title_and_the_authors_as_they_are_written():
    cover = ElementTree.fromstring(typographic_cover("Salt & <Letters>", "Ada & Lund", key=3, direction="rtl"))
    words = " ".join(" ".join(cover.itertext()).split())
    assert "Salt &" in words
    assert "<Letters>" in words
    assert "Ada & Lund" in words
    assert "rtl" in {value for element in cover.iter() for value in element.attrib.values()}


def test_a_title_that_does_not_fit_ends_in_dots_and_the_key_chooses_the_ink():
    endless = typographic_cover("word " * 100, "", key=0, direction="ltr")
    assert "word…" in endless
    assert endless.count("<text") == _MOST_LINES
    inks = {typographic_cover("Ember", "", key=key, direction="ltr") for key in range(24)}
    assert len(inks) == len(_INKS)
