"""Blocks and documents for tests of drafts."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from books.drafting.blocks import Block, HardBreak, Image, Inline, Kind, Span, normal
from books.drafting.changing import change
from books.drafting.content import KINDS, MARKS, ROOT

# Of one byte to four, joined, stacked, from right to left, without spaces, what a document treats apart.
WORDS = [
    "a",
    "the",
    "house",
    "Haus",
    "é",
    "e\u0301",
    "👩‍👩‍👧",
    "𝔘",
    "سلام",
    "世界",
    "。",
    ",",
    "\u200b",
    "_",
    "*",
    "\t",
]
PICTURES = ["/media/a.png", "/media/b.png"]
IDS = [f"paragraph{number}" for number in range(8)]

ODD: dict[str, str] = json.loads((Path(__file__).parent / "odd.json").read_text())
"""Documents that no editor of ours makes, written by Yjs 13.6.33: odd roots, blocks, texts and attributes."""

texts = st.lists(st.sampled_from([*WORDS, " "]), max_size=12).map("".join)
spans = st.builds(
    Span,
    text=texts,
    marks=st.frozensets(st.sampled_from(MARKS), max_size=2),
    link=st.none() | st.sampled_from(["https://a.b/", "mailto:a@b.c"]),
)
things = st.just(HardBreak()) | st.builds(Image, src=st.sampled_from(PICTURES), alt=st.sampled_from(["", "one", "two"]))
inlines: st.SearchStrategy[Inline] = st.one_of(spans, spans, spans, things)

LINE = "Call me Ishmael. Some years ago, never mind how long precisely, I thought I would sail about a little."


def paragraph(*inlines: Inline | str, **attributes: Any) -> Block:
    return Block(tuple(Span(one) if isinstance(one, str) else one for one in inlines), **attributes)


@st.composite
def blocks(draw: st.DrawFn, of: st.SearchStrategy[Inline] = inlines, ids: bool = True) -> Block:
    kind: Kind = draw(st.just("paragraph") | st.sampled_from(KINDS))
    block = Block(
        tuple(draw(st.lists(of, max_size=5))),
        kind=kind,
        level=draw(st.integers(0, 3)),
        ordered=draw(st.booleans()),
        id=draw(st.none() | st.sampled_from(IDS)) if ids else None,
    )
    return normal(block)


@st.composite
def edited(draw: st.DrawFn, before: list[Block], of: st.SearchStrategy[Inline]) -> list[Block]:
    """Draws the blocks with some left out, put in, moved, and edited within."""
    after = list(before)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(after)))
        what = draw(st.sampled_from(["in", "out", "move", "within", "within", "within"]))
        if what == "in":
            after.insert(at, draw(blocks(of, ids=False)))
        elif at < len(after):
            block = after.pop(at)
            if what == "move":
                after.insert(draw(st.integers(0, len(after))), block)
            elif what == "within":
                after.insert(at, draw(edited_within(block, of)))
    return after


@st.composite
def edited_within(draw: st.DrawFn, block: Block, of: st.SearchStrategy[Inline]) -> Block:
    inside = list(block.inlines)
    at = draw(st.integers(0, len(inside)))
    if at < len(inside):
        one = inside[at]
        if isinstance(one, Span) and draw(st.booleans()):
            start = draw(st.integers(0, len(one.text)))
            stop = draw(st.integers(start, len(one.text)))
            other = draw(spans)
            middle = draw(st.sampled_from([Span(one.text[start:stop], other.marks, other.link), other]))
            cut = [Span(one.text[:start], one.marks, one.link), middle, Span(one.text[stop:], one.marks, one.link)]
            inside[at : at + 1] = cut
        else:
            del inside[at]
    else:
        inside.insert(at, draw(of))
    kind = draw(st.just(block.kind) | st.sampled_from(["paragraph", "heading", "item", "quote"]))
    return normal(Block(tuple(inside), kind, draw(st.integers(0, 3)), draw(st.booleans()), block.id))


@st.composite
def typing(draw: st.DrawFn, texts: list[XmlText]) -> dict[str, int]:
    """Types words into some of the texts; returns which word is in which text."""
    typed = {}
    for word in ["⟦one⟧", "⟦two😀⟧", "⟦three⟧"] if texts else []:
        text = draw(st.sampled_from(texts))
        said = "".join(piece for piece, _ in text.diff())
        places = [at for at in range(len(said) + 1) if said[:at].count("⟦") == said[:at].count("⟧")]
        text.insert(len(said[: draw(st.sampled_from(places))].encode()), word)
        typed[word] = hash(text)
    return typed


def document(update: bytes, **options: Any) -> Doc[Any]:
    """Returns a document that has heard this."""
    doc: Doc[Any] = Doc(**options)
    doc.apply_update(update)
    return doc


def root_of(doc: Doc[Any]) -> XmlFragment:
    return doc.get(ROOT, type=XmlFragment)


def texts_of(doc: Doc[Any]) -> list[XmlText]:
    """Returns the texts of all blocks, in order."""
    return [
        child
        for block in root_of(doc).children
        if isinstance(block, XmlElement)
        for child in block.children
        if isinstance(child, XmlText)
    ]


def meet(one: Doc[Any], other: Doc[Any]) -> None:
    """Tells both what the other one has."""
    one.apply_update(other.get_update(one.get_state()))
    other.apply_update(one.get_update(other.get_state()))


def update_of(doc: Doc[Any], after: list[Block]) -> bytes:
    """Returns what a change sends to others."""
    state = doc.get_state()
    change(doc, after)
    return doc.get_update(state)
