"""A chapter's text and its draft: what one becomes of the other, paragraph by paragraph. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from books.drafting import markdown
from books.drafting.blocks import Block, is_empty
from books.drafting.storing import storable


def identified(text: str, ids: Sequence[str]) -> list[Block]:
    """Returns the blocks of a chapter's text, each under its paragraph's id, as far as there are ids."""
    blocks = markdown.read(text)
    return [replace(block, id=ids[at] if at < len(ids) else None) for at, block in enumerate(blocks)]


def shown(blocks: Sequence[Block]) -> list[Block]:
    """Returns the blocks as a text would have them: what no text holds is gone, and lines without a word are."""
    return [block for block in map(storable, blocks) if not is_empty(block)]


def written(blocks: Sequence[Block]) -> tuple[str, list[str]]:
    """Returns the text that the blocks are, and the ids of its paragraphs; lines without a word are in neither."""
    said = shown(blocks)
    return markdown.write(said), [block.id or "" for block in said]


def merged(base: Sequence[Block], mine: Sequence[Block], draft: Sequence[Block]) -> list[Block]:
    """Returns the draft with what changed from `base` to `mine`; all blocks have ids.

    What `mine` has left as it was stays as the draft has it now, also where others have changed or removed it. What
    `mine` has removed goes, unless others have written in it meanwhile. Where `mine` has put paragraphs in another
    order, that is the order, else it is the draft's.
    """
    were = {block.id: block for block in base}
    mine_now, draft_now = {block.id: block for block in mine}, {block.id: block for block in draft}

    def kept(block_id: str | None) -> Block | None:
        """What becomes of a paragraph."""
        before, changed, others = were.get(block_id), mine_now.get(block_id), draft_now.get(block_id)
        return others if changed == before else None if changed is None and others == before else changed or others

    order, other = (draft, mine) if _keeps_order(base, mine) else (mine, draft)
    result = [block for block in map(kept, (block.id for block in order)) if block]
    return _woven(result, [block for block in map(kept, (block.id for block in other)) if block])


def _keeps_order(base: Sequence[Block], mine: Sequence[Block]) -> bool:
    both = {block.id for block in base} & {block.id for block in mine}
    return [block.id for block in base if block.id in both] == [block.id for block in mine if block.id in both]


def _woven(blocks: Sequence[Block], others: Sequence[Block]) -> list[Block]:
    """Returns the blocks with those others that are not among them, each behind what it stands behind there."""
    placed = {block.id for block in blocks}
    behind: dict[str | None, list[Block]] = {}
    last: str | None = None
    for other in others:
        if other.id in placed:
            last = other.id
        else:
            behind.setdefault(last, []).append(other)
    return [*behind.get(None, ()), *(one for block in blocks for one in (block, *behind.get(block.id, ())))]
