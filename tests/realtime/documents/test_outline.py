"""What a copy can take whole, and what it cannot; and that a library lives through all that it can."""

import copy
import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.documents import outline as outlines
from realtime.documents.outline import MAX_TYPES_DEPTH, Outline
from realtime.documents.updates import Update, read_state_vector, read_update
from realtime.errors import ApplicationError, MalformedUpdate, OutOfSync, TooLarge
from tests.realtime.documents import wire
from tests.realtime.documents.editing import Session
from tests.realtime.documents.harming import Harm, mutated
from tests.realtime.documents.library import Library
from tests.realtime.documents.wire import SHAPE, TEXT, collected, group, item, skip, string, update

pytestmark = pytest.mark.either_database

A, B, C = 1, 2, 2**40

BLOCK = wire.element("block")
YES = wire.values(b"\x78")

# A block with an attribute, a text of seven clocks (an emoji at 5 and 6), a break, and a block that was deleted.
START = update(
    group(
        A,
        0,
        item(BLOCK),
        item(TEXT, parent=(A, 0)),
        item(string("abc😀de"), parent=(A, 1)),
        item(YES, parent=(A, 0), key="ordered"),
        item(wire.element("hardBreak"), origin=(A, 1)),
        item(wire.deleted(1), origin=(A, 0)),
        collected(3),
    )
)
AFTER = 15


def read(data: bytes) -> Update:
    return read_update(data, SHAPE)


def started() -> Outline:
    outline = Outline()
    outline.add(read(START))
    return outline


def refuse(outline: Outline, data: bytes, error: type[ApplicationError]) -> None:
    """Checks that the update is refused, and that nothing of it stays."""
    before = vars_of(outline)
    for act in (outline.check, outline.add):
        with pytest.raises(error) as raised:
            act(read(data))
        assert type(raised.value) is error
    assert vars_of(outline) == before


def vars_of(outline: Outline) -> object:
    """All that an outline holds, to compare."""
    return (
        {
            client: {name: copy.copy(getattr(pieces, name)) for name in pieces.__slots__}
            for client, pieces in outline._clients.items()
        },
        {name: copy.copy(value) for name, value in vars(outline).items() if name not in ("_clients", "_effort")},
        {name: copy.copy(value) for name, value in vars(outline._effort).items() if name not in ("_undo", "_before")},
    )


@pytest.mark.parametrize(
    "data",
    [
        update(),
        update(group(A, AFTER, item(string("x"), origin=(A, 8)))),
        update(group(B, 0, item(string("x"), origin=(A, 8)))),
        update(group(B, 0, item(string("x"), origin=(A, 4), right=(A, 5)))),
        update(
            group(B, 0, item(string("x"), right=(A, 2)), item(wire.mark("bold", "{}"), origin=(B, 0), right=(A, 2)))
        ),
        update(group(B, 0, item(wire.embed("1"), parent=(A, 1)), item(wire.deleted(9), parent=(A, 1)))),
        update(group(B, 0, item(BLOCK, origin=(A, 0)), item(TEXT, parent=(B, 0)), item(string("x"), parent=(B, 1)))),
        update(group(B, 0, item(BLOCK), item(YES, origin=(A, 9)), item(wire.deleted(2), parent=(A, 0), key="level"))),
        update(group(B, 0, item(TEXT), item(string("x"), parent=(B, 0)))),  # a text beside the blocks
        update(group(A, 3, skip(9), collected(3))),
        # In what was deleted: the library lets it go as well.
        update(group(B, 0, item(string("x"), parent=(A, 11)), item(YES, parent=(A, 12), key="k"))),
        update(group(B, 0, item(string("x"), origin=(A, 13)), item(BLOCK, origin=(B, 0), right=(A, 14)))),
        update(group(B, 0, item(TEXT, parent=(A, 12)), item(string("x"), parent=(B, 0)), collected(2))),
        update(group(B, 0, item(string("x"), origin=(A, 13), right=(A, 2)))),
        # In two parts of which the copy has one.
        update(group(A, 2, item(string("abc😀de"), parent=(A, 1)), collected(7))),
        update(group(A, 13, collected(5))),
        update(deletions=[(A, [(0, 1), (2, 3), (7, 8)])]),
        update(group(B, 0, item(string("xyz"), parent=(A, 1))), deletions=[(B, [(1, 2)])]),
        # Two who wait for each other in turns.
        update(
            group(C, 0, item(BLOCK, origin=(B, 0)), item(string("x"), parent=(B, 1))),
            group(B, 0, item(BLOCK), item(TEXT, parent=(C, 0)), item(string("y"), origin=(C, 1))),
        ),
    ],
)
def test_what_builds_on_the_copy_or_on_itself_is_taken(data: bytes) -> None:
    outline = started()
    before = vars_of(outline)
    outline.check(read(data))
    assert vars_of(outline) == before
    outline.add(read(data))
    vector = {A: AFTER}
    for structs in read(data).structs.values():
        for struct in structs:
            vector[struct.client] = max(vector.get(struct.client, 0), struct.clock + struct.length)
    assert outline.vector() == vector
    assert outline.fresh(read(data)) == set()
    outline.add(read(data))  # twice is harmless
    assert outline.vector() == vector


@pytest.mark.parametrize(
    "data",
    [
        update(group(A, AFTER + 1, collected(1))),
        update(group(A, 2, skip(20), collected(1))),
        update(group(B, 0, collected(1), skip(1), collected(1))),
        update(group(B, 0, skip(3), item(string("x"), parent=(A, 1)))),
        update(group(B, 0, item(string("x"), origin=(A, AFTER)))),
        update(group(B, 0, item(string("x"), right=(A, AFTER)))),
        update(group(B, 0, item(string("x"), origin=(A, 2), right=(C, 0)))),
        update(group(B, 0, item(string("x"), parent=(C, 0)))),
        update(group(B, 0, item(string("x"), origin=(B, 0)))),
        update(group(B, 0, item(string("x"), origin=(B, 1)), item(string("x"), parent=(A, 1)))),
        update(group(B, 0, item(BLOCK, parent=(B, 0)))),
        update(group(B, 0, item(string("x"), origin=(C, 0))), group(C, 0, item(string("x"), origin=(B, 0)))),
        update(group(A, 13, item(wire.deleted(5), origin=(C, 0)))),
        update(group(A, 7, item(string("d"), origin=(C, 0)))),  # also of what the copy has
        update(group(A, 7, item(string("d"), origin=(A, 7)))),
        update(group(A, 7, item(string("d"), right=(A, 8)))),
        update(group(A, 7, item(string("d"), parent=(A, 14)))),
        update(deletions=[(A, [(AFTER, 1)])]),
        update(deletions=[(A, [(2, AFTER - 1)])]),
        update(deletions=[(B, [(0, 1)])]),
        update(group(B, 0, item(string("x"), parent=(A, 1))), deletions=[(B, [(0, 2)])]),
    ],
)
def test_what_builds_on_something_else_is_out_of_sync(data: bytes) -> None:
    refuse(started(), data, OutOfSync)


@pytest.mark.parametrize(
    "data",
    [
        update(group(B, 0, item(string("x"), parent=(A, 2)))),  # a letter is no type
        update(group(B, 0, item(string("x"), parent=(A, 9)))),  # nor is an attribute
        update(group(B, 0, item(string("x"), parent=(A, 1)), item(string("x"), parent=(B, 0)))),
        update(group(B, 0, item(string("x"), origin=(A, 8), right=(A, 1)))),  # two places
        update(group(B, 0, item(BLOCK), item(BLOCK, parent=(B, 0)), item(BLOCK, origin=(B, 0), right=(B, 1)))),
        update(group(B, 0, item(YES, origin=(A, 9), right=(A, 1)))),
        update(group(A, 13, item(wire.deleted(1), parent=(A, 1)), item(string("xx"), origin=(A, 13), right=(A, 2)))),
        update(group(B, 0, item(string("x")))),  # letters beside blocks
        update(group(B, 0, item(string("x"), parent=(A, 0)))),
        update(group(B, 0, item(string("x"), origin=(A, 1)))),
        update(group(B, 0, item(wire.mark("bold", "{}"), parent=(A, 0)))),
        update(group(B, 0, item(wire.embed("1"), right=(A, 0)))),
        update(group(B, 0, item(BLOCK, parent=(A, 1)))),  # a block within a text
        update(group(B, 0, item(TEXT, origin=(A, 8)))),
        update(group(B, 0, item(YES, parent=(A, 1)))),  # a value that is no attribute
        update(group(B, 0, item(YES, parent=(A, 0)))),
        update(group(B, 0, item(YES))),
        update(group(B, 0, item(YES, parent=(A, 1), key="k"))),  # an attribute of a text, or of the root
        update(group(B, 0, item(YES, key="k"))),
        update(group(B, 0, item(wire.deleted(1), key="k"))),
        update(group(B, 0, item(string("x"), parent=(A, 0), key="k"))),  # an attribute that is no value
        update(group(B, 0, item(BLOCK, parent=(A, 0), key="k"))),
        update(group(B, 0, item(wire.embed("1"), origin=(A, 9)))),
        update(group(B, 0, item(string("x"), origin=(A, 5), right=(A, 7)))),  # within the emoji
        update(group(B, 0, item(string("x"), right=(A, 6)))),
        update(group(B, 0, item(string("😀"), parent=(A, 1)), item(string("x"), origin=(B, 0)))),
        update(deletions=[(A, [(2, 4)])]),
        update(deletions=[(A, [(6, 1)])]),
        update(group(A, 13, item(string("x😀"), parent=(A, 1)))),
        # Of which the copy has a part: in another place, or collected there.
        update(group(A, 7, item(string("exx"), parent=(A, 1)), item(string("x"), parent=(A, 1)))),
        update(group(A, 13, item(wire.deleted(5), parent=(A, 1)))),
        # Which the copy has: Yjs looks for its neighbours all the same.
        update(group(A, 7, item(string("d"), parent=(A, 2)))),
        update(group(A, 2, item(string("a"), parent=(A, 0)))),
        update(group(A, 7, item(string("d"), origin=(A, 5)))),
        update(group(A, 7, item(string("d"), right=(A, 6)))),
    ],
)
def test_what_lies_where_it_cannot_is_refused_for_good(data: bytes) -> None:
    refuse(started(), data, MalformedUpdate)


def test_types_within_types_end_where_a_library_still_has_stack() -> None:
    def chain(depth: int) -> bytes:
        return update(group(B, 0, item(BLOCK), *(item(BLOCK, parent=(B, above)) for above in range(depth - 1))))

    outline = started()
    outline.check(read(chain(MAX_TYPES_DEPTH)))
    refuse(outline, chain(MAX_TYPES_DEPTH + 1), MalformedUpdate)
    refuse(outline, chain(10_000), MalformedUpdate)
    outline.add(read(chain(MAX_TYPES_DEPTH)))
    deepest = (B, MAX_TYPES_DEPTH - 1)
    outline.check(read(update(group(C, 0, item(BLOCK, origin=deepest)))))
    refuse(outline, update(group(C, 0, item(BLOCK, parent=deepest))), MalformedUpdate)
    refuse(outline, update(group(C, 0, item(BLOCK, origin=deepest), item(BLOCK, parent=(C, 0)))), MalformedUpdate)


def test_values_of_an_attribute_are_not_divided() -> None:
    outline = started()
    three = item(wire.values(b"\x78", b"\x79", b"\x78"), parent=(A, 0), key="k")
    outline.add(read(update(group(B, 0, three), deletions=[(B, [(0, 3)])])))
    outline.check(read(update(group(C, 0, item(YES, origin=(B, 2))))))
    refuse(outline, update(group(C, 0, item(YES, origin=(B, 0)))), MalformedUpdate)
    refuse(outline, update(deletions=[(B, [(2, 1)])]), MalformedUpdate)
    refuse(outline, update(group(C, 0, three), deletions=[(C, [(0, 1)])]), MalformedUpdate)


def test_new_content_is_told_by_client() -> None:
    outline = started()
    data = update(
        group(A, 2, item(string("abc😀de"), parent=(A, 1))),
        group(B, 0, item(string("x"), parent=(A, 1))),
        group(C, 0, skip(4)),
        deletions=[(A, [(0, 1)])],
    )
    assert outline.fresh(read(data)) == {B}
    assert outline.fresh(read(update(group(A, 14, collected(1))))) == set()
    assert outline.fresh(read(update(group(A, 14, collected(2))))) == {A}
    assert outline.fresh(read(update(group(C, 0, skip(4), collected(1))))) == {C}


def test_a_document_has_so_many_pieces_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "MAX_PIECES", 4)
    outline = Outline()
    outline.add(read(update(group(A, 0, item(BLOCK), item(TEXT, parent=(A, 0)), item(string("a"), parent=(A, 1))))))
    for clock in range(3, 10):  # letters that follow each other are one piece
        outline.add(read(update(group(A, clock, item(string("a"), origin=(A, clock - 1))))))
    outline.add(read(update(group(B, 0, item(string("a"), origin=(A, 5), right=(A, 6))))))
    more = read(update(group(C, 0, item(string("a"), origin=(A, 6), right=(A, 7)))))
    with pytest.raises(TooLarge):
        outline.check(more)
    outline.add(more)  # what is stored is stored
    outline.check(read(update(deletions=[(A, [(2, 4)])])))  # and may become less


def test_a_large_document_takes_little() -> None:
    """10,000 changes of ten clients, each somewhere else in 1,000 paragraphs: a fifth of a large chapter's."""
    chance = Random(7)
    outline = Outline()
    blocks = [
        struct
        for at in range(0, 12_000, 12)
        for struct in (item(BLOCK), item(TEXT, parent=(A, at)), item(string("x" * 10), parent=(A, at + 1)))
    ]
    outline.add(read(update(group(A, 0, *blocks))))
    clocks = dict.fromkeys(range(2**32, 2**32 + 10), 0)
    changes = []
    for _ in range(10_000):
        client, other = chance.choices(list(clocks), k=2)
        near = (A, 12 * chance.randrange(1_000) + 2 + chance.randrange(9))
        if clocks[other] and chance.random() < 0.5:
            near = (other, 10 * chance.randrange(clocks[other] // 10) + chance.randrange(9))
        between = item(string("y" * 10), origin=near, right=(near[0], near[1] + 1))
        changes.append(update(group(client, clocks[client], between)))
        clocks[client] += 10
    tracemalloc.start()
    for data in changes:
        outline.add(read(data))
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(outline.vector().values()) == 112_000
    assert now < 2_000_000


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    library = Library()
    yield library
    assert library.close() == 0


def outlined(updates: Sequence[bytes]) -> Outline:
    outline = Outline()
    for data in updates:
        found = read(data)
        outline.check(found)
        outline.add(found)
    return outline


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_all_that_people_write_is_taken_in_every_causal_order(library: Library, seed: int) -> None:
    session = Session(Random(seed)).run(40)
    everywhere = set()
    for order in islice(session.orders(), 3):
        sent = [session.sent[number].data for number in order]
        outline = outlined(sent)
        outcome = library.try_out(sent)
        assert outcome.error == ""
        assert outcome.shown == outcome.shown_again
        assert outline.vector() == read_state_vector(outcome.vector) == outlined([outcome.state]).vector()
        everywhere.add(outcome.shown)
    assert len(everywhere) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_what_builds_on_something_that_is_missing_is_found_as_a_library_would(library: Library, seed: int) -> None:
    session = Session(Random(seed)).run(20)
    missing = session.chance.randrange(len(session.sent))
    outline, taken = Outline(), []
    for number, sent in enumerate(session.sent):
        try:
            if number != missing:
                outline.add(read(sent.data))
                taken.append(sent.data)
        except OutOfSync:
            assert missing in sent.before
    outcome = library.try_out(taken)
    assert read_state_vector(outcome.vector) == outline.vector()
    assert outlined([outcome.state]).vector() == outline.vector()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_library_lives_through_whatever_is_taken(library: Library, seed: int) -> None:
    chance = Random(seed)
    assert harm(library, chance, rounds=20) == ""


def harm(library: Library, chance: Random, rounds: int) -> str:
    """Returns what a library made of one of some harmful updates that were taken; nothing where it was well."""
    session = Session(chance).run(chance.choice((0, 3, 12)))
    sent = [one.data for one in session.sent]
    outline = outlined(sent)
    for _ in range(rounds):
        if sent and chance.random() < 0.4:
            data = mutated(chance, chance.choice(sent), chance.choice(sent))
        else:
            data = Harm(chance, [read(one) for one in sent]).update()
        try:
            found = read(data)
            outline.check(found)
        except ApplicationError:
            continue
        outline.add(found)
        sent.append(data)
        outcome = library.try_out(sent)
        if outcome.error:
            return outcome.error
        if outcome.grown_kib > 50_000 or read_state_vector(outcome.vector) != outline.vector():
            return f"grown by {outcome.grown_kib} KiB, or left something out"
        if outlined([outcome.state]).vector() != outline.vector():
            return "its state is another"
    return ""
