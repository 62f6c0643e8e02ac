"""White space, marks and ornaments, as books have them and not as programs write them."""

import pytest

from books.drafting import markdown
from books.drafting.blocks import HardBreak, Inline, Mark, Span
from books.importing.foreign.tidying import blocks_of, is_ornament, line_of

pytestmark = pytest.mark.either_database

ITALIC: frozenset[Mark] = frozenset({"italic"})


@pytest.mark.parametrize(
    ("inlines", "text"),
    [
        ([Span("  the \n river\t ")], "the river"),
        ([Span("so "), Span("it ", ITALIC), Span("is")], "so _it_ is"),
        ([Span("it ", ITALIC), Span(" was", ITALIC)], "_it was_"),
        ([Span("so"), Span(" ", ITALIC), Span("it")], "so it"),
        ([Span("a\xa0b")], "a\xa0b"),
        ([Span(" verse "), HardBreak(), Span(" verse")], "verse\nverse"),
        ([HardBreak(), Span("one"), HardBreak(), HardBreak(), Span(" "), HardBreak(), Span("two")], "one\n\ntwo"),
        ([Span(" * * * ")], "***"),
        ([Span("#")], "***"),
        ([Span("…")], "…"),
        ([Span("\u200b ")], ""),
        ([], ""),
    ],
)
def test_a_paragraph_is_as_our_editor_would_have_it(inlines: list[Inline], text: str) -> None:
    assert markdown.write(list(blocks_of(inlines))) == text


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("***", True),
        ("⁂", True),
        ("~~~", True),
        ("• • •", True),
        ("—", False),
        ("...", False),
        ("* a *", False),
        ("", False),
    ],
)
def test_ornaments_are_scene_breaks(words: str, is_one: bool) -> None:
    assert is_ornament(words) == is_one


def test_a_title_on_two_lines_is_one_line() -> None:
    assert line_of([Span("CHAPTER I"), HardBreak(), Span("Ice")]) == "CHAPTER I: Ice"
    assert line_of([Span("CHAPTER I."), HardBreak(), Span("Ice")]) == "CHAPTER I. Ice"
