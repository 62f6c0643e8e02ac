"""What a change past the draft does to it: nobody's words are overwritten, nobody's are doubled."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from books.drafting.blocks import Block, Span
from books.drafting.merging import identified, merged, written


def blocks(text: str) -> list[Block]:
    """Reads `a:one b:two`: paragraphs under their ids."""
    pairs = [part.split(":") for part in text.split()]
    return [Block((Span(words),), id=name) for name, words in pairs]


def said(found: Sequence[Block]) -> str:
    return " ".join(
        f"{block.id}:{''.join(one.text for one in block.inlines if isinstance(one, Span))}" for block in found
    )


def merge(base: str, mine: str, draft: str) -> str:
    return said(merged(blocks(base), blocks(mine), blocks(draft)))


def test_what_was_left_alone_is_the_drafts_own() -> None:
    assert merge("a:1 b:2 c:3", "a:1 b:two c:3", "a:one b:2 c:3") == "a:one b:two c:3"


def test_what_others_added_and_removed_stays_added_and_removed() -> None:
    assert (
        merge("a:1 b:2 c:3", "a:1 b:2 c:three", "new:0 a:1 more:1.5 c:3 last:4") == "new:0 a:1 more:1.5 c:three last:4"
    )


def test_what_was_removed_goes_unless_others_have_written_in_it() -> None:
    assert merge("a:1 b:2 c:3", "a:1", "a:1 b:2 c:written") == "a:1 c:written"


def test_the_order_is_that_of_the_change_and_additions_go_with_what_they_stood_behind() -> None:
    assert merge("a:1 b:2 c:3", "c:3 a:1 b:2", "a:1 x:9 b:2 c:3") == "c:3 a:1 x:9 b:2"


def test_a_paragraph_that_both_have_changed_is_the_later_ones() -> None:
    assert merge("a:1", "a:mine", "a:theirs") == "a:mine"


def test_a_paragraph_that_was_changed_and_removed_by_others_is_there() -> None:
    assert merge("a:1 b:2", "a:1 b:mine", "a:1") == "a:1 b:mine"


IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(IDS, IDS, IDS, st.data())
def test_every_paragraph_is_there_once_and_all_that_is_new(
    base: list[str], mine: list[str], draft: list[str], data: st.DataObject
) -> None:
    def version(ids: list[str], name: str) -> list[Block]:
        return [Block((Span(data.draw(st.sampled_from(["same", name]))),), id=one) for one in ids]

    before, changed, now = version(base, "base"), version(mine, "mine"), version(draft, "draft")
    were = {block.id: block for block in before}
    result = merged(before, changed, now)
    assert len({block.id for block in result}) == len(result)
    for block in changed:
        if were.get(block.id) != block:
            assert block in result
    for block in now:
        if were.get(block.id) != block and block.id not in mine:
            assert block in result
    assert merged(before, before, now) == now
    assert merged(before, changed, before) == changed


def test_a_text_and_its_blocks_are_the_same_in_both_directions() -> None:
    text, ids = "One.\n\n***\n\n_Three._", ["p1", "p2", "p3"]
    assert written(identified(text, ids)) == (text, ids)
    lines = [*identified(text, ids), Block(id="empty")]
    assert written(lines) == (text, ids)
