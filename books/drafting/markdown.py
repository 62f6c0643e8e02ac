r"""A chapter's Markdown as blocks, and blocks as Markdown, which is the chapter's stored text.

Blocks → Markdown → blocks is the identity for blocks that are normal (`books.drafting.blocks.normal`), with one
exception: in a text with more than MOST_STOPS, marks and links of what lies behind are left out, its words stay.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace

from books.drafting import inline
from books.drafting.blocks import Block, HardBreak, Image, Inline, Span, normal
from books.drafting.inline import DELIMITERS, NOTHING
from books.drafting.lines import begins_like_a_kind, is_scene_break, paragraphs, taken_apart
from books.drafting.nesting import Edge, Link, nested

MOST_STOPS = 20_000
"""Stops that one text may have; marks in the blocks behind are shown as they were written. The dearest, `[a](`, costs
40 µs. A play of 230,000 characters, which is a chapter of Ulysses, has 3,335."""

_MAY_BE_SPECIAL = re.compile(r"[_*\[\\>#~^{+]")
_SPECIAL = re.compile(r"[_*\[\\>#]|~~|\^\^|\{\}|^[ \t]*\+", re.MULTILINE)
# Wherever the parser stops to look, once a block has to be parsed; at what is escaped it does so once.
_STOP = re.compile(r"\\[!-/:-@\[-`{-~]|[\n!*\[-\]^_{~]")
# A single ~ or ^ is nothing, unless what stands beside it makes two of it.
_MAY_MEAN_MORE = re.compile(r"[\\*_\[\]{~^]")
_MEANS_MORE = re.compile(r"[\\*_\[\]]|\{(?=\})|\A[~^]|(?<=[~^])[~^]|[~^](?=[~^]|\Z)")
_ENDS_AN_ADDRESS = re.compile(r"[\\<>()\[\]&]")


def read(text: str) -> list[Block]:
    """Returns the blocks of a text, one for each of `paragraphs` and in their order; none has an id.

    The work grows with the length of the text and with its stops, and never faster.
    """
    blocks, left = [], MOST_STOPS
    for written in paragraphs(text):
        cost = _cost(written)
        left -= cost
        blocks.append(_read(written, plain=not cost or left < 0))
    return blocks


def write(blocks: Sequence[Block]) -> str:
    """Returns the text of so many paragraphs; `{}` is one that is empty (who wants none leaves it out before)."""
    written, left = [], MOST_STOPS
    for block in map(normal, blocks):
        text = _write(block)
        if _cost(text) > left:
            text = _write(replace(block, inlines=tuple(_words(block.inlines))))
        left -= _cost(text)
        written.append(text)
    return "\n\n".join(written)


def _cost(written: str) -> int:
    # Two searches, since one set of characters is found ten times as fast as words.
    is_marked = _MAY_BE_SPECIAL.search(written) and _SPECIAL.search(written)
    return len(_STOP.findall(written)) + 1 if is_marked else 0


def _read(written: str, *, plain: bool) -> Block:
    lines = taken_apart(written)
    inlines = inline.read_words(lines.content) if plain else inline.read(lines.content)
    return normal(Block(tuple(inlines), lines.kind, lines.level, lines.ordered))


def _words(inlines: Sequence[Inline]) -> Iterator[Inline]:
    for one in inlines:
        yield Span(one.alt if isinstance(one, Image) else one.text) if not isinstance(one, HardBreak) else one


def _write(block: Block) -> str:
    if block.kind == "break":
        return "***"
    content = _content(block)
    if block.kind == "heading" and content.endswith("#"):
        # It would close the heading.
        content = content[:-1] + "\\#"
    lines = ["\\" + line if begins_like_a_kind(line) else line for line in content.split("\n")]
    if block.kind == "quote":
        return "\n".join("> " + line for line in lines)
    text = "\n".join(lines)
    if block.kind == "heading":
        return "#" * block.level + " " + text
    if block.kind == "item":
        return ("#. " if block.ordered else "+ ") * block.level + text
    return NOTHING + text if is_scene_break(text) else text


def _content(block: Block) -> str:
    new_line = "\\\n" if block.kind == "heading" else "\n"
    steps = list(nested(block.inlines))
    pieces = [_piece(step, new_line) for step in steps]
    written: list[str] = []
    last = "\n"
    for step, piece, behind in zip(steps, pieces, [*pieces, "\n"][1:], strict=True):
        if isinstance(step, Edge) and not isinstance(step.around, Link):
            piece = _seen(piece, step.side, last, behind[0])
        elif isinstance(step, Span):
            piece = _kept(piece, last, behind)
        elif isinstance(step, HardBreak) and last == "\n":
            piece = NOTHING + piece
        written.append(piece)
        last = piece[-1]
    return "".join(written) + (NOTHING if last == "\n" else "")


def _piece(step: Inline | Edge, new_line: str) -> str:
    if isinstance(step, Span):
        return _escaped(step.text)
    if isinstance(step, HardBreak):
        return new_line
    if isinstance(step, Image):
        return f"![{_escaped(step.alt)}]({step.src})"
    if not isinstance(step.around, Link):
        return DELIMITERS[step.around]
    return "[" if step.side == "open" else f"]({_ENDS_AN_ADDRESS.sub(_BACKSLASH, step.around.address)})"


_BACKSLASH = r"\\\g<0>"


def _escaped(text: str) -> str:
    return _MEANS_MORE.sub(_BACKSLASH, text) if _MAY_MEAN_MORE.search(text) else text


def _kept(text: str, last: str, behind: str) -> str:
    """Returns the text so that white space at the ends of lines stays, and no link behind it becomes a picture."""
    if last == "\n" and text[0].isspace():
        text = NOTHING + text
    if behind == "[" and text[-1] == "!":
        return text[:-1] + "\\!"
    return text + NOTHING if behind in ("\n", "\\\n") and text[-1].isspace() else text


def _seen(delimiter: str, side: str, last: str, behind: str) -> str:
    """Returns the delimiter with `{}` where CommonMark would not see it open, or close, between these characters."""
    for before, after in (("", ""), ("", NOTHING), (NOTHING, ""), (NOTHING, NOTHING)):
        opens, closes = _flanks(delimiter, before[-1:] or last, after[:1] or behind)
        if opens if side == "open" else closes:
            break
    return before + delimiter + after


def _flanks(delimiter: str, before: str, behind: str) -> tuple[bool, bool]:
    """Returns whether a delimiter can open and can close. Source: CommonMark 0.31, section 6.2."""
    space_before, space_behind = isWhiteSpace(ord(before)), isWhiteSpace(ord(behind))
    sign_before, sign_behind = _is_sign(before), _is_sign(behind)
    left = not space_behind and (not sign_behind or space_before or sign_before)
    right = not space_before and (not sign_before or space_behind or sign_behind)
    if delimiter == "_":
        return left and (not right or sign_before), right and (not left or sign_behind)
    return left, right


def _is_sign(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)
