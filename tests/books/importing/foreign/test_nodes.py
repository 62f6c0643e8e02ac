"""Packages are read by name, and nothing in them is expanded."""

import pytest

from books.importing.foreign.markup import MOST_DEPTH
from books.importing.foreign.nodes import decoded, read_nodes, with_ends
from books.importing.foreign.shapes import Reason, Unreadable

pytestmark = pytest.mark.either_database


def test_names_have_no_prefix_and_words_are_on_one_line() -> None:
    root = read_nodes(
        '<opf:a><dc:Title opf:Role="x">The\n Ferry</dc:Title><b/><dc:title><![CDATA[& on]]></dc:title></opf:a>'
    )
    assert [node.text for node in root.all("title")] == ["The Ferry", "& on"]
    title = root.first("title")
    assert title
    assert title.attributes == {"role": "x"}
    assert root.first("c") is None


def test_ends_that_are_missing_or_too_many_are_forgiven() -> None:
    root = read_nodes("<a><b>x</a></c><d>y")
    assert [child.name for child in root.children] == ["a", "d"]


def test_an_entity_is_only_what_it_is_called() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>'
    node = read_nodes(bomb).first("a")
    assert node
    assert node.text == "&b;&c;"


def test_what_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read_nodes("<a>" * MOST_DEPTH)
    assert refused.value.reason == Reason.TOO_DEEP


def test_what_html_would_read_on_has_an_end() -> None:
    assert (
        with_ends('<head><title/><script src="x"/></head>') == '<head><title></title><script src="x"></script></head>'
    )


@pytest.mark.parametrize(
    "data",
    [
        "é".encode(),
        b"\xef\xbb\xbf" + "é".encode(),
        "é".encode("utf-16"),
    ],
)
def test_marks_say_the_encoding(data: bytes) -> None:
    assert decoded(data) == "é"


def test_a_declaration_says_the_encoding_and_a_false_one_nothing() -> None:
    assert decoded(b'<?xml version="1.0" encoding="ISO-8859-1"?>\xe9').endswith("é")
    assert decoded(b'<?xml version="1.0" encoding="klingon"?>e').endswith("e")
