import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from books.drafting.blocks import Block, HardBreak, Image, Span, is_empty, normal
from books.drafting.markdown import read, write
from books.drafting.storing import storable
from books.text import paragraphs
from livrya.kit.texts import clean_text
from tests.books.drafting.test_markdown import BOLD, blocks

pytestmark = pytest.mark.either_database


@given(st.lists(blocks, max_size=4))
@example([Block((Span("\u200b", BOLD),)), Block((Span("\u2066"),)), Block((Span("\u2800a"),))])
@example([Block((Span("\u200da "), HardBreak(), Span("b\u200c", BOLD), Span("\u200d")), "quote")])
@example([Block((Span("a\ufe0f", BOLD), Span("\ufe0f\u20e3"), Span("\u0308" * 9), Image("/media/a.png", "\ue000")))])
@example([Block((Span(">\u0338"),)), Block((Span("#"), Span("\u0338", BOLD)))])
@example([Block((Span("a", link="https://a.b/\u200b"),))])
def test_what_cleans_every_text_leaves_a_stored_one_as_it_is(document: list[Block]) -> None:
    said = [block for block in map(storable, document) if not is_empty(block)]
    text = write(said)
    assert clean_text(text) == text
    assert read(text) == said
    assert len(paragraphs(text)) == len(said)


@given(blocks)
def test_a_storable_block_stays_as_it_is(block: Block) -> None:
    assert storable(storable(block)) == storable(block) == normal(storable(block))


@pytest.mark.parametrize("text", ["می\u200cخواهم", "👩\u200d👩\u200d👧", "❤️", "e\u0301", " a\xa0", "\u3000a", "1️⃣"])
def test_letters_that_need_joiners_and_signs_stay(text: str) -> None:
    assert storable(Block((Span(text),))).inlines[0] == Span(text.replace("e\u0301", "é"))


def test_a_joiner_between_two_spans_stays_and_one_at_the_end_of_a_line_goes() -> None:
    inlines = (Span("می\u200c", BOLD), Span("خواهم\u200c"), HardBreak(), Span("\u200dب"))
    assert storable(Block(inlines)).inlines == (Span("می\u200c", BOLD), Span("خواهم"), HardBreak(), Span("ب"))
