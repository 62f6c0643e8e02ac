"""A draft's words with who wrote them."""

from typing import Any

import pycrdt
import pytest
from pycrdt import XmlElement, XmlFragment, XmlText

from books.drafting.authors import paragraphs
from books.drafting.blocks import Block, HardBreak, Image, Span
from books.drafting.content import initial
from realtime.documents import Stretch


def document(*blocks: Block) -> pycrdt.Doc[Any]:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc.apply_update(initial(blocks))
    return doc


def said(*stretches: tuple[int | None, int]) -> list[Stretch]:
    return [Stretch(*stretch) for stretch in stretches]


def words(doc: pycrdt.Doc[Any], *texts: list[Stretch]) -> list[list[tuple[int | None, str]]]:
    return [[tuple(each) for each in one.words] for one in paragraphs(doc, texts)]  # type: ignore[misc]  # pairs


def test_each_word_has_its_writer() -> None:
    doc = document(Block((Span("Call me "), Span("Ishmael", frozenset({"italic"})))), Block((Span("Two."),)))
    found = words(doc, said((None, 5), (7, 10)), said((8, 4)))
    assert found == [[(None, "Call "), (7, "me Ishmael")], [(8, "Two.")]]


def test_letters_are_counted_as_clients_count_them() -> None:
    doc = document(Block((Span("a😀b他"),)))
    assert words(doc, said((7, 3), (8, 1), (9, 1))) == [[(7, "a😀"), (8, "b"), (9, "他")]]


def test_a_line_break_and_an_image_go_with_what_they_follow() -> None:
    doc = document(Block((Span("One"), HardBreak(), Span("two"), Image("/media/covers/a-1.webp", "A whale"))))
    assert words(doc, said((7, 3)), said((7, 3))) == [[(7, "One\ntwoA whale")]]


def test_an_empty_paragraph_and_a_break_have_no_words() -> None:
    doc = document(Block(), Block(kind="break"), Block((Span("End."),), kind="heading"))
    found = paragraphs(doc, [said(), said((7, 4))])
    assert [(one.block.kind, len(one.words)) for one in found] == [("paragraph", 0), ("break", 0), ("heading", 1)]


def test_what_somebody_hid_where_no_text_is_keeps_the_others_in_their_places() -> None:
    doc = document(Block((Span("One"), HardBreak(), Span("two"))))
    root = doc.get("text", type=XmlFragment)
    root.children[0].children[1].children.append(XmlText("hidden"))
    root.children.insert(0, XmlElement("image")).children.append(XmlText(""))
    assert words(doc, said(), said((7, 3)), said((8, 6)), said((9, 3))) == [[(7, "One\n"), (9, "two")]]


def test_texts_that_are_not_those_of_the_document_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paragraphs(document(Block((Span("One"),)), Block((Span("Two"),))), [said((7, 3))])
