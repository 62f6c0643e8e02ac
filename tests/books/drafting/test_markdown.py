"""Document → Markdown → document is the identity; Markdown → document → Markdown renders the same."""

from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from books.drafting.blocks import Block, HardBreak, Image, Inline, Kind, Mark, Span, normal
from books.drafting.markdown import read, write
from books.text import paragraphs, render
from livrya.kit.texts import clean_text
from livrya.site.demo.data import serials
from tests.books.test_rendering import MOST_LINES, SLOW, work

pytestmark = pytest.mark.either_database

ITALIC: frozenset[Mark] = frozenset({"italic"})
BOLD: frozenset[Mark] = frozenset({"bold"})
BOTH = ITALIC | BOLD

# What means something in Markdown or nearly does, what stands at the edges of words, and every kind of letter.
PIECES = [
    *"_*~^[](){}\\!#>+-.<&\"'`|= \t1a:;/",
    "**",
    "~~",
    "^^",
    "{}",
    "***",
    "---",
    "⁂",
    "##",
    "#.",
    "++",
    "![",
    "](",
    "&amp;",
    "<b>",
    "https://a.b",
    "\\\\",
    "~~~",
    "^^^",
    "__",
    "\xa0",
    "\u3000",
    "\u2009",
    "\u200b",
    "\u200d",
    "\u200f",
    "\u0301",
    "e\u0301",
    "ß",
    "سلام",
    "שָׁלוֹם",
    "他说",
    "：",
    "「",
    "」",
    "。",
    "ひらがな",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "—",
    "“",
    "”",
    "…",
    "€",
    "\U00020000",
]
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=12)
addresses = st.sampled_from(["https://a.b", "/c", "#d", "mailto:a@b.c", "https://a.b/(c)_[d]?e=<f>&amp;g=\\h*i* j"])
spans = st.builds(
    Span, texts, st.frozensets(st.sampled_from(get_args(Mark))), st.none() | st.none() | addresses | st.text(max_size=9)
)
images = st.builds(Image, st.sampled_from(["/media/covers/a-1.webp", "/media/b_c.png", "https://a.b/c.png"]), texts)
inlines: st.SearchStrategy[Inline] = spans | spans | spans | st.just(HardBreak()) | images
blocks = st.builds(
    Block,
    st.lists(inlines, max_size=7).map(tuple),
    st.sampled_from(get_args(Kind)),
    st.integers(0, 4),
    st.booleans(),
)
STARTS = ["\n", "\n\n", "\n\n \t", "\n# ", "\n##", "\n > ", "\n>", "\n+ ", "\n#. ", "\\\n", "\n\xa0"]
sources = st.lists(st.sampled_from(PIECES) | st.sampled_from(STARTS), max_size=40).map("".join) | st.text()


@given(st.lists(blocks, max_size=4))
@example([Block((Span("Ishm", ITALIC), Span("ael")))])
@example([Block((Span("他说：", BOLD), Span("好")))])
@example([Block((Span(" a "), HardBreak(), HardBreak(), Span("\u3000b\t", BOTH)), "heading")])
@example([Block((Span("#"),), "heading"), Block((Span("a #"), HardBreak(), Span("#")), "heading", 3)])
@example([Block((Span("⁂"),)), Block((Span("-"), HardBreak(), Span("--"))), Block((Span("***"),))])
@example([Block(), Block(kind="quote"), Block(kind="item"), Block(kind="heading"), Block((HardBreak(),))])
@example([Block((Span("a!"), Span("b", link="/c"), Image("/media/a.png", "[!]("), Span("d", link="/c")))])
def test_a_document_is_the_same_after_it_was_written_and_read(document: list[Block]) -> None:
    document = [normal(block) for block in document]
    text = write(document)
    assert read(text) == document
    assert len(paragraphs(text)) == len(document)


@given(sources)
@example("# a\n# b\nc\n> d\n> > e\nf\n+ g\n\n+ h\n#. i")
@example("*a*{}*b* **c_**d_ ***e*** [f*g](h)* ![i](/media/j.png) ![k](https://l)")
@example("a\u2028\u2028b\x0c\x00\x1f c")
@example("# a\\\nb\\\\\nc")
@example("a\n\n \t##\nb")
@example("a\n\n\u3000> b\n\xa0\n \xa0# c\nd")
def test_a_text_renders_the_same_after_it_was_read_and_written(source: str) -> None:
    once = write(read(source))
    assert render(once) == render(source)
    assert write(read(once)) == once
    assert len(paragraphs(source)) == len(read(source)) == len(paragraphs(once)) == len(render(source))


@given(st.lists(blocks, max_size=4))
def test_no_white_space_is_lost_to_what_cleans_texts(document: list[Block]) -> None:
    """What is stored has gone through the rule for all texts: no blank lines, nothing at the ends of lines."""
    text = write([normal(block) for block in document])
    assert [line for line in text.split("\n") if line.rstrip() != line] == []
    assert text == text.strip()
    assert "\n\n\n" not in text
    plain = write([Block((Span(" a"), HardBreak(), HardBreak(), Span("b ")))])
    assert clean_text(plain) == plain


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Block((Span("Call me "), Span("Ishmael", ITALIC), Span("."))), "Call me _Ishmael_."),
        (Block((Span("a ", BOLD), Span("b", BOTH), Span(" c", BOLD))), "**a _b_ c**"),
        (Block((Span("a", ITALIC), Span("b", BOTH), Span("c", BOLD))), "_a**b**_**c**"),
        (Block((Span("Ishm", ITALIC), Span("ael"))), "_Ishm_{}ael"),
        (Block((Span("他说：", BOLD), Span("好"))), "**他说：**{}好"),
        (Block((Span("好"), Span("「他」", BOLD))), "好{}**「他」**"),
        (Block((Span("a"), Span(" b ", BOLD), Span("c"))), "a{}**{} b {}**{}c"),
        (Block((Span("a", BOLD), HardBreak(), Span("b", BOLD))), "**a\nb**"),
        (Block((Span("a"), HardBreak(), HardBreak(), Span("b"))), "a\n{}\nb"),
        (Block((Span("\u3000a "),)), "{}\u3000a {}"),
        (Block((Span("AD", frozenset({"smallCaps"})), Span("x", frozenset({"strike"})))), "^^AD^^~~x~~"),
        (
            Block((Span("a", link="https://a.b/(c)"), Span("!"), Span("b", ITALIC, "/d"))),
            r"[a](https://a.b/\(c\))\![_b_](/d)",
        ),
        (Block((Image("/media/a.png", "a [whale]"),)), r"![a \[whale\]](/media/a.png)"),
        (Block((Span("2 * 3 ~ 4^5 - snake_case {x} {}"),)), r"2 \* 3 ~ 4^5 - snake\_case {x} \{}"),
        (Block((Span("# a"), HardBreak(), Span("> b"), HardBreak(), Span("+ c"))), "\\# a\n\\> b\n\\+ c"),
        (Block((Span("#hash 1. - +1"),)), "#hash 1. - +1"),
        (Block((Span("***"),)), r"\*\*\*"),
        (Block((Span("⁂"),)), "{}⁂"),
        (Block((Span("a"), HardBreak(), Span("b")), "quote"), "> a\n> b"),
        (Block((Span("a"), HardBreak(), Span("#")), "heading", 3), "### a\\\n\\#"),
        (Block((Span("a"),), "item", 2), "+ + a"),
        (Block((Span("a"),), "item", 1, True), "#. a"),
        (Block(kind="break"), "***"),
        (Block(), "{}"),
    ],
)
def test_it_is_written_as_somebody_would_write_it(block: Block, text: str) -> None:
    assert write([block]) == text
    assert read(text) == [normal(block)]


def test_a_document_without_blocks_is_an_empty_text() -> None:
    assert write([]) == ""
    assert read(" \n ") == []


def test_the_demo_books_render_the_same_after_they_were_read_and_written() -> None:
    chapters = [chapter.text for serial in serials().values() for chapter in serial.book.chapters]
    assert any("_" in chapter for chapter in chapters)
    for chapter in chapters:
        once = write(read(chapter))
        assert render(once) == render(chapter)
        assert write(read(once)) == once == clean_text(once)
        assert len(read(chapter)) == len(paragraphs(chapter))


@pytest.mark.parametrize("piece", ["_*~^[]({}\\!# ", "> a ", "#"])
def test_beyond_so_many_stops_words_stay_and_marks_do_not(piece: str) -> None:
    """What stands there is not looked through; so nothing may be written that would be taken for words."""
    full = normal(Block((Span("*" * 4_000, BOLD),)))
    inlines = (Span(piece * 9, BOTH, "/c"), HardBreak(), Span(" d", ITALIC), Image("/media/e.png", "f_"))
    words = (Span(piece * 9), HardBreak(), Span(" df_"))
    kinds: tuple[Kind, ...] = ("paragraph", "heading", "quote", "item")
    text = write([*[full] * 5, *(Block(inlines, kind) for kind in kinds), Block(kind="break")])
    document = [normal(Block((Span("*" * 4_000),))), *(normal(Block(words, kind)) for kind in kinds)]
    assert read(text) == [*[full] * 4, *document, Block(kind="break")]
    assert write(read(text)) == text
    assert len(render(text)) == 10


@pytest.mark.parametrize("piece", SLOW.values(), ids=SLOW)
def test_the_work_of_reading_and_writing_grows_with_the_text_and_no_faster(piece: str) -> None:
    for length in (1_000, 4_000):
        source = "a" + piece * (length // len(piece)) + "a"
        document = read(source)
        assert work(lambda document=document: write(document)) < MOST_LINES * length
        plain = [normal(Block((Span(source, BOTH, "/c"), Image("/media/a.png", source))))]
        assert work(lambda plain=plain: write(plain)) < MOST_LINES * length
