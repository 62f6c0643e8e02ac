"""Where blocks begin and what they are: what Markdown says by lines."""

import pytest

from books.drafting.lines import Lines, begins_like_a_kind, is_scene_break, paragraphs, taken_apart


@pytest.mark.parametrize(
    ("block", "kind", "level", "ordered", "content"),
    [
        ("Words.", "paragraph", 0, False, "Words."),
        ("## One ##", "heading", 2, False, "One"),
        ("###### Deep", "heading", 3, False, "Deep"),
        ("> Said\n> twice", "quote", 0, False, "Said\ntwice"),
        ("+ + Item", "item", 2, False, "Item"),
        ("#. First", "item", 1, True, "First"),
        ("***", "break", 0, False, ""),
        ("- no item", "paragraph", 0, False, "- no item"),
    ],
)
def test_a_block_is_what_its_first_line_says(block: str, kind: str, level: int, ordered: bool, content: str) -> None:
    assert taken_apart(block) == Lines(kind, level, ordered, content)  # type: ignore[arg-type]  # a kind, as listed


def test_lines_that_begin_something_begin_a_block() -> None:
    text = "## One\nWords\n> Said\n+ First\n+ Second\n\n\nMore\r\nlines"
    assert paragraphs(text) == ["## One", "Words", "> Said\n+ First\n+ Second", "More\nlines"]
    assert paragraphs("+ First\n+ Second") == ["+ First", "+ Second"]


def test_scene_breaks_and_beginnings() -> None:
    assert [is_scene_break(block) for block in ("***", "* * *", "⁂", "---", "**", "x")] == [True] * 4 + [False] * 2
    assert [begins_like_a_kind(line) for line in ("# x", "> x", "+ x", "#. x", "- x", "1. x")] == [True] * 4 + [
        False
    ] * 2
