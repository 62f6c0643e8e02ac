"""Pieces come behind what they build on, whoever waits for whom, or not at all."""

import random
from collections.abc import Sequence

import pytest

from realtime.documents.ordering import in_order
from realtime.documents.updates import Id, Kind, Struct
from realtime.errors import OutOfSync

pytestmark = pytest.mark.either_database


def structs(*pieces: tuple[Id, Sequence[Id]], length: int = 1) -> dict[int, list[Struct]]:
    """Pieces of `length`, each with up to three others that it builds on."""
    found: dict[int, list[Struct]] = {}
    for (client, clock), needs in pieces:
        found.setdefault(client, []).append(
            Struct(client, clock, length, Kind.TEXT, **dict(zip(("origin", "right", "parent"), needs, strict=False)))
        )
    return found


def ordered(pieces: dict[int, list[Struct]], **known: int) -> list[Id]:
    return [
        (struct.client, struct.clock) for struct in in_order(pieces, lambda client: known.get(f"client{client}", 0))
    ]


@pytest.mark.parametrize("place", range(3))
def test_each_need_is_met_first(place: int) -> None:
    needs: list[Id] = [(9, 0)] * 3
    needs[place] = (2, 1)
    pieces = structs(((1, 0), needs), ((2, 0), ()), ((2, 1), ()))
    assert ordered(pieces, client9=1) == [(2, 0), (2, 1), (1, 0)]
    del pieces[2][1]
    with pytest.raises(OutOfSync):
        ordered(pieces, client9=1)
    assert ordered(pieces, client9=1, client2=2) == [(2, 0), (1, 0)]


def test_clients_may_wait_for_each_other_in_turns() -> None:
    pieces = structs(*(((i % 2, i // 2), [(1 - i % 2, (i - 1) // 2)] if i else []) for i in range(1_000)))
    assert ordered(pieces) == [(i % 2, i // 2) for i in range(1_000)]


@pytest.mark.parametrize(
    "pieces",
    [
        structs(((1, 0), [(2, 0)]), ((2, 0), [(1, 0)])),
        structs(((1, 0), [(2, 0)]), ((2, 0), [(3, 0)]), ((3, 0), [(1, 0)])),
        structs(((1, 0), [(1, 0)])),
        structs(((1, 0), [(1, 1)]), ((1, 1), [])),
        structs(((1, 0), [(2, 1)]), ((2, 0), [])),
        structs(((1, 0), [(2, 0)]), ((2, 1), [])),
        structs(((1, 1), [])),
        structs(((1, 0), []), ((1, 2), [])),
    ],
)
def test_what_waits_for_itself_or_for_nothing_is_out_of_sync(pieces: dict[int, list[Struct]]) -> None:
    with pytest.raises(OutOfSync):
        ordered(pieces)


def test_what_is_known_is_looked_at_as_what_is_new() -> None:
    pieces = structs(((1, 0), [(7, 7)]), ((1, 2), []), ((1, 4), []), length=2)
    assert ordered(pieces, client1=6, client7=8) == [(1, 0), (1, 2), (1, 4)]
    with pytest.raises(OutOfSync):
        ordered(pieces, client1=6)
    with pytest.raises(OutOfSync):
        ordered(structs(((1, 0), [(1, 3)])), client1=6)


def test_a_gap_that_is_known_is_none() -> None:
    pieces = structs(((1, 0), []), ((1, 5), []))
    assert ordered(pieces, client1=5) == [(1, 0), (1, 5)]
    with pytest.raises(OutOfSync):
        ordered(pieces, client1=4)


def test_however_they_wait_the_work_stays_small() -> None:
    """Two thousand clients wait for one who goes on by one piece at a time, each time behind another."""
    size = 2_000
    pieces: list[tuple[Id, Sequence[Id]]] = []
    for at in range(size):
        pieces += [((0, at), [(1, at)]), ((1, at), [(0, at - 1)] if at else [])]
    pieces += [((client, 0), [(0, size - 1)]) for client in range(2, size)]
    looks = 0

    def next_of(client: int) -> int:
        nonlocal looks
        looks += 1
        return 0

    class Counted(dict[int, list[Struct]]):
        def __getitem__(self, client: int) -> list[Struct]:
            nonlocal looks
            looks += 1
            return super().__getitem__(client)

    order = list(in_order(Counted(structs(*pieces)), next_of))
    assert len(order) == len(pieces)
    assert looks < 5 * len(pieces)


def test_any_honest_history_is_put_in_order() -> None:
    for seed in range(200):
        chance = random.Random(seed)
        clocks = dict.fromkeys(range(5), 0)
        pieces: list[tuple[Id, Sequence[Id]]] = []
        for _ in range(60):
            client = chance.randrange(5)
            needs = [(other, chance.randrange(end)) for other, end in clocks.items() if end and chance.random() < 0.4]
            pieces.append(((client, clocks[client]), needs[:3]))
            clocks[client] += 1
        found = structs(*pieces)
        assert sorted(ordered(found)) == sorted(at for at, _ in pieces)
        seen = set()
        needs_of = dict(pieces)
        for each in ordered(found):
            assert seen.issuperset(needs_of[each])
            seen.add(each)
