"""Of HTML comes what is seen, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.drafting import markdown
from books.drafting.blocks import Block
from books.importing.foreign import markup
from books.importing.foreign.looks import Looks
from books.importing.foreign.markup import read_page
from books.importing.foreign.shapes import Reason, Remark, Unreadable
from books.importing.foreign.splitting import Anchor, Aside, Heading
from livrya.kit.texts import clean_text
from tests.livrya.fuzzing import fuzzing

pytestmark = pytest.mark.either_database


def text(html: str) -> str:
    flow = read_page(html).flow
    assert all(isinstance(piece, Block) for piece in flow)
    return markdown.write([piece for piece in flow if isinstance(piece, Block)])


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>a <em>b</em> <strong>c</strong> <s>d</s></p>", "a _b_ **c** ~~d~~"),
        ('<p>a <span class="small-caps">b</span> <span style="font-variant:small-caps">c</span></p>', "a ^^b c^^"),
        ('<b style="font-weight:normal">a</b>', "a"),
        ("<i>a <i>b</i> c</i> d", "_a b c_ d"),
        ("a<p>b<p>c<div>d</div>e", "a\n\nb\n\nc\n\nd\n\ne"),
        ("<p>a<br>b<br><br>c", "a\nb\n\nc"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("a<hr>b", "a\n\n***\n\nb"),
        ("<p>a</p><h2>* * *</h2><p>b</p>", "a\n\n***\n\nb"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b"),
        ("<ul><li>a<li>b<ol><li>c</ol></ul>", "+ a\n\n+ b\n\n#. #. c"),
        ("<ol><li><p>a</p><p>b</p></li></ol>", "#. a\n\nb"),
        ('<ul class="level-2"><li>a</li></ul>', "+ + a"),
        (
            '<a href="https://a.example/">a</a> <a href="#b">b</a> <a href="javascript:c">c</a>',
            "[a](https://a.example/) b c",
        ),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\n\nb\n\nc"),
        ("a<script>b</script><style>p{}</style><nav>c</nav><svg><text>d</text></svg>", "a"),
        ('a<span hidden>b</span><span style="display: none">c</span>', "a"),
        ("<style>.x{display:none} .y{font-style:italic}</style><p class=x>a</p><p class=y>b</p>", "_b_"),
        ("a &amp; b &lt;c&gt; &eacute;", "a & b <c> é"),
        ("<![CDATA[a]]> b", "a b"),
        ("</p></div></b>a</i>", "a"),
        ("<p>a_b * [c]", "a\\_b \\* \\[c\\]"),
        ("<ruby>漢<rt>かん</rt></ruby>", "漢"),
        ("<p>a<b>b<p>c</b>d", "a**b**\n\ncd"),
        ("a<img src=x>", "a"),
    ],
)
def test_what_is_seen_comes_in(html: str, said: str) -> None:
    assert text(html) == said


def test_headings_places_and_notes_are_pieces_of_their_own() -> None:
    page = read_page(
        '<h2 id="x">One<br/>Ice</h2><p id="y">a</p><aside role="note"><h3>So</h3><p>Thanks.</p></aside>', None, ["x"]
    )
    assert page.flow[:2] == [Anchor("x"), Heading(2, "One: Ice")]
    assert [type(piece) for piece in page.flow[2:]] == [Block, Aside, Aside]


def test_a_page_says_what_it_is() -> None:
    page = read_page(
        '<html lang="de"><head><title>Die F&auml;hre</title><meta name="author" content="Ada Lund"></head>'
        '<body epub:type="bodymatter"><section epub:type="chapter"><p>a</p></section><div epub:type="toc"></div>'
    )
    assert (page.title, page.author, page.language) == ("Die Fähre", "Ada Lund", "de")
    assert page.types == {"bodymatter", "chapter"}


def test_what_is_left_out_is_said() -> None:
    assert read_page("<img><table><tr><td>a").remarks == {Remark.PICTURES, Remark.TABLES}
    assert read_page("<div hidden><img></div>a").remarks == set()


def test_the_looks_of_other_sheets_count() -> None:
    looks = Looks()
    looks.learn(".c1 { font-weight: bold }")
    (block,) = read_page("<p class=c1>a", looks).flow
    assert isinstance(block, Block)
    assert markdown.write([block]) == "**a**"


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "ul", "b", "p><div"])
def test_what_is_nested_deeper_than_any_book_is_refused(tag: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_page(f"<{tag}>" * (markup.MOST_DEPTH + 1))
    assert refused.value.reason == Reason.TOO_DEEP


@pytest.mark.parametrize("tag", ["p", "li", "td", "tr", "dd", "br", "img"])
def test_what_needs_no_end_is_not_nested(tag: str) -> None:
    read_page(f"<{tag}>x" * 2 * markup.MOST_DEPTH)


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<li>", "</li>", "<ul>", "<ol class=level-2>", "</ul>", "</ol>", "<br>"),
        *(
            "<em>",
            "</em>",
            "<b>",
            "</b>",
            "<s>",
            "</s>",
            '<span class="small-caps">',
            "</span>",
            "<blockquote>",
            "<hr>",
        ),
        *(
            '<a href="https://a.example/(b">',
            "</a>",
            "<h2>",
            "</h2>",
            "<pre>",
            "</pre>",
            "<aside role=note>",
            "</aside>",
        ),
        *(
            " ",
            "\n",
            "\xa0",
            "\u200d",
            "*",
            "_",
            "^^",
            "~~",
            "{}",
            "[a](b)",
            "\\",
            "# ",
            "> ",
            "+ ",
            "1",
            "word",
            "é",
            "他说：",
            "***",
        ),
    ]
)


@fuzzing(300)
@given(st.lists(PIECES, max_size=25))
def test_whatever_is_seen_is_written_so_that_it_is_read_again(pieces: list[str]) -> None:
    blocks = [piece for piece in read_page("".join(pieces)).flow if isinstance(piece, Block)]
    text = markdown.write(blocks)
    assert markdown.read(text) == blocks
    assert clean_text(text) == text
