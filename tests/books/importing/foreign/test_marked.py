"""Markdown of others becomes ours."""

import pytest

from books.importing.foreign.marked import read

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("*a* __b__ ~~c~~ ^^d^^", "_a_ **b** ~~c~~ ^^d^^"),
        ("_a_{}b", "_a_{}b"),
        ("a\nb  \nc", "a b\nc"),
        ("a\n\n---\n\nb", "a\n\n***\n\nb"),
        ("- a\n- b\n  1. c", "+ a\n\n+ b\n\n#. #. c"),
        ("> a\n> b", "> a b"),
        ("`code` and\n\n    more", "code and\n\nmore"),
        ("a <b>b</b> <script>c</script>", "a **b**"),
        ("[a](https://a.example) ![b](c.png)", "[a](https://a.example)"),
        ("\\*a\\*", "\\*a\\*"),
    ],
)
def test_what_it_says_stays(source: str, text: str) -> None:
    assert read(source.encode()).chapters[0].text == text


def test_headings_part_it_and_the_front_says_what_it_is() -> None:
    source = '\ufeff---\ntitle: "The Ferry"\nauthor: Ada Lund\nlang: en\ndraft: 3\n---\n# One\na\n\nTwo\n===\nb\n'
    reading = read(source.encode())
    assert [(chapter.title, chapter.text) for chapter in reading.chapters] == [("One", "a"), ("Two", "b")]
    assert (reading.title, reading.author, reading.language) == ("The Ferry", "Ada Lund", "en")


def test_a_scene_break_at_the_front_is_no_front_matter() -> None:
    assert read(b"---\na").chapters[0].text == "***\n\na"


def test_a_line_of_many_stars_takes_nothing_along() -> None:
    stars = "* " * 30
    assert read(f"# One\n\na\n\n{stars}so\n\n# Two\n\nb".encode()).chapters[-1].text == "b"
