"""What becomes of a block when it is stored as text: the rule for all texts of the site, as far as it knows blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from books.drafting.blocks import Block, HardBreak, Image, Inline, Span, normal
from livrya.kit.texts import JOINERS, clean_within


def storable(block: Block) -> Block:
    """Returns the block, normal, without what no text of the site holds.

    What is cleaned when the Markdown is stored would else leave marks without words, which are stars and dashes then,
    or a paragraph less than there are ids.
    """
    cleaned = normal(replace(block, inlines=tuple(map(_cleaned, normal(block).inlines))))
    lines: list[Inline] = []
    for _, group in groupby(cleaned.inlines, lambda one: isinstance(one, HardBreak)):
        lines += _without_joiners_at_ends(list(group))
    return normal(replace(cleaned, inlines=tuple(lines)))


def _cleaned(one: Inline) -> Inline:
    if isinstance(one, HardBreak):
        return one
    if isinstance(one, Image):
        return replace(one, alt=clean_within(one.alt))
    return replace(one, text=clean_within(one.text), link=one.link and clean_within(one.link))


def _without_joiners_at_ends(line: Sequence[Inline]) -> Iterator[Inline]:
    for at, one in enumerate(line):
        if isinstance(one, Span):
            text = one.text.lstrip(JOINERS) if at == 0 else one.text
            one = replace(one, text=text.rstrip(JOINERS) if at == len(line) - 1 else text)
        yield one
