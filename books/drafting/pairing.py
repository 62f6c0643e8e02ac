"""Which block of one text is which of another: by their ids, or else as paragraphs are known again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from books.drafting.blocks import Block, HardBreak, Inline, Span
from books.paragraphs import longest_rise, pair


def pairs(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """Returns places in the new text, in order, and where each was in the old one. Blocks are normal.

    A new block without an id may be any. The work is that of `books.paragraphs`, and little where only the middle
    differs.
    """
    start, end = _same_ends(old, new)
    middle = _pairs(old[start : len(old) - end], new[start : len(new) - end])
    return [
        *((at, at) for at in range(start)),
        *sorted((start + at, start + was) for at, was in middle.items()),
        *((len(new) - left, len(old) - left) for left in range(end, 0, -1)),
    ]


def in_order(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the most pairs that are in the same order in both texts; the others have moved."""
    return [places[index] for index in longest_rise([was for _, was in places])]


def _same_ends(old: Sequence[Block], new: Sequence[Block]) -> tuple[int, int]:
    """Returns how many blocks are the same at the start and at the end: nearly all, after most changes."""

    def is_same(was: Block, block: Block) -> bool:
        return was == (block if block.id is not None else replace(block, id=was.id))

    most = min(len(old), len(new))
    start = next((at for at in range(most) if not is_same(old[at], new[at])), most)
    end = next((at for at in range(most - start) if not is_same(old[-1 - at], new[-1 - at])), most - start)
    return start, end


def _pairs(old: Sequence[Block], new: Sequence[Block]) -> dict[int, int]:
    were, are = _places(old), _places(new)
    known = {at: were[name] for name, at in are.items() if name in were}
    return pair([_text(block) for block in old], [_text(block) for block in new], known)


def _places(blocks: Iterable[Block]) -> dict[str, int]:
    """Returns where each id stands first."""
    places: dict[str, int] = {}
    for at, block in enumerate(blocks):
        if block.id is not None:
            places.setdefault(block.id, at)
    return places


def _text(block: Block) -> str:
    """Returns what a block is known again by."""
    return "***" if block.kind == "break" else "".join(map(_text_of, block.inlines))


def _text_of(inline: Inline) -> str:
    if isinstance(inline, Span):
        return inline.text
    return "\n" if isinstance(inline, HardBreak) else f"![{inline.alt}]({inline.src})"
