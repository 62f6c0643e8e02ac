"""Small files that look as if they kept the reader busy for a minute."""

import time

import pytest

from books.importing.foreign.encodings import decoded_as
from books.importing.foreign.formats import answer
from books.importing.foreign.parsing import MOST_UNFINISHED
from books.importing.foreign.shapes import Reason


@pytest.mark.parametrize(
    ("kind", "data", "refused"),
    [
        ("html", b"<style>" + b"a" * 200_000 + b"</style><p>x", None),
        ("html", b"<style>" + b"/*" * 400_000 + b"</style><p>x", None),
        ("html", b"<meta charset=punycode><p>\xff-" + b"a" * 400_000, None),
        ("html", b"<a " * 50_000, Reason.BROKEN),
        ("html", b"<!--" * 50_000, Reason.BROKEN),
        ("md", b"---\ntitle: a" + b" " * 200_000 + b"b\n---\nx", None),
        ("txt", b"*** START OF TH\n" * 40_000 + b"x", None),
    ],
    ids=["style", "comments in a style", "punycode", "tags", "comments", "field", "gutenberg"],
)
def test_the_time_it_takes_grows_no_faster_than_the_file(kind: str, data: bytes, refused: Reason | None) -> None:
    began = time.process_time()
    assert answer(kind, data).refused == refused
    assert time.process_time() - began < 8


def test_a_file_that_was_cut_off_within_a_tag_is_read() -> None:
    found = answer("html", b"<p>The river moved.</p><p class='").reading
    assert found is not None
    assert found.chapters[0].text.startswith("The river moved.")
    assert answer("html", b"<p>x" + b"<a " * (MOST_UNFINISHED // 2 - 1)).reading is not None


@pytest.mark.parametrize("name", ["punycode", "idna", "raw_unicode_escape", "Unicode-Escape", "undefined", "hex", "?"])
def test_what_is_no_encoding_of_a_file_is_none(name: str) -> None:
    with pytest.raises(LookupError):
        decoded_as(b"x", name)
