"""What is in one block becomes something else: places in bytes, marks without letters, one text between two things."""

import pytest

from books.drafting.blocks import HardBreak, Image, Span, normal
from books.drafting.changing import change
from books.drafting.content import blocks_of, initial
from tests.books.drafting.made import LINE, document, paragraph, texts_of, update_of

pytestmark = pytest.mark.either_database

BOLD = frozenset({"bold"})


def test_another_look_of_words_writes_no_letter() -> None:
    doc = document(initial([paragraph(LINE)]))
    words = Span("Some years ago", BOLD, "https://a.b/")
    sent = update_of(doc, [paragraph("Call me Ishmael. ", words, LINE[LINE.index(", never") :])])
    assert b"years" not in sent
    assert len(sent) < 120
    sent = update_of(doc, [paragraph(LINE)])
    assert b"years" not in sent
    assert blocks_of(doc) == [paragraph(LINE)]


def test_an_images_description_is_set() -> None:
    doc = document(initial([paragraph("a", Image("/media/a.png", "one"), "b")]))
    sent = update_of(doc, [paragraph("a", Image("/media/a.png", "two"), "b")])
    assert b"media" not in sent
    assert blocks_of(doc) == [paragraph("a", Image("/media/a.png", "two"), "b")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a😀b", "a😀xb"),
        ("a😀b", "ab"),
        ("a😀b", "a😁b"),
        ("👩‍👩‍👧", "👩‍👧"),
        ("e\u0301t", "et"),
        ("et", "e\u0301\u0323t"),
        ("سلام عليكم", "سلامٌ عليكم"),
        ("他说：好。", "他又说：很好。"),
        ("\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1eb\U0001f1ea"),
        ("", "𝔘"),
        ("𝔘", ""),
    ],
)
def test_places_are_counted_in_bytes(before: str, after: str) -> None:
    doc = document(initial([paragraph("é", HardBreak(), before)]))
    change(doc, [paragraph("é", HardBreak(), after)])
    assert blocks_of(doc) == [normal(paragraph("é", HardBreak(), after))]


def test_two_texts_never_stand_beside_each_other() -> None:
    doc = document(initial([paragraph("one", HardBreak(), "another one")]))
    change(doc, [paragraph("one another one")])
    assert len(texts_of(doc)) == 1
    change(doc, [paragraph("one ", Image("/media/a.png"), "another one")])
    change(doc, [paragraph("one ", "another one")])
    assert len(texts_of(doc)) == 1


def test_a_text_of_which_nothing_stays_goes_on_where_there_are_words() -> None:
    doc = document(initial([paragraph("old words", id="paragraph1")]))
    texts = texts_of(doc)
    change(doc, [paragraph(HardBreak(), "something else", id="paragraph1")])
    assert texts_of(doc) == texts


def test_what_is_said_of_words_that_stay_and_is_not_ours_stays() -> None:
    doc = document(initial([paragraph(LINE, id="paragraph1")]))
    (text,) = texts_of(doc)
    text.format(17, 31, {"thread": {"id": 7}})
    change(doc, [paragraph(LINE.replace("years", "winters"), id="paragraph1")])
    change(doc, [paragraph(Span(LINE.replace("years", "winters"), BOLD), id="paragraph1")])
    held = [piece for piece, said in text.diff() if said and said.get("thread")]
    assert "".join(held) == "Some rs ago"
