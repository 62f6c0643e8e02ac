"""What is different between two texts of a chapter, for people: the draft and what is published, or two versions.

Paragraph by paragraph, and within those that changed by whole words. Pure: it reads blocks and returns them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Literal, TypeAlias

from books.drafting.aligning import Budget, Run, whole_words
from books.drafting.blocks import Block, HardBreak, Image, Inline, Span, normal
from books.drafting.pairing import in_order, pairs

Fate: TypeAlias = Literal["kept", "changed", "added", "removed"]
PieceFate: TypeAlias = Literal["kept", "restyled", "added", "removed"]

# No text holds halves of a surrogate pair: these stand for hard breaks and images.
_THINGS = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a paragraph: of the old one where it is removed, of the new one otherwise.

    Restyled are the same words with other marks or another link.
    """

    fate: PieceFate
    inlines: tuple[Inline, ...]

    @property
    def text(self) -> str:
        """The words alone, a new line for a hard break, and what an image says."""
        return "".join(
            one.text if isinstance(one, Span) else one.alt if isinstance(one, Image) else "\n" for one in self.inlines
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One paragraph, as it was and as it is. One that changed may differ in its kind alone.

    One that moved as it was, or moved and changed, is removed in one place and added in another, and both say so.
    """

    fate: Fate
    before: Block | None
    after: Block | None
    pieces: tuple[Piece, ...]
    is_moved: bool = False


def compare(before: Sequence[Block], after: Sequence[Block]) -> list[Compared]:
    """Returns all paragraphs of both texts, in the order of the new one, the removed ones where they stood.

    The work is bounded as that of a change is: 4 s for 20,000 paragraphs, little for what is the same.
    """
    old, new = [normal(block) for block in before], [normal(block) for block in after]
    places = pairs(old, new)
    stays = in_order(places)
    moved = set(places) - set(stays)
    moved_here, moved_away = {at for at, _ in moved}, {was for _, was in moved}
    budget = Budget()
    found: list[Compared] = []
    last_at = last_was = -1
    for at, was in [*stays, (len(new), len(old))]:
        for index in range(last_was + 1, was):
            found.append(_one("removed", old[index], is_moved=index in moved_away))
        for index in range(last_at + 1, at):
            found.append(_one("added", new[index], is_moved=index in moved_here))
        if at < len(new):
            found.append(_both(old[was], new[at], budget))
        last_at, last_was = at, was
    return found


def _one(fate: Literal["added", "removed"], block: Block, *, is_moved: bool) -> Compared:
    pieces = (Piece(fate, block.inlines),) if block.inlines else ()
    before, after = (block, None) if fate == "removed" else (None, block)
    return Compared(fate, before, after, pieces, is_moved)


def _both(old: Block, new: Block, budget: Budget) -> Compared:
    if old == replace(new, id=old.id):
        return Compared("kept", old, new, (Piece("kept", new.inlines),) if new.inlines else ())
    return Compared("changed", old, new, tuple(_pieces(old.inlines, new.inlines, budget)))


def _pieces(old: Sequence[Inline], new: Sequence[Inline], budget: Budget) -> Iterator[Piece]:
    codes: dict[HardBreak | Image, str] = {}
    was, now = _Line(old, codes), _Line(new, codes)
    last = Run(0, 0, 0)
    for run in [*whole_words(was.text, now.text, budget), Run(len(was.text), len(now.text), 0)]:
        if gone := was.between(last.old + last.length, run.old):
            yield Piece("removed", tuple(gone))
        if come := now.between(last.new + last.length, run.new):
            yield Piece("added", tuple(come))
        yield from _looks(was.between(run.old, run.old + run.length), now.between(run.new, run.new + run.length))
        last = run


def _looks(old: Sequence[Inline], new: Sequence[Inline]) -> Iterator[Piece]:
    """Yields the pieces of what stays, by whether it looks as it did."""
    for is_same, some in groupby(_side_by_side(old, new), key=lambda both: both[0] == both[1]):
        inlines = normal(Block(tuple(now for _, now in some))).inlines
        yield Piece("kept" if is_same else "restyled", inlines)


def _side_by_side(old: Sequence[Inline], new: Sequence[Inline]) -> Iterator[tuple[Inline, Inline]]:
    """Yields both, which say the same, cut where either is."""
    was, now = _Cursor(old), _Cursor(new)
    while was.left and now.left:
        length = min(was.left, now.left)
        yield was.take(length), now.take(length)


class _Cursor:
    """A place in inlines: how much is left of the one that stands there."""

    def __init__(self, inlines: Sequence[Inline]) -> None:
        self._inlines = inlines
        self._at = self._done = 0
        self.left = _length(inlines[0]) if inlines else 0

    def take(self, length: int) -> Inline:
        """Returns the next characters, which must be no more than are left of this inline."""
        one = self._inlines[self._at]
        taken = replace(one, text=one.text[self._done : self._done + length]) if isinstance(one, Span) else one
        self._done, self.left = self._done + length, self.left - length
        if not self.left:
            self._at, self._done = self._at + 1, 0
            self.left = _length(self._inlines[self._at]) if self._at < len(self._inlines) else 0
        return taken


class _Line:
    """Inlines as one line of characters, in which hard breaks and images are one each."""

    def __init__(self, inlines: Sequence[Inline], codes: dict[HardBreak | Image, str]) -> None:
        self._inlines = inlines
        texts = [
            one.text if isinstance(one, Span) else codes.setdefault(one, chr(_THINGS[len(codes) % len(_THINGS)]))
            for one in inlines
        ]
        self._starts = [0, *accumulate(map(len, texts))]
        self.text = "".join(texts)

    def between(self, start: int, stop: int) -> list[Inline]:
        """Returns the inlines from one place to another, the outer ones cut."""
        found: list[Inline] = []
        at = bisect_right(self._starts, start) - 1
        while start < stop:
            one, begin = self._inlines[at], self._starts[at]
            found.append(replace(one, text=one.text[start - begin : stop - begin]) if isinstance(one, Span) else one)
            at += 1
            start = self._starts[at]
        return found


def _length(inline: Inline) -> int:
    return len(inline.text) if isinstance(inline, Span) else 1
