"""What style sheets say of italics, and of what nobody sees."""

import pytest

from books.importing.foreign.looks import Look, Looks, look_of

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("style", "look"),
    [
        ("font-style: italic", Look(frozenset({"italic"}))),
        ("FONT-WEIGHT:700 !important", Look(frozenset({"bold"}))),
        ("font-weight:normal;font-style:normal", Look(without=frozenset({"bold", "italic"}))),
        ("text-decoration: line-through red", Look(frozenset({"strike"}))),
        ("font-variant: small-caps", Look(frozenset({"smallCaps"}))),
        ("display:none", Look(is_hidden=True)),
        ("mso-hide:all", Look(is_hidden=True)),
        ("color: red; nonsense", Look()),
    ],
)
def test_declarations_are_read(style: str, look: Look) -> None:
    assert look_of(style) == look


def test_classes_of_a_sheet_are_known_and_other_selectors_are_not() -> None:
    looks = Looks()
    looks.learn("/* .x{display:none} */ span.c1, .c2 {font-style:italic} .c2{font-weight:bold} p .c3{display:none}")
    assert looks.of({"class": "c1"}).marks == {"italic"}
    assert looks.of({"class": "other c2", "style": "text-decoration:line-through"}).marks == {
        "italic",
        "bold",
        "strike",
    }
    assert looks.of({"class": "x c3"}) == Look()
