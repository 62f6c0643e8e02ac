"""Every block has an id of its own, which every process derives alike."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlText

from books.drafting.blocks import Block
from books.drafting.changing import change
from books.drafting.content import blocks_of, initial
from books.drafting.identifying import arbitrate
from books.paragraphs import ID
from tests.books.drafting.made import LINE, ODD, blocks, document, edited, inlines, meet, paragraph, root_of

pytestmark = pytest.mark.either_database


def paste(doc: Doc[Any], at: int, **attributes: str) -> XmlElement:
    """Puts a block in as an editor does."""
    block = root_of(doc).children.insert(at, XmlElement("block"))
    block.children.append(XmlText(LINE))
    for name, value in attributes.items():
        block.attributes[name] = value
    return block


@settings(deadline=None)
@given(st.lists(blocks(), max_size=8))
def test_every_block_gets_an_id_of_its_own(made: list[Block]) -> None:
    doc = document(initial(made))
    ids = arbitrate(doc)
    assert ids == [block.id for block in blocks_of(doc)]
    assert len(set(ids)) == len(made)
    assert all(ID.fullmatch(name) for name in ids)
    firsts = {block.id: at for at, block in reversed(list(enumerate(made))) if block.id}
    assert all(ids[at] == name for name, at in firsts.items())


def test_where_all_have_theirs_nothing_is_written() -> None:
    doc = document(initial([paragraph(LINE), paragraph(LINE), paragraph(kind="break")]))
    ids = arbitrate(doc)
    whole = doc.get_update()
    assert arbitrate(doc) == ids
    assert doc.get_update() == whole


@pytest.mark.parametrize("name", ["short", "UPPERCASE", "a" * 17, "paragraph 1", ""])
def test_what_is_no_id_is_none(name: str) -> None:
    doc = document(initial([]))
    paste(doc, 0, id=name)
    (given,) = arbitrate(doc)
    assert given != name
    assert root_of(doc).children[0].attributes["id"] == given


def test_the_first_one_keeps_what_a_copy_brings() -> None:
    doc = document(initial([paragraph(LINE, id="paragraph1"), paragraph(LINE, id="paragraph2")]))
    paste(doc, 2, id="paragraph1")
    paste(doc, 0, id="paragraph2")
    ids = arbitrate(doc)
    assert ids[:2] == ["paragraph2", "paragraph1"]
    assert len(set(ids)) == 4


def test_two_processes_that_have_heard_different_things_derive_the_same() -> None:
    one = document(initial([paragraph(LINE, id="paragraph1")]))
    paste(one, 1, id="paragraph1")
    paste(one, 1)
    other = document(one.get_update())
    paste(other, 0, id="paragraph3")
    first, second = arbitrate(one), arbitrate(other)
    assert second == ["paragraph3", *first]
    meet(one, other)
    assert arbitrate(one) == arbitrate(other) == second


def test_another_process_derives_the_same() -> None:
    update = initial([paragraph(LINE), paragraph(LINE), paragraph(LINE)])
    script = (
        "import django; django.setup(); from pycrdt import Doc; from books.drafting.identifying import arbitrate;"
        f"doc = Doc(); doc.apply_update(bytes.fromhex('{update.hex()}')); print(*arbitrate(doc))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split() == arbitrate(document(update))


def test_an_id_of_what_is_gone_does_not_come_back() -> None:
    doc = document(initial([paragraph(LINE, id="paragraph1")]))
    seen = set()
    for _ in range(5):
        paste(doc, 1, id="paragraph1")
        seen.add(arbitrate(doc)[1])
        del root_of(doc).children[1]
    assert len(seen) == 5


def test_a_derived_id_that_somebody_has_is_not_taken() -> None:
    update = initial([paragraph(LINE)])
    (derived,) = arbitrate(document(update))
    doc = document(update)
    paste(doc, 1, id=derived)
    ids = arbitrate(doc)
    assert ids[1] == derived
    assert ids[0] != derived


def test_what_is_odd_gets_ids_where_it_is_read() -> None:
    for name, update in ODD.items():
        doc = document(bytes.fromhex(update))
        assert arbitrate(doc) == [block.id for block in blocks_of(doc)], name


@settings(deadline=None, max_examples=30)
@given(st.lists(blocks(), min_size=1, max_size=6), st.data())
def test_ids_survive_texts_that_are_written_elsewhere(made: list[Block], data: st.DataObject) -> None:
    doc = document(initial(made))
    arbitrate(doc)
    after = data.draw(edited(blocks_of(doc), inlines))
    change(doc, [Block(block.inlines, block.kind, block.level, block.ordered) for block in after])
    ids = arbitrate(doc)
    assert len(set(ids)) == len(after)
    change(doc, [Block(block.inlines, block.kind, block.level, block.ordered) for block in after])
    assert arbitrate(doc) == ids
