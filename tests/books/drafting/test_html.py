"""What is shown says what the blocks say, and nothing of it is code."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from markdown_it.common.normalize_url import normalizeLink

from books.drafting import html
from books.drafting.blocks import Block, HardBreak, Image, Inline, Kind, Mark, Span, normal
from tests.books.drafting.test_markdown import BOLD, BOTH, ITALIC, blocks

pytestmark = pytest.mark.either_database

MARKS: dict[str, Mark] = {"em": "italic", "strong": "bold", "s": "strike", "span": "smallCaps"}
AROUND: dict[str, Kind] = {
    "p": "paragraph",
    "blockquote": "quote",
    "h2": "heading",
    "h3": "heading",
    "ul": "item",
    "ol": "item",
    "hr": "break",
}
ATTRIBUTES = {
    "a": {"href", "rel"},
    "span": {"class"},
    "img": {"src", "alt", "loading"},
    "ul": {"class"},
    "ol": {"class", "start"},
    "hr": {"class"},
}


class Shown(HTMLParser):
    """Reads a piece of HTML as a block, and knows nothing of how it was made."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.kind: Kind | None = None
        self.inlines: list[Inline] = []
        self._open: list[str] = []
        self._link: str | None = None
        self.feed(piece)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert given.keys() <= ATTRIBUTES.get(tag, set())
        if tag in ("br", "img", "hr"):
            if tag == "br":
                self.inlines.append(HardBreak())
            elif tag == "img":
                self.inlines.append(Image(given["src"] or "", given["alt"] or ""))
            self.kind = self.kind or AROUND.get(tag)
            return
        assert tag in MARKS or tag in AROUND or tag in ("a", "li")
        self.kind = self.kind or AROUND.get(tag)
        self._open.append(tag)
        if tag == "a":
            assert given["rel"] == "nofollow ugc noopener"
            self._link = given["href"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self.inlines and isinstance(self.inlines[-1], HardBreak):
            assert data[0] == "\n"
            data = data[1:]
        if self._open == ["blockquote"]:
            assert data == "\n"
            return
        self.inlines.append(Span(data, frozenset(MARKS[tag] for tag in self._open if tag in MARKS), self._link))

    def block(self) -> Block:
        assert self.kind
        return normal(Block(tuple(self.inlines), self.kind))


def as_addressed(block: Block) -> Block:
    """Returns the block with the addresses as browsers get them."""
    return normal(
        replace(
            block,
            inlines=tuple(
                replace(one, link=normalizeLink(one.link)) if isinstance(one, Span) and one.link else one
                for one in block.inlines
            ),
        )
    )


@given(blocks)
@example(Block((Span("a", BOTH), Span("b", ITALIC), HardBreak(), Span("c", BOLD), Image("/media/a.png", '"<&>'))))
@example(Block((Span("<script>alert(1)</script>&lt;", BOLD, '/"><script>'), Span("\xa0<b")), "heading", 3))
def test_what_is_shown_says_what_the_block_says(given_block: Block) -> None:
    block = normal(given_block)
    (piece,) = html.pieces([block])
    shown = Shown(piece).block()
    expected = as_addressed(replace(block, level=0, ordered=False))
    assert (shown.kind, shown.inlines) == (expected.kind, expected.inlines)
    assert piece.startswith(f"<h{block.level}>") == (block.kind == "heading")
