"""What stands within a block: marks, links, new lines, and what of them is only words."""

from books.drafting.blocks import HardBreak, Inline, Mark, Span
from books.drafting.inline import read, read_words


def span(text: str, *marks: Mark, link: str | None = None) -> Span:
    return Span(text, frozenset(marks), link)


def test_marks_links_and_new_lines_are_read() -> None:
    source = "_Ishm_{}ael **bold ~~both~~** ^^Small^^ [a](https://x.org)\nz"
    expected: list[Inline] = [
        span("Ishm", "italic"),
        span("ael "),
        span("bold ", "bold"),
        span("both", "bold", "strike"),
        span(" "),
        span("Small", "smallCaps"),
        span(" "),
        span("a", link="https://x.org"),
        HardBreak(),
        span("z"),
    ]
    assert list(read(source)) == expected


def test_a_picture_of_another_site_is_words_and_a_link_that_runs_is_words() -> None:
    assert list(read("![p](http://y/z.png)")) == [span("!"), span("p", link="http://y/z.png")]
    assert list(read("[x](javascript:a)")) == [span("[x](javascript:a)")]


def test_words_alone_keep_their_signs_but_for_escapes() -> None:
    assert list(read_words("_a_ \\* {}b\nc")) == [span("_a_ * b"), HardBreak(), span("c")]


def test_brackets_that_belong_to_no_link_cost_next_to_nothing() -> None:
    """Each of them would have the parser look through all others: minutes, for these."""
    source = "[a][" * 50_000
    assert "".join(one.text for one in read(source) if isinstance(one, Span)) == source
