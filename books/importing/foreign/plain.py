"""Plain text: paragraphs between blank lines, chapters at lines that say so."""

import re
from collections.abc import Iterator, Sequence

from books.drafting.blocks import HardBreak, Inline, Mark, Span
from books.importing.foreign.encodings import text_of
from books.importing.foreign.shapes import Reading, require_little
from books.importing.foreign.splitting import Piece, chapters_of, heading_of_line
from books.importing.foreign.tidying import blocks_of

_BLANK = re.compile(r"\n[ \t]*\n\s*")
_ITALICS = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{1,2000}?)(?<=[^\s_])_(?![\w_])")
_GUTENBERG = re.compile(r"^\*\*\* ?START OF TH.*$", re.MULTILINE), re.compile(r"^\*\*\* ?END OF TH", re.MULTILINE)
"""What Project Gutenberg writes above a book and below it; looked for one after the other, once each."""
_SHORTEST_FULL_LINE, _LONGEST_FULL_LINE = 50, 100
"""Characters of a line that was broken because it was full, for the screens of old."""
_LINES_WITHOUT_BLANK = 20
"""A text with so many lines to each blank one has a paragraph on every line."""


def read(data: bytes) -> Reading:
    """Returns the chapters. Raises Unreadable.

    Lines that were broken because they were full are joined; shorter ones stay, as in verse. `_so_` is italic.
    """
    text, remarks = text_of(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    begin, end = _GUTENBERG
    if (above := begin.search(text)) and (below := end.search(text, above.end())):
        text = text[above.end() : below.start()]
    paragraphs = [lines for lines in map(_lines, _BLANK.split(text.strip())) if lines]
    count = sum(map(len, paragraphs))
    if count > _LINES_WITHOUT_BLANK * len(paragraphs):
        paragraphs = [[line] for lines in paragraphs for line in lines]
    require_little(paragraphs=len(paragraphs))
    title, chapters = chapters_of(list(_pieces(paragraphs)))
    return Reading(title=title, chapters=chapters, remarks=sorted(remarks))


def _lines(paragraph: str) -> list[str]:
    return [line.strip() for line in paragraph.split("\n") if line.strip()]


def _pieces(paragraphs: Sequence[list[str]]) -> Iterator[Piece]:
    are_full = _are_full(paragraphs)
    for lines in paragraphs:
        heading = heading_of_line(_as_one(lines)) if len(lines) <= 2 else None
        if heading:
            yield heading
        else:
            yield from blocks_of(_inlines(lines, are_full))


def _as_one(lines: Sequence[str]) -> str:
    """Returns a heading that may be on two lines, "CHAPTER I." above its name, on one."""
    first, *rest = lines
    return " ".join([first if not rest or first[-1] in ".:–—-" else first + ".", *rest])


def _are_full(paragraphs: Sequence[list[str]]) -> bool:
    """Tells whether lines mostly end because they were full: the last of a paragraph says nothing about it."""
    lengths = [len(line) for lines in paragraphs for line in lines[:-1]]
    full = sum(length for length in lengths if _SHORTEST_FULL_LINE <= length <= _LONGEST_FULL_LINE)
    return 2 * full > sum(lengths)


def _inlines(lines: Sequence[str], are_full: bool) -> list[Inline]:
    """Returns what is on the lines; in a text of full lines a paragraph of short ones is verse."""
    is_prose = are_full and any(len(line) >= _SHORTEST_FULL_LINE for line in lines[:-1])
    said: list[Inline] = []
    for number, line in enumerate([" ".join(lines)] if is_prose else lines):
        if number:
            said.append(HardBreak())
        said += _spans(line)
    return said


def _spans(line: str) -> Iterator[Span]:
    italic: frozenset[Mark] = frozenset({"italic"})
    for number, piece in enumerate(_ITALICS.split(line)):
        if piece:
            yield Span(piece, italic if number % 2 else frozenset())
