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
    ],
)
def test_the_subset_of_markdown_is_rendered_and_nothing_else(source, html):
    assert text.render(source) == [html]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "_<img src=x onerror=alert(1)>_",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        '[x](https://a.b "t\\" onclick=\\"y")',
        "![x](https://a.b/c.png)",
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


def test_text_made_to_be_slow_is_not_slow():
    started = time.process_time()
    text.render("\n\n".join([c * 9_999 for c in "[_*(>"] + ["[" * 400_000]))
    # Ten times what it takes: only something quadratic is slower.
    assert time.process_time() - started < 10
