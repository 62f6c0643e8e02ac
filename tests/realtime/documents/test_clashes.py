"""What two do to the same paragraph at once: no word is lost or doubled without being told."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.documents.clashes import Clash, ClashKind
from tests.livrya.fuzzing import fuzzing
from tests.realtime.documents.desks import Desk, Server, beginning

pytestmark = pytest.mark.either_database

TEXTS = ("One two three. ", "Four five six. ", "Seven eight. ")
A, B = 101, 102

Act = Callable[[Desk], Any]

ACTS: dict[str, Act] = {
    "split": lambda desk: desk.split(1, 5),
    "split later": lambda desk: desk.split(1, 10),
    "join": lambda desk: desk.join(0),
    "join the next": lambda desk: desk.join(1),
    "move": lambda desk: desk.move(1, 0),
    "remove": lambda desk: desk.remove(1),
    "type": lambda desk: desk.type(1, 10, "NEW "),
    "type first": lambda desk: desk.type(1, 0, "NEW "),
    "format": lambda desk: desk.format(1, 5, 9),
    "kind": lambda desk: desk.kind(1, "quote"),
}
"""What somebody does to the second paragraph."""

NOTHING: set[tuple[str, str, str]] = set()


def swallowed(words: str, before: str = "", after: str = "") -> set[tuple[str, str, str]]:
    return {("swallowed", words, before or after)}


def doubled(words: str) -> set[tuple[str, str, str]]:
    return {("doubled", words, "")}


NEW, NEW_FIRST = swallowed("NEW ", "Four five "), swallowed("NEW ", after="Four five six. ")
JOINED_ON = swallowed("Seven eight. ", "Four five six. ")

PAIRS: dict[tuple[str, str], set[tuple[str, str, str]]] = {
    ("split", "split"): doubled("five six."),
    ("split", "split later"): doubled("six."),
    ("split", "join"): doubled("five six."),
    ("split", "join the next"): NOTHING,
    ("split", "move"): doubled("five six."),
    ("split", "remove"): NOTHING,
    ("split", "type"): NOTHING,
    ("split", "format"): NOTHING,
    ("split", "kind"): NOTHING,
    ("join", "join"): doubled("Four five six."),
    ("join", "join the next"): JOINED_ON,
    ("join", "move"): doubled("Four five six."),
    ("join", "remove"): NOTHING,
    ("join", "type"): NEW,
    ("join", "type first"): NEW_FIRST,
    ("join", "format"): NOTHING,
    ("join", "kind"): NOTHING,
    ("join the next", "join the next"): doubled("Seven eight."),
    ("join the next", "move"): JOINED_ON,
    ("join the next", "remove"): JOINED_ON,
    ("join the next", "type"): NOTHING,
    ("join the next", "format"): NOTHING,
    ("join the next", "kind"): NOTHING,
    ("move", "move"): doubled("Four five six."),
    ("move", "remove"): NOTHING,
    ("move", "type"): NEW,
    ("move", "type first"): NEW_FIRST,
    ("move", "format"): NOTHING,
    ("move", "kind"): NOTHING,
    ("remove", "remove"): NOTHING,
    ("remove", "type"): NEW,
    ("remove", "type first"): NEW_FIRST,
    ("remove", "format"): NOTHING,
    ("remove", "kind"): NOTHING,
    ("type", "type"): NOTHING,
    ("type", "format"): NOTHING,
    ("type", "kind"): NOTHING,
    ("format", "format"): NOTHING,
    ("format", "kind"): NOTHING,
    ("kind", "kind"): NOTHING,
}


def raced(one: Act, other: Act, *, ours_first: bool = True, texts: Sequence[str] = TEXTS) -> tuple[Server, list[Clash]]:
    """Returns the server after both have come, and what clashed."""
    state = beginning(texts)
    desks = Desk(A, state), Desk(B, state)
    for desk, act in zip(desks, (one, other), strict=True):
        act(desk)
    server = Server(state)
    for desk in desks if ours_first else reversed(desks):
        for update in desk.sent:
            server.take(update)
    return server, server.found


@pytest.mark.parametrize("ours_first", [True, False], ids=["first", "second"])
@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_what_comes_of_two_acts_at_once(pair: tuple[str, str], ours_first: bool) -> None:
    server, found = raced(*(ACTS[name] for name in pair), ours_first=ours_first)
    assert {(clash.kind.value, clash.words, clash.before or clash.after) for clash in found} == PAIRS[pair]
    for clash in found:
        assert clash.stretch.client in (A, B)
        if clash.kind is ClashKind.SWALLOWED:
            assert clash.words not in " ".join(server.desk.texts)
        else:
            assert " ".join(server.desk.texts).count(clash.words) == 2


def test_every_pair_is_in_the_table() -> None:
    names = [name for name in ACTS if name not in ("split later", "type first")]
    wanted = {frozenset((one, other)) for one in names for other in names}
    assert wanted <= {frozenset(pair) for pair in PAIRS}


def test_of_three_who_split_at_once_each_is_told_once() -> None:
    state = beginning(TEXTS)
    desks = [Desk(client, state) for client in (A, B, 103)]
    server = Server(state)
    for desk in desks:
        desk.split(1, 5)
        server.take(desk.sent[-1])
    assert [(clash.stretch.client, clash.words) for clash in server.found] == [(B, "five six."), (103, "five six.")]


def test_a_change_that_is_known_clashes_with_nothing() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.join(0)
    other.type(1, 5, "NEW ")
    server = Server(state)
    updates = [*one.sent, *other.sent]
    for update in updates:
        server.take(update)
    assert len(server.found) == 1
    for update in [*updates, server.desk.doc.get_update()]:
        assert server.take(update) == []


def test_what_is_typed_on_says_where_it_goes_on() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.join(0)
    for at, letter in enumerate("ab "):
        other.type(1, 5 + at, letter)
    server = Server(state)
    for update in [*one.sent, *other.sent]:
        server.take(update)
    [first, second] = server.found  # a space alone is no word
    assert (first.words, first.before) == ("a", "Four ")
    assert (second.words, second.before) == ("b", "Four a")
    assert first.stretch.end == second.stretch.start


def test_what_somebody_took_back_themselves_is_not_lost() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.join(0)
    other.type(1, 5, "NEW ")
    other.delete(1, 5, 9)
    server = Server(state)
    before = Desk(3, state).doc.get_state()
    assert server.take(one.whole(before)) == server.take(other.whole(before)) == []


def test_words_in_several_places_of_a_paragraph_are_several() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.remove(1)
    other.type(1, 14, " Last")
    other.type(1, 0, "First ")
    server = Server(state)
    server.take(other.sent[0])
    server.take(other.sent[1])
    found = server.take(one.sent[0])
    assert [(clash.words, clash.before, clash.after) for clash in found] == [
        ("First ", "", "Four five six. "),
        (" Last", "Four five six.", " "),
    ]


def test_words_typed_at_the_end_of_a_word_are_one_though_the_editor_takes_the_old_space_for_the_new_one() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.join(0)
    for at, words in ((4, "in"), (7, " "), (7, "the"), (11, " "), (11, "dark")):
        other.type(1, at, words)
    assert other.texts[1] == "Fourin the dark five six. "
    before = Desk(3, state).doc.get_state()
    for updates in ([*one.sent, other.whole(before)], [*other.sent, *one.sent]):
        server = Server(state)
        for update in updates:
            server.take(update)
        [clash] = server.found
        assert (clash.words.split(), clash.before) == (["in", "the", "dark"], "Four")
        assert clash.after == " five six. "


def test_what_is_gone_since_before_the_copy_began_is_lost_without_a_place() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.join(0)
    other.type(1, 5, "NEW ")
    server = Server(one.doc.get_update())
    [clash] = server.take(other.sent[0])
    assert (clash.words, clash.before, clash.after) == ("NEW ", "", "")


def test_more_stretches_than_anybody_types_are_told_as_one() -> None:
    state = beginning(["a " * 60])
    one, other = Desk(A, state), Desk(B, state)
    one.remove(0)
    for at in reversed(range(60)):
        other.type(0, 2 * at, "x")
    server = Server(state)
    for update in other.sent:
        server.take(update)
    [clash] = server.take(one.sent[0])
    assert clash.words == "x" * 60


def test_the_same_words_by_chance_are_not_doubled() -> None:
    state = beginning(TEXTS)
    one, other = Desk(A, state), Desk(B, state)
    one.split(1, 5)
    other.doc.apply_update(one.sent[0])
    other.type(0, 0, "six ")
    server = Server(state)
    server.take(one.sent[0])
    assert server.take(other.doc.get_update()) == []


def words_of(texts: Sequence[str]) -> Counter[str]:
    return Counter(" ".join(texts).split())


@dataclass(frozen=True)
class Deed:
    """Something that one does at a desk, as far as it can be done with the text as it is then."""

    what: str
    block: int
    word: int

    def __call__(self, desk: Desk, new: str) -> None:
        blocks = desk.texts
        here = self.block % len(blocks)
        starts = [0, *(at + 1 for at, letter in enumerate(blocks[here]) if letter == " ")]
        at = starts[self.word % len(starts)]
        if self.what == "type":
            desk.type(here, at, f"{new} ")
        elif self.what == "split":
            desk.split(here, at)
        elif self.what == "join" and here + 1 < len(blocks):
            desk.join(here)
        elif self.what == "move":
            desk.move(here, self.word % len(blocks))
        elif self.what == "format" and at:
            desk.format(here, 0, at)
        elif self.what == "kind":
            desk.kind(here, "quote")


KINDS = st.sampled_from(["type", "split", "join", "move", "format", "kind"])
DEEDS = st.builds(Deed, KINDS, st.integers(0, 9), st.integers(0, 9))


MOST_DEEDS = 2


@fuzzing(400)
@given(st.data(), st.booleans(), st.booleans())
def test_every_word_stands_or_is_kept_and_none_stands_twice_untold(
    data: st.DataObject, ours_first: bool, as_one: bool
) -> None:
    texts = [" ".join(f"p{block}w{word}" for word in range(data.draw(st.integers(0, 4)))) + " " for block in range(3)]
    state = beginning(texts)
    desks = Desk(A, state), Desk(B, state)
    for desk, name in zip(desks, "ab", strict=True):
        for number, deed in enumerate(data.draw(st.lists(DEEDS, min_size=1, max_size=MOST_DEEDS))):
            deed(desk, f"{name}{number}")
    before = Desk(3, state).doc.get_state()
    server = Server(state)
    for desk in desks if ours_first else reversed(desks):
        for update in [desk.whole(before)] if as_one else desk.sent:
            server.take(update)
    stand = words_of(server.desk.texts)
    kept = words_of([clash.words for clash in server.found if clash.kind is ClashKind.SWALLOWED])
    told = words_of([clash.words for clash in server.found if clash.kind is ClashKind.DOUBLED])
    written = words_of(texts) | words_of(desks[0].texts) | words_of(desks[1].texts)
    assert written.keys() <= stand.keys() | kept.keys()
    assert {word for word, times in stand.items() if times > 1} <= told.keys()
