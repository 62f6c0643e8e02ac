"""Where chapters begin: by headings, or by lines that say so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from books.drafting import markdown
from books.drafting.blocks import Block, Span
from books.drafting.storing import storable
from books.importing.foreign.shapes import MOST_CHAPTERS, MOST_CHARACTERS, TITLE, FoundChapter, Reason, Unreadable
from books.importing.foreign.tidying import words_of
from livrya.kit.texts import clean_line, excerpt


@dataclass(frozen=True)
class Heading:
    """Words over what follows; the lower the level, the more stands under it. Only their order matters."""

    level: int
    words: str


@dataclass(frozen=True)
class Anchor:
    """A place that a table of contents names."""

    name: str


@dataclass(frozen=True)
class Aside:
    """What an author says beside the story."""

    block: Block


Piece: TypeAlias = Heading | Anchor | Aside | Block

_PARTS = "part|book|volume|teil|buch|band|partie|livre|tome|parte|libro|deel|boek|часть|книга|część|księga"
_CHAPTERS = "chapter|kapitel|chapitre|capítulo|capitulo|capitolo|hoofdstuk|глава|розділ|rozdział|kapitola|luku|fejezet"
_ALONE = "prologue|epilogue|prolog|epilog|prólogo|epílogo|prologo|epilogo|пролог|эпилог|foreword|afterword"
_NUMBER = r"\d{1,4}|[ivxlcdm]{1,10}"
_WORD = "one|two|three|four|five|six|seven|eight|nine|ten|the (?:first|second|third|fourth|fifth|sixth|seventh|last)"
_NAME = r"(?:\s*[.:–—-].{0,100})?"
_PART_LINE = re.compile(rf"(?:{_PARTS})\s+(?:{_NUMBER}|{_WORD}){_NAME}", re.IGNORECASE)
# Numbers are words in every language: any one behind "Chapter" is taken for one.
_CHAPTER_LINE = re.compile(
    rf"(?:{_CHAPTERS})\s+(?:{_NUMBER}|(?:the\s+)?[^\W\d_]{{2,15}}(?:[- ][^\W\d_]{{2,10}})?){_NAME}|(?:{_ALONE})\.?"
    r"|第\s*[\d一二三四五六七八九十百千零〇]+\s*[章回節话話].{0,60}",
    re.IGNORECASE,
)
_PART, _CHAPTER = 7, 8
"""Levels of such lines: below all those that headings have, so that a heading above them is the book's title."""
_LINE = 120
"""Characters; what is longer is a sentence of the story that begins with the word."""


def heading_of_line(words: str) -> Heading | None:
    """Returns the heading that a line of plain words is: "Chapter 7", "KAPITEL VII. Abends", "Part Two"."""
    line = clean_line(words)
    if len(line) > _LINE:
        return None
    if _PART_LINE.fullmatch(line):
        return Heading(_PART, line)
    return Heading(_CHAPTER, line) if _CHAPTER_LINE.fullmatch(line) else None


def chapters_of(flow: Sequence[Piece], *, title: str = "", by_contents: bool = False) -> tuple[str, list[FoundChapter]]:
    """Returns the book's title, as far as headings say it, and its chapters; those without a word are left out.

    What stands before the first chapter is one of its own, called as the book. `by_contents` tells that the headings
    are a table of contents, which is taken at its word; else levels are weighed: a single one at the front is the
    book's title, those that mostly have others right below are volumes, and where there is no more than that title,
    lines of words say where chapters begin. Raises Unreadable for too much, and for none.
    """
    pieces = [piece for piece in flow if not _says_nothing(piece)]
    if not by_contents and sum(isinstance(piece, Heading) for piece in pieces) < 2:
        pieces = [_perhaps_heading(piece) for piece in pieces]
    title, pieces = (title, pieces) if by_contents else _titled(title, pieces)
    level = _level_of_chapters(pieces, by_contents)
    made = [made for part in _parts(pieces, level, title) if (made := part.made())]
    if not made:
        raise Unreadable(Reason.EMPTY)
    if len(made) > MOST_CHAPTERS or sum(len(chapter.text) for chapter in made) > MOST_CHARACTERS:
        raise Unreadable(Reason.TOO_MUCH)
    return title, made


def _says_nothing(piece: Piece) -> bool:
    return isinstance(piece, Anchor) or (isinstance(piece, Heading) and not piece.words)


def _perhaps_heading(piece: Piece) -> Piece:
    if isinstance(piece, Block) and piece.kind == "paragraph":
        return heading_of_line(words_of(piece.inlines[:20])) or piece
    return piece


def _titled(title: str, pieces: list[Piece]) -> tuple[str, list[Piece]]:
    headings = [piece for piece in pieces if isinstance(piece, Heading)]
    levels = sorted({heading.level for heading in headings})
    if len(levels) < 2:
        return title, pieces
    first, second = levels[:2]
    top = [heading for heading in headings if heading.level == first]
    at = pieces.index(headings[0])
    below = sum(heading.level == second for heading in headings)
    is_title = len(top) == 1 and headings[0] is top[0]
    if is_title and (below > 1 or isinstance(pieces[at + 1], Heading)):
        return top[0].words, [*pieces[:at], *pieces[at + 1 :]]
    return title, pieces


def _level_of_chapters(pieces: Sequence[Piece], by_contents: bool) -> int:
    levels = sorted({piece.level for piece in pieces if isinstance(piece, Heading)})
    for level in levels[:-1]:
        here = [at for at, piece in enumerate(pieces) if isinstance(piece, Heading) and piece.level == level]
        above_others = sum(_is_right_above(pieces, at) for at in here)
        if not above_others or (not by_contents and 2 * above_others <= len(here)):
            return level
    return levels[-1] if levels else 0


def _is_right_above(pieces: Sequence[Piece], at: int) -> bool:
    """Tells whether a heading stands right above one of a lower rank: a volume above its first chapter."""
    here, behind = pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None
    return isinstance(here, Heading) and isinstance(behind, Heading) and behind.level > here.level


@dataclass
class _Part:
    title: str
    volume: str
    blocks: list[Block] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)

    def made(self) -> FoundChapter | None:
        if not any(block.kind != "break" for block in self.blocks):
            return None
        return FoundChapter(
            title=excerpt(self.title, TITLE),
            volume=excerpt(self.volume, TITLE),
            text=markdown.write(self.blocks),
            note=markdown.write(self.notes),
        )


def _parts(pieces: Sequence[Piece], level: int, title: str) -> Iterator[_Part]:
    part = _Part(title, "")
    volumes: list[Heading] = []
    for at, piece in enumerate(pieces):
        if isinstance(piece, Heading) and piece.level <= level:
            yield part
            volumes = [volume for volume in volumes if volume.level < piece.level]
            if piece.level < level and _is_right_above(pieces, at):
                volumes.append(piece)
            part = _Part(piece.words, " · ".join(volume.words for volume in volumes))
            if volumes and volumes[-1] is piece:
                part = _Part("", "")
        elif isinstance(piece, Heading):
            shown = storable(Block((Span(piece.words),), "heading", 2 if piece.level == level + 1 else 3))
            part.blocks.append(shown)
        elif isinstance(piece, Aside):
            part.notes.append(piece.block)
        elif isinstance(piece, Block):
            part.blocks.append(piece)
    yield part
