"""What a chapter's draft is as a shared document: how it begins, and what may be in it."""

from typing import Any

import pycrdt
import pytest

from books.drafting.content import blocks_of, initial
from books.drafting.document import ChapterDocument
from books.drafting.merging import written
from books.events import DraftRoom
from realtime.documents.kinds import document_of
from realtime.documents.outline import Outline
from realtime.documents.updates import read_update
from realtime.errors import MalformedUpdate
from tests.books.library import book, draft

pytestmark = pytest.mark.django_db

TEXT = "## One\n\n_Call_ me **Ishmael**.\n\n***\n\n> Said.\n\n+ First\n\n#. Second\n\nA line  \nand ~~another~~."


def test_a_draft_begins_with_the_chapters_text_and_the_same_bytes_everywhere() -> None:
    held = draft(book(), text=TEXT)
    document = document_of(DraftRoom(held.pk))
    assert isinstance(document, ChapterDocument)
    state = document.initial()
    assert state == document.initial()
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc.apply_update(state)
    text, ids = written(blocks_of(doc))
    assert ids == held.paragraph_ids
    assert text == written(blocks_of(doc))[0]
    Outline().check(read_update(state, document.shape))


@pytest.mark.parametrize("name", ["script", "paragraph", "blockquote", "Block"])
def test_no_other_element_may_be_in_it(name: str) -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc["text"] = pycrdt.XmlFragment([pycrdt.XmlElement(name)])
    with pytest.raises(MalformedUpdate):
        read_update(doc.get_update(), ChapterDocument.shape)


@pytest.mark.parametrize("name", ["bold", "italic", "strike", "smallCaps", "link"])
def test_the_marks_of_the_editor_may_be_in_it(name: str) -> None:
    assert read_update(marked(name), ChapterDocument.shape)


@pytest.mark.parametrize("name", ["blink", "Bold", "underline", "link--0123456789", ""])
def test_no_other_mark_may_be_in_it(name: str) -> None:
    with pytest.raises(MalformedUpdate):
        read_update(marked(name), ChapterDocument.shape)


def marked(name: str) -> bytes:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc["text"] = pycrdt.XmlFragment([block := pycrdt.XmlElement("block")])
    block.children.append(text := pycrdt.XmlText("Call me"))
    text.format(0, 4, {name: {}})
    return doc.get_update()


def test_nothing_but_letters_may_be_in_its_texts() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc["text"] = pycrdt.XmlFragment([block := pycrdt.XmlElement("block")])
    block.children.append(text := pycrdt.XmlText("Call me"))
    text.insert_embed(0, {"note": 1})
    with pytest.raises(MalformedUpdate):
        read_update(doc.get_update(), ChapterDocument.shape)


def test_no_other_root_may_be_in_it() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc["more"] = pycrdt.XmlFragment([pycrdt.XmlElement("block")])
    with pytest.raises(MalformedUpdate):
        read_update(doc.get_update(), ChapterDocument.shape)


def test_an_empty_chapter_begins_as_an_empty_document() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    if state := initial([]):
        doc.apply_update(state)
    assert blocks_of(doc) == []
