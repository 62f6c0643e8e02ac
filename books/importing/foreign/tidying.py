"""What stands in a paragraph of a file, as a block of ours has it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from books.drafting.blocks import Block, HardBreak, Inline, Kind, Span, is_empty
from books.drafting.storing import storable

# What HTML takes for one space; a no-break space is a character like others.
_SPACES = re.compile(r"[ \t\n\r\f]+")
# A line of nothing but these stands between scenes; of those that are also punctuation it takes three.
_ORNAMENTS = re.compile(r"[*#•·∗⁎⁂◆◇✦✧❦❧☙§●○♦♢✻✽❖]{1,12}|[-–—_=~.…]{3,12}")
_DOTS = re.compile(r"[.…]+")


def blocks_of(
    inlines: Iterable[Inline], kind: Kind = "paragraph", *, level: int = 0, ordered: bool = False
) -> Iterator[Block]:
    """Yields the blocks that these are; an empty line among them parts two. White space is HTML's: runs are one space.

    Ornaments by themselves are a scene break.
    """
    for lines in _paragraphs(inlines):
        content: list[Inline] = []
        for number, line in enumerate(lines):
            content += [HardBreak(), *line] if number else line
        if kind != "heading" and is_ornament(words_of(content)):
            yield Block(kind="break")
            continue
        block = storable(Block(tuple(content), kind, level, ordered))
        if not is_empty(block):
            yield block


def line_of(inlines: Iterable[Inline]) -> str:
    """Returns the words as one line, for a title; what stood on lines of its own is parted by a colon."""
    said = ""
    for lines in _paragraphs(inlines):
        for line in lines:
            words = words_of(line)
            said += words if not said else f" {words}" if said[-1] in ".:;!?–—-,…" else f": {words}"
    return said


def words_of(inlines: Iterable[Inline]) -> str:
    """Returns the words alone."""
    return "".join(one.text if isinstance(one, Span) else " " for one in inlines)


def is_ornament(words: str) -> bool:
    """Tells whether a paragraph is a scene break, as books set them; three dots are words that fail somebody."""
    bare = "".join(words.split())
    return _ORNAMENTS.fullmatch(bare) is not None and not _DOTS.fullmatch(bare)


def _paragraphs(inlines: Iterable[Inline]) -> Iterator[list[list[Span]]]:
    """Yields lines that stand together."""
    tidied = [_line(group) for is_break, group in groupby(_broken(inlines), lambda one: one is None) if not is_break]
    together: list[list[Span]] = []
    for line in tidied:
        if line:
            together.append(line)
        elif together:
            yield together
            together = []
    if together:
        yield together


def _broken(inlines: Iterable[Inline]) -> Iterator[Span | None]:
    """Yields the spans, None between lines, and something empty on each line, so that an empty one is a line too."""
    yield Span("")
    for one in inlines:
        if isinstance(one, HardBreak):
            yield None
            yield Span("")
        elif isinstance(one, Span):
            yield one


def _line(spans: Iterable[Span | None]) -> list[Span]:
    """Returns a line with white space once, none at its ends, and within marks only between words that have them."""
    said: list[Span] = []
    gap = False
    for span in spans:
        text = _SPACES.sub(" ", span.text) if span else ""
        core = text.strip(" ")
        if span is None or not core:
            gap = gap or bool(text)
            continue
        if said and (gap or text[0] == " "):
            before = said[-1]
            said.append(Span(" ", before.marks & span.marks, span.link if span.link == before.link else None))
        said.append(replace(span, text=core))
        gap = text[-1] == " "
    return said
