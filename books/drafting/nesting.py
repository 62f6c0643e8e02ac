"""Marks and links around each other, as HTML and Markdown have them; in blocks every span has its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from books.drafting.blocks import Image, Inline, Mark, Span


@dataclass(frozen=True, slots=True)
class Link:
    """Stands around words like a mark."""

    address: str


Around: TypeAlias = Mark | Link


@dataclass(frozen=True, slots=True)
class Edge:
    """Where something that stands around words begins or ends."""

    around: Around
    side: Literal["open", "close"]


# Of two that begin and end together the first one is outside.
_ORDER: tuple[Mark, ...] = ("italic", "bold", "strike", "smallCaps")


def nested(inlines: Sequence[Inline]) -> Iterator[Inline | Edge]:
    """Yields the inlines with edges between them that never cross; what lasts longest is outside."""
    arounds = _arounds(inlines)
    lasts = _lasts(arounds)
    stack: list[Around] = []
    for one, around, last in zip([*inlines, None], [*arounds, frozenset()], [*lasts, {}], strict=True):
        while any(open_one not in around for open_one in stack):
            yield Edge(stack.pop(), "close")
        for new in sorted(around.difference(stack), key=lambda new: (-last[new], _place(new))):
            stack.append(new)
            yield Edge(new, "open")
        if one is not None:
            yield one


def _arounds(inlines: Sequence[Inline]) -> list[frozenset[Around]]:
    """Returns what stands around each inline: around what is no text, that which goes on behind it."""
    before = list(_carried(inlines))
    behind = list(_carried(inlines[::-1]))[::-1]
    return [one & other for one, other in zip(before, behind, strict=True)]


def _carried(inlines: Sequence[Inline]) -> Iterator[frozenset[Around]]:
    around: frozenset[Around] = frozenset()
    for one in inlines:
        if isinstance(one, Span):
            around = frozenset(one.marks)
            if one.link is not None:
                around |= {Link(one.link)}
        elif isinstance(one, Image):
            # In Markdown a picture within a link would be the link.
            around = frozenset(mark for mark in around if not isinstance(mark, Link))
        yield around


def _lasts(arounds: Sequence[frozenset[Around]]) -> list[dict[Around, int]]:
    """Returns up to where each goes on that stands around an inline."""
    lasts: list[dict[Around, int]] = []
    behind: dict[Around, int] = {}
    for at in reversed(range(len(arounds))):
        behind = {around: behind.get(around, at) for around in arounds[at]}
        lasts.append(behind)
    return lasts[::-1]


def _place(around: Around) -> int:
    return -1 if isinstance(around, Link) else _ORDER.index(around)
