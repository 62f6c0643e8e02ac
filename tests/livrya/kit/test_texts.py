"""The one rule for what people write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livrya.kit.texts import clean_line, clean_text, excerpt, search_words

FAMILY = "👩\u200d👩\u200d👧"
PERSIAN = "می\u200cخواهم"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ada \t Quill\n", "Ada Quill"),
        ("Ada\u202eevE", "AdaevE"),
        ("A\u200bd\u2060a\ufeff", "Ada"),
        ("A\x00d\x07a\x9f", "Ada"),
        ("e\u0301", "é"),
        (PERSIAN, PERSIAN),
        (f"we are {FAMILY}", f"we are {FAMILY}"),
        ("\u200dAda\u200c", "Ada"),
        ("宝船", "宝船"),
        ("עברית", "עברית"),
        ("x" + "\u0335" * 40, "x" + "\u0335" * 4),
        ("one\u2028two", "one two"),
        ("\u3164", ""),
        ("a\ue000\U000e0041b", "ab"),
        ("\u2800\u2800", ""),
        ("\u2820\u2801\u2800\u2803", "\u2820\u2801 \u2803"),
        ("A\ufe01d\ufe0fa\U000e0101", "Ada"),
        ("\u845b\U000e0100", "\u845b"),
        ("\ufe0f\ufe0f", ""),
        ("I \u2764\ufe0f\ufe0f you", "I \u2764\ufe0f you"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("1\ufe0f2", "12"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd"),
        ("a" + "\u0e49" * 60, "a" + "\u0e49" * 4),
        ("a" + "\u05b0" * 60, "a" + "\u05b0" * 4),
        ("x" + "\u0335\u200d" * 60, "x" + "\u0335\u200d" * 3 + "\u0335"),
        (
            "Ti\u1ebfng Vi\u1ec7t \u0928\u092e\u0938\u094d\u0924\u0947 \u05e9\u05b8\u05c1",
            "Ti\u1ebfng Vi\u1ec7t \u0928\u092e\u0938\u094d\u0924\u0947 \u05e9\u05b8\u05c1",
        ),
    ],
)
def test_a_line_keeps_what_can_be_seen(written: str, kept: str) -> None:
    assert clean_line(written) == kept


def test_a_text_keeps_its_paragraphs() -> None:
    assert clean_text(" one  \r\ntwo\r\r\r\rthree\u2029four\x00\n\n") == "one\ntwo\n\nthree\n\nfour"


def test_a_texts_own_markup_is_left_alone() -> None:
    assert clean_text("a <b>bold</b> *word*") == "a <b>bold</b> *word*"


def test_an_excerpt_is_cut_between_graphemes() -> None:
    assert excerpt("one two three", 7) == "one two"
    assert excerpt("short", 50) == "short"
    assert excerpt("ab" + FAMILY, 4) == "ab"
    assert len(excerpt("x" * 400, 50)) == 50


_TRICKY = st.text(
    st.sampled_from("aé1 \n❤\u0301\u0335\u05b0\u20e3\u200c\u200d\ufe0e\ufe0f\ufe01\u2800\u3164"), max_size=30
)


@given(st.text() | _TRICKY)
def test_cleaning_twice_changes_nothing_more(written: str) -> None:
    for clean in (clean_line, clean_text):
        assert clean(clean(written)) == clean(written)


@given(st.text(st.characters(codec=None)))
def test_what_is_kept_can_always_be_stored(written: str) -> None:
    clean_text(written).encode()
    assert "\x00" not in clean_line(written)


@given(_TRICKY)
def test_nothing_is_stacked_high_or_made_of_what_cannot_be_seen(written: str) -> None:
    line = clean_line(written)
    assert not set(line) & set("\u2800\u3164\ufe01")
    assert not re.search("[\u0301\u0335\u05b0]{5}", line)
    assert not re.search("[aé ][\ufe0e\ufe0f]", line)


@given(st.text(), st.integers(1, 60))
def test_an_excerpt_is_never_longer_than_asked(written: str, length: int) -> None:
    assert len(excerpt(written, length)) <= length


def test_few_and_short_words_are_looked_for() -> None:
    """A database tries a word at every place of every text."""
    assert search_words(" white\u200b  Whale\n") == ["white", "Whale"]
    words = search_words("a" * 5_000 + " b" * 5_000)
    assert (len(words), max(map(len, words))) == (8, 64)
