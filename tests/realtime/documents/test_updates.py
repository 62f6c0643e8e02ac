"""Reading updates and state vectors: all that clients write, nothing that ends, swells or misleads a library."""

import dataclasses
import tracemalloc
from array import array
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from realtime.documents import lib0
from realtime.documents.updates import (
    MAX_CLOCK,
    Deletion,
    Kind,
    Shape,
    Struct,
    Update,
    encode_state_vector,
    read_state_vector,
    read_update,
)
from realtime.errors import MalformedUpdate, TooLarge
from tests.realtime.documents import wire
from tests.realtime.documents.wire import SHAPE, collected, group, item, number, skip, string, update

pytestmark = pytest.mark.either_database

A, B = 1, 2**53 - 1


def read(data: bytes) -> Update:
    return read_update(data, SHAPE)


def recorded(act: Callable[[Doc, XmlFragment], None]) -> tuple[Doc, list[bytes]]:
    """Returns a document in which `act` has written, and the updates that it sent for it."""
    doc: Doc = Doc(client_id=A)
    root = doc.get("text", type=XmlFragment)
    sent: list[bytes] = []
    doc.observe(lambda event: sent.append(event.update))
    act(doc, root)
    return doc, sent


def write(doc: Doc, root: XmlFragment) -> None:
    block = XmlElement("block", {"kind": "heading", "level": 2, "ordered": True})
    root.children.append(block)
    text = XmlText("Überschrift 😀")
    block.children.append(text)
    block.children.append(XmlElement("hardBreak"))
    text.insert(0, "Die ")
    text.format(0, 3, {"bold": {}, "link": {"href": "https://example.org/"}})
    text.insert_embed(2, {"of": [1, 2]})
    block.attributes["level"] = 3
    del text[0:5]
    del root.children[0]


def test_what_the_library_writes_is_read() -> None:
    doc, sent = recorded(write)
    found = [read(data) for data in sent]
    clock = 0
    for one in found:
        for struct in one.structs.get(A, []):
            assert struct.clock == clock
            clock += struct.length
    assert {A: clock} == read_state_vector(doc.get_state())
    kinds = {struct.kind for one in found for struct in one.structs.get(A, [])}
    assert kinds == {Kind.TEXT, Kind.EMBED, Kind.MARK, Kind.TYPE, Kind.VALUES}
    assert [struct.element for struct in found[0].structs[A] if struct.kind is Kind.TYPE] == ["block"]
    assert found[-1].deletions
    state = read(doc.get_update())
    assert {Kind.COLLECTED} <= {struct.kind for struct in state.structs[A]} <= {Kind.COLLECTED, Kind.DELETED}


def test_all_of_a_struct_is_told() -> None:
    data = update(
        group(A, 3, item(wire.element("block")), item(wire.TEXT, parent=(A, 3)), item(string("a😀"), origin=(B, 7))),
        group(B, 8, item(wire.values(b"\x78"), parent=(A, 3), key="kind"), item(wire.deleted(4), right=(A, 5))),
        deletions=[(A, [(0, 2), (2, 1)]), (B, [(5, 1)])],
    )
    assert read(data) == Update(
        {
            A: [
                Struct(A, 3, 1, Kind.TYPE, parent="text", element="block"),
                Struct(A, 4, 1, Kind.TYPE, parent=(A, 3)),
                Struct(A, 5, 3, Kind.TEXT, origin=(B, 7), halves=array("I", [7]), text="a😀"),
            ],
            B: [
                Struct(B, 8, 1, Kind.VALUES, parent=(A, 3), key="kind"),
                Struct(B, 9, 4, Kind.DELETED, right=(A, 5)),
            ],
        },
        [Deletion(A, 0, 2), Deletion(A, 2, 1), Deletion(B, 5, 1)],
    )
    assert read(data)
    assert not read(update())


def test_a_skip_is_no_struct_and_moves_the_clock() -> None:
    data = update(group(A, 0, item(string("ab")), skip(5), collected(2)), group(B, 0, skip(3)))
    assert read(data) == Update(
        {A: [Struct(A, 0, 2, Kind.TEXT, parent="text", text="ab"), Struct(A, 7, 2, Kind.COLLECTED)]}, []
    )


def test_it_is_refused_wherever_it_is_cut_and_with_anything_behind() -> None:
    doc, sent = recorded(write)
    for data in [*sent, doc.get_update()]:
        for end in range(len(data)):
            with pytest.raises(MalformedUpdate):
                read(data[:end])
        with pytest.raises(MalformedUpdate):
            read(data + b"\x00")


NESTED = b"\x75\x01" * 32_000 + b"\x78"

HOSTILE = {
    "64 KB of nested lists": update(group(A, 0, item(wire.values(NESTED), parent=(A, 0), key="k"))),
    "64 KB of nested JSON": update(group(A, 0, item(wire.mark("bold", "[" * 64_000)))),
    "64 KB of nested JSON embedded": update(group(A, 0, item(wire.embed('{"a":' * 12_000)))),
    "clients that are not there": number(2**26) + b"\x00" * 130,
    "structs that are not there": b"\x01" + number(2**26) + b"\x01\x00" + b"\x00" * 130,
    "values that are not there": update(group(A, 0, item((8, number(2**26)), parent=(A, 0), key="k"))),
    "a list that is not there": update(group(A, 0, item(wire.values(b"\x75" + number(2**26)), key="k"))),
    "deletions that are not there": b"\x00\x01\x01" + number(2**26) + b"\x00" * 130,
    "clients with deletions that are not there": b"\x00" + number(2**26) + b"\x00" * 130,
    "text that is not there": update(group(A, 0, item((4, number(2**31) + b"a")))),
    "a client that JavaScript cannot count to": update(group(2**53, 0, item(string("a")))),
    "a client of 70 bits": update(group(2**70, 0, item(string("a")))),
    "an origin of such a client": update(group(A, 0, item(string("a"), origin=(2**53, 0)))),
    "a parent of such a client": update(group(A, 0, item(string("a"), parent=(2**53, 0)))),
    "a deletion of such a client": update(deletions=[(2**53, [(0, 1)])]),
    "a clock out of bounds": update(group(A, MAX_CLOCK, item(string("a")))),
    "a clock of 53 bits before an emoji": update(group(A, 2**53 - 1, item(string("😀")))),
    "a clock of 64 bits": update(group(A, 2**64, item(string("a")))),
    "clocks that leave the bounds": update(group(A, MAX_CLOCK - 1, item(string("ab")))),
    "a length that leaves the bounds": update(group(A, 1, collected(MAX_CLOCK))),
    "a skip that leaves the bounds": update(group(A, 1, skip(2**32 - 1), item(string("a")))),
    "an origin out of bounds": update(group(A, 0, item(string("a"), origin=(A, MAX_CLOCK)))),
    "a right origin out of bounds": update(group(A, 0, item(string("a"), right=(A, 2**32)))),
    "a deletion out of bounds": update(deletions=[(A, [(1, MAX_CLOCK)])]),
    "a client without structs": update(group(A, 0)),
    "a client twice": update(group(A, 0, item(string("a"))), group(A, 1, item(string("b")))),
    "deletions of a client twice": update(deletions=[(A, [(0, 1)]), (A, [(1, 1)])]),
    "deletions out of order": update(deletions=[(A, [(5, 1), (0, 1)])]),
    "deletions over each other": update(deletions=[(A, [(0, 2), (1, 1)])]),
    "a deletion of nothing": update(deletions=[(A, [(0, 0)])]),
    "no text": update(group(A, 0, item(string("")))),
    "nothing deleted": update(group(A, 0, item(wire.deleted(0)))),
    "nothing collected": update(group(A, 0, collected(0))),
    "nothing skipped": update(group(A, 0, skip(0), item(string("a")))),
    "no values": update(group(A, 0, item(wire.values(), key="k"))),
    "text that is not UTF-8": update(group(A, 0, item((4, b"\x02\xff\xfe")))),
    "half of a pair": update(group(A, 0, item((4, b"\x03\xed\xa0\x80")))),
    "a mark's name that is not UTF-8": update(group(A, 0, item((6, b"\x01\xff" + lib0.text("{}"))))),
    "a mark's value that is no JSON": update(group(A, 0, item(wire.mark("bold", "{")))),
    "half of a pair in JSON": update(group(A, 0, item(wire.embed('"\\ud800"')))),
    "a key that is not UTF-8": update(group(A, 0, b"\x28\x01" + lib0.text("text") + b"\x01\xff\x01\x78")),
    "another root": update(group(A, 0, item(string("a"), parent="other"))),
    "a root that is not UTF-8": update(group(A, 0, b"\x04\x01\x01\xff" + lib0.text("a"))),
    "a parent that is neither": update(group(A, 0, b"\x04\x02\x00\x00" + lib0.text("a"))),
    "another element": update(group(A, 0, item(wire.element("script")))),
    "another mark": update(group(A, 0, item(wire.mark("blink", "{}")))),
    "another mark's end": update(group(A, 0, item(wire.mark("", "null")))),
    "an element's name that is not UTF-8": update(group(A, 0, item((7, b"\x03\x01\xff")))),
    **{f"a type of kind {kind}": update(group(A, 0, item((7, bytes([kind]) + b"\x01a")))) for kind in (0, 1, 2, 4, 5)},
    **{f"a type of kind {kind}": update(group(A, 0, item((7, bytes([kind, 0, 0, 0]))))) for kind in (7, 9, 15, 255)},
    "a map": update(group(A, 0, item(wire.values(b"\x76\x01\x01a\x78"), key="k"))),
    "bytes": update(group(A, 0, item(wire.values(b"\x74\x01a"), key="k"))),
    "JSON of old": update(group(A, 0, item((2, b"\x01" + lib0.text("1"))))),
    "a binary": update(group(A, 0, item((3, b"\x01a"), key="k"))),
    "a document within": update(group(A, 0, item((9, lib0.text("guid") + b"\x76\x00"), key="k"))),
    "a kind beyond": update(group(A, 0, item((11, b"")))),
    "a kind by a bit that one library does not look at": update(group(A, 0, item((0x14, lib0.text("a"))))),
    "a collected piece with a parent": update(group(A, 0, b"\x20\x01")),
    "a skip with an origin": update(group(A, 0, item((10, b"\x01"), origin=(A, 0)))),
    "more than one update": update() + update(),
    "version 2": b"\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_end_swell_or_mislead_a_library_is_refused_within_its_own_size(name: str) -> None:
    data = HOSTILE[name]
    with pytest.raises(MalformedUpdate):
        read(data)  # once before, so that what Python keeps for itself is not counted
    tracemalloc.start()
    with pytest.raises(MalformedUpdate):
        read(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000 + 4 * len(data)


def test_more_pieces_than_are_asked_for_are_refused() -> None:
    data = update(group(A, 0, collected(1), skip(1), collected(1)), deletions=[(A, [(0, 1), (2, 1)])])
    assert read_update(data, SHAPE, max_pieces=4)
    for most in range(4):
        with pytest.raises(TooLarge):
            read_update(data, SHAPE, max_pieces=most)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reading in (read, read_state_vector):
        try:
            reading(data)
        except MalformedUpdate:
            continue


def test_texts_hold_things_only_where_the_shape_says_so() -> None:
    data = update(group(A, 0, item(wire.embed("{}"))))
    assert read(data)
    with pytest.raises(MalformedUpdate):
        read_update(data, dataclasses.replace(SHAPE, has_embeds=False))


def test_a_document_has_the_roots_elements_and_marks_of_its_own_shape() -> None:
    data = update(group(A, 0, item(wire.element("note"), parent="notes"), item(wire.mark("wide", "1"), origin=(A, 0))))
    with pytest.raises(MalformedUpdate):
        read(data)
    assert read_update(data, Shape(frozenset({"notes"}), frozenset({"note"}), frozenset({"wide"})))
    with pytest.raises(MalformedUpdate):
        read_update(data, Shape(frozenset({"notes"}), frozenset({"note"})))


@given(st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, MAX_CLOCK)))
def test_a_state_vector_is_read_as_it_was_written(vector: dict[int, int]) -> None:
    data = encode_state_vector(vector)
    assert read_state_vector(data) == vector
    assert encode_state_vector(dict(sorted(vector.items()))) == data
    for end in range(len(data)):
        with pytest.raises(MalformedUpdate):
            read_state_vector(data[:end])


def test_the_library_reads_our_state_vectors() -> None:
    doc, _ = recorded(lambda doc, root: root.children.append(XmlText("aéb")))
    vector = read_state_vector(doc.get_state())
    assert vector == {A: 4}
    assert read(doc.get_update(encode_state_vector(vector))) == Update({}, [])
    assert read(doc.get_update(encode_state_vector({A: 3}))).structs[A][0].length == 1


@pytest.mark.parametrize(
    "data",
    [
        number(2**23),  # four bytes that cost a library 128 MB
        b"\xff\xff\xff\x7f",
        b"\x01" + number(2**53) + b"\x01",
        b"\x01\x01" + number(MAX_CLOCK + 1),
        b"\x02\x01\x01\x01\x02",
        b"\x00\x00",
        b"",
    ],
)
def test_a_state_vector_that_no_client_writes_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        read_state_vector(data)
