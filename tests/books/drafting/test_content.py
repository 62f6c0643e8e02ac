"""A draft's document is read whatever is in it, and its first state is the same wherever it is made."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, XmlElement, XmlText

from books.drafting.blocks import Block, HardBreak, Image, Span
from books.drafting.content import FIRST_CLIENT_ID, blocks_of, initial
from tests.books.drafting.made import LINE, ODD, blocks, document, meet, paragraph, root_of, texts_of

pytestmark = pytest.mark.either_database

HERE = Path(__file__).parent
BOLD = frozenset({"bold"})
BOTH = BOLD | {"italic"}

FIRST = [
    paragraph("Title", kind="heading", level=3, id="abcdefgh1"),
    paragraph(
        "a ",
        Span("b😀", BOLD),
        Span("c", BOTH, "https://a.b/"),
        HardBreak(),
        Span("d", frozenset({"smallCaps", "strike"})),
        Image("/media/a.png", "alt"),
    ),
    paragraph(kind="break"),
    paragraph("it", kind="item", level=2, ordered=True),
    paragraph("q", kind="quote"),
    paragraph(),
]


@settings(deadline=None)
@given(st.lists(blocks(), max_size=8))
def test_a_first_state_holds_the_blocks_and_is_the_same_wherever_it_is_made(made: list[Block]) -> None:
    update = initial(made)
    assert blocks_of(document(update)) == made
    assert initial(made) == update


def test_the_bytes_of_a_first_state_are_kept() -> None:
    # Two processes of which one has a newer library must not write two texts: see `initial`.
    assert initial(FIRST).hex() == (HERE / "first.hex").read_text().strip()


def test_two_processes_that_both_begin_a_document_begin_one() -> None:
    one, other = document(initial(FIRST)), document(initial(FIRST))
    one.apply_update(other.get_update())
    assert blocks_of(one) == FIRST


def test_two_who_begin_in_an_empty_paragraph_write_into_one_text() -> None:
    one = document(initial([paragraph()]))
    other = document(one.get_update())
    texts_of(one)[0].insert(0, "one")
    texts_of(other)[0].insert(0, "two")
    meet(one, other)
    assert len(texts_of(one)) == 1
    assert sorted([str(texts_of(one)[0])[:3], str(texts_of(one)[0])[3:]]) == ["one", "two"]


def test_nobody_is_given_the_number_that_writes_first_states() -> None:
    assert FIRST_CLIENT_ID < 2**53
    assert Doc().client_id != FIRST_CLIENT_ID


def test_what_the_editor_wrote_is_read() -> None:
    # Tiptap 3.31.3, y-tiptap 3.0.9 and Yjs 13.6.33, through the studio's schema.
    assert blocks_of(document(bytes.fromhex((HERE / "editor.hex").read_text()))) == [
        paragraph("Loomings", kind="heading", level=3, id="aaaaaaaa"),
        paragraph(
            "CalQl ",
            Span("me ", BOLD),
            Span("I😀shmael", BOTH),
            Span(".", frozenset({"strike"}), "https://a.b/"),
            HardBreak(),
            Span("e\u0301 世界", frozenset({"smallCaps"})),
            Image("/media/a.png", "A whale"),
        ),
        paragraph(kind="break"),
        paragraph("one", kind="item", level=2, ordered=True),
        paragraph("سلام", kind="quote"),
        paragraph(),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("roottext", []),
        ("rootmap", []),
        ("rootarray", []),
        ("rootarraytypes", []),
        ("rootembed", []),
        ("nested", [paragraph("t0t1t2t3t4")]),
        ("attrs", [paragraph()]),
        ("texts", [paragraph(Span("a", BOLD), "bcxxyy")]),
    ],
)
def test_what_is_odd_is_plain_text_or_nothing(name: str, expected: list[Block]) -> None:
    assert blocks_of(document(bytes.fromhex(ODD[name]))) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"kind": "heading", "level": 3}, {"kind": "heading", "level": 3}),
        ({"kind": "heading", "level": "3"}, {"kind": "heading", "level": 3}),
        ({"kind": "heading", "level": 7}, {"kind": "heading", "level": 2}),
        ({"kind": "heading", "level": float("inf")}, {"kind": "heading", "level": 2}),
        ({"kind": "heading", "level": float("nan")}, {"kind": "heading", "level": 2}),
        ({"kind": "item", "level": 2.9, "ordered": True}, {"kind": "item", "level": 2, "ordered": True}),
        ({"kind": "item", "level": -1e30, "ordered": "true"}, {"kind": "item", "level": 1, "ordered": True}),
        ({"kind": "item", "level": "x" * 100_000, "ordered": 1}, {"kind": "item", "level": 1}),
        ({"kind": "code"}, {}),
        ({"kind": ["heading"], "level": {"a": 1}, "ordered": None}, {}),
        ({"kind": "paragraph", "level": 3, "ordered": True}, {}),
        ({"id": "abcdefgh"}, {"id": "abcdefgh"}),
        ({"id": "<script>"}, {}),
        ({"id": "a" * 1_000_000}, {}),
        ({"id": 12345678}, {}),
        ({"onclick": "alert()"}, {}),
    ],
)
def test_attributes_are_taken_as_the_editor_takes_them(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    doc = document(initial([]))
    block = root_of(doc).children.append(XmlElement("block"))
    block.children.append(XmlText("a"))
    for name, value in attributes.items():
        block.attributes[name] = value
    assert blocks_of(doc) == [paragraph("a", **expected)]


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ({"bold": True}, Span("a", BOLD)),
        ({"bold": None}, Span("a")),
        ({"link": {"href": "https://a.b/", "target": None}}, Span("a", link="https://a.b/")),
        ({"link": {"href": "javascript:alert()"}}, Span("a")),
        ({"link": {"href": 5}}, Span("a")),
        ({"link": "https://a.b/"}, Span("a")),
        ({"comment": {"id": 1}, "bold": {}}, Span("a", BOLD)),
    ],
)
def test_marks_that_are_none_are_none(said: dict[str, Any], span: Span) -> None:
    doc = document(initial([paragraph()]))
    texts_of(doc)[0].insert(0, "a", said)
    assert blocks_of(doc) == [paragraph(span)]


def test_a_break_in_which_somebody_typed_meanwhile_shows_it() -> None:
    ours = document(initial([paragraph(LINE, id="paragraph1")]))
    theirs = document(ours.get_update())
    texts_of(theirs)[0].insert(0, "Look: ")
    root_of(ours).children[0].attributes["kind"] = "break"
    meet(ours, theirs)
    assert blocks_of(ours) == [paragraph(f"Look: {LINE}", id="paragraph1")]


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_that_a_document_may_hold_raises(seed: int) -> None:
    chance = random.Random(seed)
    doc = document(initial(FIRST))
    nodes: list[Any] = [root_of(doc), *root_of(doc).children]
    for _ in range(60):
        node = chance.choice(nodes)
        if isinstance(node, XmlText):
            act = chance.randrange(4)
            if act == 0:
                node.insert(
                    0, chance.choice(["a\x00", "\n", "é😀", "\u2028"]), {chance.choice(["bold", "x"]): chance.random()}
                )
            elif act == 1:
                node.insert_embed(0, chance.choice([{"a": 1}, None, 5, Map(), XmlElement("block")]))
            elif act == 2:
                node.attributes[chance.choice(["kind", "id"])] = chance.choice([None, "", 5, [1], {"a": None}])
            else:
                node.format(0, len(node), {chance.choice(["italic", "link"]): chance.choice([None, {}, [], "x"])})
        elif chance.random() < 0.3 and isinstance(node, XmlElement):
            node.attributes[chance.choice(["kind", "id", "level", "src"])] = chance.choice(
                [None, 5, "break", [], "9" * 400]
            )
        else:
            made = chance.choice([XmlText("t"), XmlElement(chance.choice(["block", "image", "hardBreak", "p", ""]))])
            nodes.append(node.children.insert(chance.randint(0, len(node.children)), made))
    found = blocks_of(doc)
    assert blocks_of(document(doc.get_update())) == found
