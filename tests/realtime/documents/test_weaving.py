"""What one client typed, in the order of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.documents.letters import Stretch
from realtime.documents.updates import Id
from realtime.documents.weaving import Run, Thread, woven

pytestmark = pytest.mark.either_database

A, B = 7, 8


def run(start: int, end: int, origin: Id | None) -> Run:
    return Run(Stretch(A, start, end), origin)


def test_what_was_typed_into_what_was_typed_stands_there() -> None:
    threads = woven([run(0, 4, (B, 9)), run(4, 6, (A, 1)), run(6, 7, (A, 1)), run(7, 8, (A, 5))])
    spans = [(0, 2), (6, 7), (4, 6), (7, 8), (2, 4)]
    assert threads == [Thread((B, 9), [Stretch(A, *each) for each in spans])]


def test_each_place_is_a_thread_and_of_what_stands_behind_the_same_letter_the_last_is_first() -> None:
    threads = woven([run(0, 1, (B, 3)), run(1, 2, None), run(2, 3, (B, 3)), run(5, 6, (A, 4))])
    assert threads == [
        Thread((B, 3), [Stretch(A, 2, 3), Stretch(A, 0, 1)]),
        Thread(None, [Stretch(A, 1, 2)]),
        Thread((A, 4), [Stretch(A, 5, 6)]),
    ]


@given(st.lists(st.integers(0, 50), max_size=30))
def test_letters_stand_in_the_order_in_which_they_were_inserted(places: list[int]) -> None:
    text: list[int] = []
    runs = []
    for clock, place in enumerate(places):
        at = place % (len(text) + 1)
        runs.append(run(clock, clock + 1, (A, text[at - 1]) if at else (B, 0)))
        text.insert(at, clock)
    found = [each.start for thread in woven(runs) for each in thread.pieces]
    assert found == text
