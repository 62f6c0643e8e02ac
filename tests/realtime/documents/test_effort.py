"""Work that a library would have with an update, counted before: little for who writes, too much for who means harm."""

from itertools import islice
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from realtime.documents import outline as outlines
from realtime.documents.effort import Effort
from realtime.documents.outline import Outline
from realtime.documents.updates import Update, read_update
from realtime.errors import TooLarge
from tests.realtime.documents import wire
from tests.realtime.documents.editing import Session
from tests.realtime.documents.wire import SHAPE, TEXT, group, item, string, update

pytestmark = pytest.mark.either_database

A, B = 1, 2
MANY = 2_500
BLOCK = wire.element("block")
YES = wire.values(b"\x78")


def read(data: bytes) -> Update:
    return read_update(data, SHAPE)


def effort_of(*updates: bytes) -> int:
    outline = Outline()
    for data in updates:
        outline.add(read(data))
    return outline._effort.total


def begun(letters: int = MANY) -> bytes:
    return update(group(A, 0, item(BLOCK), item(TEXT, parent=(A, 0)), item(string("a" * letters), parent=(A, 1))))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_who_types_and_deletes_alone_makes_none_and_who_loads_it_neither(seed: int) -> None:
    chance, doc = Random(seed), Doc()
    root = doc.get("text", type=XmlFragment)
    sent: list[bytes] = []
    doc.observe(lambda event: sent.append(bytes(event.update)))
    root.children.append(XmlElement("block"))
    root.children[0].children.append(text := XmlText("start"))
    for _ in range(120):
        length = len(str(text))
        if length > 5 and chance.random() < 0.4:
            start = chance.randrange(length)
            del text[start : min(length, start + chance.randrange(1, 6))]
        else:
            text.insert(chance.randint(0, length), chance.choice(("a", "word ", "x" * 20)))
    assert effort_of(*sent) == 0
    assert effort_of(doc.get_update()) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
@example(171217)
def test_who_edits_alone_makes_hardly_any(seed: int) -> None:
    """Once in some hundred times: a library that formats or undoes writes past what is deleted."""
    session = Session(Random(seed), people=1).run(60)
    assert effort_of(*(sent.data for sent in session.sent)) < 1_000
    assert effort_of(session.state(0)) < 1_000


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_who_write_at_the_same_time_make_little(seed: int) -> None:
    session = Session(Random(seed), people=3).run(60)
    for order in islice(session.orders(), 2):
        assert effort_of(*(session.sent[number].data for number in order)) < 5_000


def test_what_is_between_two_neighbours_is_counted() -> None:
    start = begun(letters=5)
    right_behind = update(group(B, 0, item(string("x"), origin=(A, 3), right=(A, 4))))
    assert effort_of(start, right_behind) == 0
    again = update(group(B, 1, item(string("y"), origin=(A, 3), right=(B, 0))))
    assert effort_of(start, right_behind, again) == 0
    past_it = update(group(B, 1, item(string("y"), origin=(A, 3), right=(A, 4))))
    assert effort_of(start, right_behind, past_it) > 0
    past_what_was_written_on = update(group(B, 0, item(string("x"), origin=(A, 3), right=(A, 6))))
    assert effort_of(start, past_what_was_written_on) > 0
    at_the_beginning = update(group(B, 0, item(string("x"), parent=(A, 1))))
    assert effort_of(start, at_the_beginning) > 0
    at_the_end = update(group(B, 0, item(string("x"), origin=(A, 6)), item(string("yz"), origin=(B, 0))))
    assert effort_of(start, at_the_end) == 0


HOSTILE = {
    # The first takes a library 0.6 s, and nine times that with three times more.
    "behind one letter and before others far away": (
        begun(),
        update(group(B, 0, *(item(string("x"), origin=(A, 2), right=(A, 4 + at)) for at in range(MANY - 2)))),
    ),
    "the same backwards": (
        begun(),
        update(group(B, 0, *(item(string("x"), origin=(A, 2), right=(A, MANY - at)) for at in range(MANY - 4)))),
    ),
    "one attribute": (begun(), update(group(B, 0, *(item(YES, parent=(A, 0), key="k") for _ in range(MANY))))),
    "one attribute of many": (
        begun(),
        update(*(group(9 + client, 0, item(YES, parent=(A, 0), key="k")) for client in range(MANY))),
    ),
    "pieces of many at the beginning of a text": (
        begun(),
        update(*(group(9 + client, 0, item(string("x"), parent=(A, 1))) for client in range(MANY))),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_keep_a_library_busy_is_refused(name: str) -> None:
    start, hostile = map(read, HOSTILE[name])
    outline = Outline()
    outline.add(start)
    with pytest.raises(TooLarge):
        outline.check(hostile)
    assert outline._effort.total == 0
    outline.check(read(update(group(B, 0, item(string("x"), origin=(A, MANY + 1))))))


def test_dividing_again_and_again_what_has_many_pieces_is_refused() -> None:
    outline = Outline()
    apart = [(2 + 2 * at, 1) for at in range(30_000)]
    outline.add(read(begun(letters=120_000)))
    outline.add(read(update(deletions=[(A, apart)])))
    few, many = ([(60_000 + 2 * at, 1) for at in range(count)] for count in (100, 15_000))
    outline.check(read(update(deletions=[(A, few)])))
    with pytest.raises(TooLarge):
        outline.check(read(update(deletions=[(A, many)])))


def test_a_document_bears_so_much_and_what_makes_none_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "MAX_OF_DOCUMENT", 10)
    outline = Outline()
    outline.add(read(begun(letters=5)))

    def at_the_beginning(client: int) -> Update:
        return read(update(group(client, 0, item(string("x"), parent=(A, 1)))))

    for client in (3, 4):
        outline.check(at_the_beginning(client))
        outline.add(at_the_beginning(client))
    for client in (5, 6):  # in another's log it is, so it is here
        with pytest.raises(TooLarge):
            outline.check(at_the_beginning(client))
        outline.add(at_the_beginning(client))
    outline.check(read(update(group(B, 0, item(string("x"), origin=(A, 6))))))


def test_what_was_counted_is_taken_back() -> None:
    effort = Effort()
    effort.begin()
    effort.add(4, 2)
    assert effort.find((B, 0), origin=(A, 0), right=None, place=(4, None), follower=None) == 0
    effort.begin()
    effort.add(4, 2)
    effort.add(6, 2)
    effort.divide(A)
    assert effort.find((B, 1), origin=(A, 0), right=None, place=(4, None), follower=None) == effort.total == 4
    effort.take_back()
    assert effort.total == 0
    assert effort.find((B, 1), origin=(A, 0), right=(B, 0), place=(4, None), follower=None) == 0
    assert effort.find((B, 2), origin=(A, 0), right=None, place=(4, None), follower=None) == 2
