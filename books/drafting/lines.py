r"""Where the blocks of a text begin, and what kind each is: what Markdown says by lines.

Blank lines part blocks. A heading is one line and a block by itself; a line that begins with `>` begins a quote, one
that begins with `+ ` or `#. ` an item where it follows one. Prose may begin lines with `-` and with numbers.
"""

import re
from dataclasses import dataclass

from books.drafting.blocks import Kind

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SCENE_BREAK = re.compile(r"(?:⁂|\*\s*\*\s*\*|-\s*-\s*-)\s*")
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})(?=[ \t\n]|\Z)")
_QUOTE = re.compile(r" {0,3}(?:>[ \t]*)+")
_ITEM = re.compile(r" {0,3}(?P<marks>(?:\+[ \t]+)+|(?:#\.[ \t]+)+)")
_BEGINS_A_LINE: dict[Kind, re.Pattern[str]] = {"heading": _HEADING, "quote": _QUOTE, "item": _ITEM}
# Before blocks have lost what they are indented by.
_MAY_BEGIN = re.compile(r"^[^\S\n]*[#>+]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Lines:
    """A block without the marks of its kind; white space at both ends of each line of `content` is gone."""

    kind: Kind
    level: int
    ordered: bool
    content: str


def paragraphs(source: str) -> list[str]:
    """Returns the blocks of a chapter, each as written."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return []
    blocks = [block.strip("\n") for block in _BLANK_LINES.split(text)]
    if not _MAY_BEGIN.search(text):
        return blocks
    return [piece for block in blocks for piece in _pieces(block)]


def is_scene_break(block: str) -> bool:
    """Tells whether the block is nothing but a scene break."""
    return bool(_SCENE_BREAK.fullmatch(block.strip()))


def begins_like_a_kind(line: str) -> bool:
    """Tells whether a line of words would be taken for the first one of a heading, quote or item."""
    return any(pattern.match(line) for pattern in _BEGINS_A_LINE.values())


def taken_apart(block: str) -> Lines:
    """Returns what kind one of `paragraphs` is, and the rest of it."""
    if is_scene_break(block):
        return Lines("break", 0, False, "")
    kind = _kind(block.split("\n", 1)[0])
    if kind == "paragraph":
        return Lines(kind, 0, False, _stripped(block))
    if kind == "quote":
        return Lines(kind, 0, False, _stripped("\n".join(map(_unquoted, block.split("\n")))))
    found = _BEGINS_A_LINE[kind].match(block)
    assert found is not None
    marks, rest = found["marks"], block[found.end() :]
    if kind == "heading":
        return Lines(kind, 2 if len(marks) < 3 else 3, False, _stripped(_without_closing(rest)))
    return Lines(kind, len(marks.split()), marks[0] == "#", _stripped(rest))


def _pieces(block: str) -> list[str]:
    """Returns the block, or what its lines make of it."""
    if "\n" not in block or not _MAY_BEGIN.search(block):
        return [block]
    pieces: list[list[str]] = []
    kind: Kind = "paragraph"
    continues = False
    for line in block.split("\n"):
        now = _kind(line)
        begins = now == "heading" or kind == "heading" or (now == "quote" != kind) or (now == "item" == kind)
        # Words go on in a quote without its mark, as in CommonMark, where there were some.
        begins = begins or (now != "quote" == kind and not _unquoted(pieces[-1][-1]).strip())
        if not pieces or (begins and not continues):
            pieces.append([])
            kind = now
        pieces[-1].append(line)
        # A heading's line that ends with a backslash goes on, as in CommonMark's hard breaks.
        continues = kind == "heading" and (len(line) - len(line.rstrip("\\"))) % 2 == 1
    return ["\n".join(piece) for piece in pieces]


def _kind(line: str) -> Kind:
    return next((kind for kind, pattern in _BEGINS_A_LINE.items() if pattern.match(line)), "paragraph")


def _unquoted(line: str) -> str:
    found = _QUOTE.match(line)
    return line[found.end() :] if found else line


def _stripped(content: str) -> str:
    return "\n".join(line.strip() for line in content.split("\n")).strip("\n")


def _without_closing(heading: str) -> str:
    """Returns the heading without the `#` that may close it, as CommonMark has it."""
    text = heading.rstrip()
    rest = text.rstrip("#")
    return rest if rest != text and rest[-1:] in (" ", "\t", "") else text
