"""A chapter as blocks: what the shared document holds, and what its Markdown says. Flat, and closed.

A block is one paragraph of `books.text.paragraphs`. Heading, quote, list level and scene break are what a block is
like, never something around it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeAlias

from django.conf import settings

Mark = Literal["bold", "italic", "strike", "smallCaps"]
Kind = Literal["paragraph", "heading", "quote", "item", "break"]

LEVELS: dict[Kind, tuple[int, int]] = {"heading": (2, 3), "item": (1, 3)}
"""The lowest and the highest level of the kinds that have one; the lowest is what a block has that says none."""

_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Controls but the tab, lone surrogates and noncharacters: no text of the site holds them, and no XML.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.ASCII | re.IGNORECASE)
_SCHEMES = frozenset({"http:", "https:", "mailto:"})
# What no address has as it is, but what people paste has.
_NOT_IN_ADDRESSES = re.compile(r"\s")
_PICTURE = re.compile(r"(?:[\w-]+/)*[\w-]+\.(?:png|jpg|jpeg|webp)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Text that looks alike from its first character to its last; `link` is an address."""

    text: str
    marks: frozenset[Mark] = frozenset()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class HardBreak:
    """A new line within a block."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture among words; `alt` says the same in words."""

    src: str
    alt: str = ""


Inline: TypeAlias = Span | HardBreak | Image


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph. `level` counts for the kinds of `LEVELS`, `ordered` for items; a break has no content."""

    inlines: tuple[Inline, ...] = ()
    kind: Kind = "paragraph"
    level: int = 0
    ordered: bool = False
    id: str | None = None


def normal(block: Block) -> Block:
    """Returns the block as it is compared and written; of two that say the same there is one normal form.

    Left out are: controls (but tabs), lone surrogates and noncharacters; addresses that no link may have, and
    pictures that are not this site's (their alternative text stays). A line's end within a span becomes a hard break,
    white space in an address its escape. All other text stays as it is, white space at every end too.
    """
    lowest, highest = LEVELS.get(block.kind, (0, 0))
    return replace(
        block,
        inlines=() if block.kind == "break" else tuple(_joined(block.inlines)),
        level=min(max(block.level, lowest), highest),
        ordered=block.ordered and block.kind == "item",
    )


def is_empty(block: Block) -> bool:
    """Tells whether nothing of the block can be seen: what the line is on which somebody has not yet written."""
    if block.kind == "break":
        return False
    return not any(isinstance(one, Image) or (isinstance(one, Span) and one.text.strip()) for one in block.inlines)


def address(given: str) -> str | None:
    """Returns an address that a link may have, without white space; None for one that may not stand there."""
    found = _NO_TEXT.sub("", given).strip()
    scheme = _SCHEME.match("".join(found.split()))
    if not found or (scheme and scheme[0].lower() not in _SCHEMES):
        return None
    return _NOT_IN_ADDRESSES.sub(lambda space: "".join(f"%{byte:02X}" for byte in space[0].encode()), found)


def is_picture(src: str) -> bool:
    """Tells whether an image may show this: a file that was uploaded here. Others could tell who reads what."""
    media = settings.MEDIA_URL
    return src.startswith(media) and _PICTURE.fullmatch(src, len(media)) is not None


def _joined(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
    """Yields the inlines with neighbours joined that look the same."""
    for looks, alike in groupby(_split(inlines), lambda one: (one.marks, one.link) if isinstance(one, Span) else None):
        if looks is None:
            yield from alike
        else:
            yield Span("".join(one.text for one in alike if isinstance(one, Span)), *looks)


def _split(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
    for one in inlines:
        if isinstance(one, HardBreak):
            yield one
        elif isinstance(one, Image):
            alt = _NO_TEXT.sub("", _LINE_ENDS.sub(" ", one.alt))
            if is_picture(one.src):
                yield Image(one.src, alt)
            elif alt:
                yield Span(alt)
        else:
            link = None if one.link is None else address(one.link)
            if one.text.isprintable():
                # As nearly all prose is: known without looking for each of them.
                yield from [Span(one.text, one.marks, link)] if one.text else []
                continue
            for number, line in enumerate(_LINE_ENDS.split(one.text)):
                if number:
                    yield HardBreak()
                if text := _NO_TEXT.sub("", line):
                    yield Span(text, one.marks, link)
