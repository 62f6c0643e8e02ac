import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import text


def test_paragraphs_are_what_stands_between_blank_lines():
    assert text.paragraphs("One\r\n\r\nTwo\nstill two\n \t\n\n\nThree\n") == ["One", "Two\nstill two", "Three"]
    assert text.paragraphs(" \n ") == []


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("plain <b> & co", "<p>plain &lt;b&gt; &amp; co</p>"),
        ("_a_ and **b**", "<p><em>a</em> and <strong>b</strong></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("***", '<hr class="scene-break">'),
        ("⁂", '<hr class="scene-break">'),
        ("# Top", "<h2>Top</h2>"),
        ("### Third", "<h3>Third</h3>"),
        ("##### Fifth", "<h3>Fifth</h3>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("[x](https://a.b)", '<p><a href="https://a.b" rel="nofollow ugc noopener">x</a></p>'),
        ("snake_case_name", "<p>snake_case_name</p>"),
        (r"\_not\_", "<p>_not_</p>"),
        ("1. no list", "<p>1. no list</p>"),
        ("- —Hola", "<p>- —Hola</p>"),
        ("+ item", "<ul><li>item</li></ul>"),
        ("+ + within", '<ul class="level-2"><li>within</li></ul>'),
        ("#. first", "<ol><li>first</li></ol>"),
        ("~~gone~~ ~kept~", "<p><s>gone</s> ~kept~</p>"),
        ("^^Ishmael^^ ^^; ^_^", '<p><span class="small-caps">Ishmael</span> ^^; ^_^</p>'),
        ("_Ishm_{}ael", "<p><em>Ishm</em>ael</p>"),
        ("**他说：**{}好", "<p><strong>他说：</strong>好</p>"),
        (r"\{}", "<p>{}</p>"),
        ("# A\\\nb", "<h2>A<br>\nb</h2>"),
        ("# A #", "<h2>A</h2>"),
        ("> a\n>\n> b", "<blockquote>\n<p>a<br>\n<br>\nb</p>\n</blockquote>"),
        ("> a\nb > c", "<blockquote>\n<p>a<br>\nb &gt; c</p>\n</blockquote>"),
        ("> > a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("**one\ntwo**", "<p><strong>one<br>\ntwo</strong></p>"),
        ("_a **b** c_", "<p><em>a <strong>b</strong> c</em></p>"),
        ("**a [b](https://c) d**", '<p><strong>a <a href="https://c" rel="nofollow ugc noopener">b</a> d</strong></p>'),
        ("![a](/media/b.png)", '<p><img src="/media/b.png" alt="a" loading="lazy"></p>'),
        ('![" onx="](/media/b.png "c")', '<p><img src="/media/b.png" alt="&quot; onx=&quot;" loading="lazy"></p>'),
        ("![a](https://b)", '<p>!<a href="https://b" rel="nofollow ugc noopener">a</a></p>'),
    ],
)
def test_the_subset_of_markdown_is_rendered_and_nothing_else(source, html):
    assert text.render(source) == [html]


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("# a\nb\nc", ["# a", "b\nc"]),
        ("a\n## b\n## c", ["a", "## b", "## c"]),
        ("a\n> b\nc\n> d", ["a", "> b\nc\n> d"]),
        ("> a\n>\nb", ["> a\n>", "b"]),
        ("> a\n# b\n> c", ["> a", "# b", "> c"]),
        ("+ a\n+ b\nc\n#. d", ["+ a", "+ b\nc", "#. d"]),
        ("a\n+ b\n- c\n1. d\n#e\n    # f\n\t> g", ["a\n+ b\n- c\n1. d\n#e\n    # f\n\t> g"]),
        ("# a\\\n# b\\\\\nc", ["# a\\\n# b\\\\", "c"]),
        ("# a\n***\n\nb", ["# a", "***", "b"]),
    ],
)
def test_a_heading_a_quote_and_an_item_begin_a_paragraph(source, pieces):
    assert text.paragraphs(source) == pieces
    assert text.paragraphs("\n\n".join(pieces)) == pieces
    assert text.render(source) == text.render("\n\n".join(pieces))


def test_numbered_items_go_on_counting_while_nothing_else_stands_between_them():
    source = "#. a\n\n#. b\n\n#. #. c\n\n#. #. d\n\n#. e\n\n#. #. f\n\n+ g\n\n#. h\n\ni\n\n#. j"
    starts = [re.search(r'start="(\d+)"', piece) for piece in text.render(source) if "<ol" in piece]
    assert [int(found[1]) if found else 1 for found in starts] == [1, 2, 1, 2, 3, 1, 1, 1]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "_<img src=x onerror=alert(1)>_",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        '[x](https://a.b "t\\" onclick=\\"y")',
        "![x](https://a.b/c.png)",
        "![x](//a.b/media/c.png)",
        "![x](/media/../c.png)",
        "![x](/media/c.png?d)",
        "![x](</media/c.png>)",
        '[x](</c" onclick="y>)',
    ],
)
def test_no_code_comes_through(source):
    html = text.render_whole(source)
    assert not any(evil in html for evil in ("<script", "<img", 'href="javascript', 'href="data', ' onclick="'))


@given(st.text(alphabet="ab_*[]()#>\\ \n⁂", max_size=300))
def test_each_paragraph_keeps_its_index(source):
    assert len(text.render(source)) == len(text.paragraphs(source))


def test_words_are_counted_between_spaces_and_by_character_where_there_are_none():
    assert text.count_words("Call me  Ishmael.\n\n***\n\nSome years") == 5
    assert text.count_words("私は猫。 Cat") == 4
    assert text.count_words("") == 0


def test_what_says_only_how_words_look_is_no_word():
    assert text.count_words("## {}\n\n{}\n\n> One\n> two\n\n+ three\n\n#. #. _fo_{}ur {}") == 4


def test_text_made_to_be_slow_is_not_slow():
    started = time.process_time()
    text.render("\n\n".join([c * 9_999 for c in "[_*(>"] + ["[" * 400_000]))
    for source in (
        "# " + "\\" * 100_000 + "a\nb",
        "# a" + " #" * 50_000 + " b",
        "+ " * 99_999,
        "![a](/media/" + "b/" * 99_999,
    ):
        text.render(source)
    # Ten times what it takes: only something quadratic is slower.
    assert time.process_time() - started < 10
