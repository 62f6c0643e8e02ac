"""A draft's document becomes another text by the smallest change, and nobody's typing is lost or doubled by it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlText

from books.drafting import changing, rewriting
from books.drafting.blocks import Block, HardBreak, Span, normal
from books.drafting.changing import change
from books.drafting.content import blocks_of, initial
from tests.books.drafting.made import (
    LINE,
    ODD,
    blocks,
    document,
    edited,
    edited_within,
    inlines,
    meet,
    paragraph,
    root_of,
    spans,
    texts_of,
    typing,
    update_of,
)

pytestmark = pytest.mark.either_database

BOLD = frozenset({"bold"})

# Machines pause; nothing here waits.
often = settings(deadline=None, max_examples=60)


def without_ids(found: list[Block]) -> list[Block]:
    return [Block(each.inlines, each.kind, each.level, each.ordered) for each in found]


@often
@given(st.lists(blocks(), max_size=8), st.lists(blocks(), max_size=8))
def test_after_a_change_the_document_holds_the_blocks(before: list[Block], after: list[Block]) -> None:
    doc = document(initial(before))
    change(doc, after)
    found = blocks_of(doc)
    assert without_ids(found) == without_ids(after)
    assert [each.id or was.id for each, was in zip(after, found, strict=True)] == [each.id for each in found]


@often
@given(st.lists(blocks(ids=False), max_size=8), st.data())
def test_a_text_that_was_edited_here_and_there_is_what_the_document_holds(
    before: list[Block], data: st.DataObject
) -> None:
    doc = document(initial(before))
    for _ in range(3):
        after = data.draw(edited(blocks_of(doc), inlines))
        change(doc, after)
        assert without_ids(blocks_of(doc)) == without_ids(after)


@often
@given(st.lists(blocks(ids=False), min_size=1, max_size=6), st.data())
def test_what_others_type_meanwhile_stands_once_in_both_copies(before: list[Block], data: st.DataObject) -> None:
    ours = document(initial(named(before)))
    theirs = document(ours.get_update())
    typed = data.draw(typing(texts_of(theirs)))
    change(ours, data.draw(edited(blocks_of(ours), inlines)))
    stayed = {hash(text) for text in texts_of(ours)}
    meet(ours, theirs)
    assert blocks_of(ours) == blocks_of(theirs)
    assert [text.diff() for text in texts_of(ours)] == [text.diff() for text in texts_of(theirs)]
    for word, text in typed.items():
        assert words_of(ours).count(word) == (text in stayed)


@often
@given(st.lists(blocks(spans, ids=False), min_size=1, max_size=4), st.data())
def test_nothing_is_lost_in_a_paragraph_that_stays(before: list[Block], data: st.DataObject) -> None:
    ours = document(initial(named(before)))
    theirs = document(ours.get_update())
    typed = data.draw(typing(texts_of(theirs)))
    after = [data.draw(edited_within(block, spans)) for block in blocks_of(ours) if block.kind != "break"]
    after.insert(data.draw(st.integers(0, len(after))), paragraph("Something new.", id="somethingnew"))
    change(ours, after)
    meet(ours, theirs)
    assert blocks_of(ours) == blocks_of(theirs)
    assert {word: words_of(ours).count(word) for word in typed} == dict.fromkeys(typed, 1)


def named(found: list[Block]) -> list[Block]:
    return [replace(block, id=f"paragraph{at}") for at, block in enumerate(found)]


def words_of(doc: Doc[Any]) -> str:
    return "".join(one.text for block in blocks_of(doc) for one in block.inlines if isinstance(one, Span))


def test_what_is_the_same_is_not_touched() -> None:
    before = [paragraph(LINE, id="paragraph1"), paragraph(kind="break"), paragraph(Span("x", BOLD), HardBreak(), "y")]
    doc = document(initial(before))
    whole = doc.get_update()
    assert update_of(doc, before) == doc.get_update(doc.get_state())
    assert doc.get_update() == whole


def test_a_word_that_changes_costs_a_word() -> None:
    doc = document(initial([paragraph(LINE, id=f"paragraph{at}") for at in range(300)]))
    after = blocks_of(doc)
    after[150] = paragraph(LINE.replace("years", "winters"), id="paragraph150")
    assert len(update_of(doc, after)) < 80
    assert blocks_of(doc) == after


def test_another_look_of_a_paragraph_sets_attributes_only() -> None:
    doc = document(initial([paragraph(LINE, id="paragraph1")]))
    (text,) = texts_of(doc)
    for kind, level, ordered in [("heading", 3, False), ("item", 1, True), ("item", 3, False), ("quote", 0, False)]:
        after = [paragraph(LINE, kind=kind, level=level, ordered=ordered, id="paragraph1")]
        assert len(update_of(doc, after)) < 80
        assert blocks_of(doc) == after
    change(doc, [paragraph(LINE)])
    assert blocks_of(doc) == [paragraph(LINE, id="paragraph1")]
    assert texts_of(doc) == [text]


def test_what_moves_keeps_its_id_and_what_is_new_has_none() -> None:
    lines = [
        LINE,
        "There now is your insular city of the Manhattoes.",
        "Circumambulate the city of a Sabbath afternoon.",
    ]
    doc = document(initial([paragraph(line, id=f"paragraph{at}") for at, line in enumerate(lines)]))
    change(doc, [paragraph(line) for line in (lines[2], lines[0], "New.", lines[1])])
    assert [block.id for block in blocks_of(doc)] == ["paragraph2", "paragraph0", None, "paragraph1"]


def test_a_given_id_is_nobody_elses() -> None:
    doc = document(initial([paragraph(LINE, id="paragraph0")]))
    change(doc, [paragraph(LINE), paragraph("Other words.", id="paragraph0")])
    assert [block.id for block in blocks_of(doc)] == [None, "paragraph0"]


def test_words_typed_into_a_break_do_not_come_to_light_with_other_words() -> None:
    doc = document(initial([paragraph(kind="break", id="paragraph0")]))
    block = root_of(doc).children[0]
    block.children.append(XmlText("Typed meanwhile."))
    assert blocks_of(doc) == [paragraph("Typed meanwhile.", id="paragraph0")]
    change(doc, [paragraph(kind="break", id="paragraph0")])
    assert blocks_of(doc) == [paragraph(kind="break", id="paragraph0")]
    change(doc, [paragraph(id="paragraph0")])
    assert blocks_of(doc) == [paragraph(id="paragraph0")]


def test_what_is_odd_becomes_proper() -> None:
    for name, update in ODD.items():
        doc = document(bytes.fromhex(update))
        change(doc, [paragraph(LINE), *blocks_of(doc), paragraph(LINE)])
        found = blocks_of(doc)
        assert found[0] == found[-1] == paragraph(LINE), name
        change(doc, [paragraph("only")])
        assert blocks_of(doc)[0].inlines == (Span("only"),), name
        assert [child.tag for child in root_of(doc).children] == ["block"], name


def test_a_change_too_large_to_be_small_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "_MOST_STEPS", 50)
    monkeypatch.setattr(rewriting, "_MOST_BYTES", 50)
    before = [paragraph(f"{at} {LINE}", id=f"paragraph{at}") for at in range(30)]
    doc = document(initial(before))
    after = [paragraph(Span(f"{at} "), Span(LINE, BOLD if at % 3 else frozenset())) for at in range(0, 30, 2)]
    change(doc, after)
    assert without_ids(blocks_of(doc)) == [normal(block) for block in after]
    assert blocks_of(doc)[1].id == "paragraph2"
    monkeypatch.setattr(changing, "_MOST_STEPS", 5_000)
    change(doc, [paragraph(LINE.replace("e", "é"))])
    assert without_ids(blocks_of(doc)) == [paragraph(LINE.replace("e", "é"))]
