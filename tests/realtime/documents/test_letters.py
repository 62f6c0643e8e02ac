"""What a client has written, by its clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.documents.letters import Letters, Ranges
from realtime.documents.updates import Kind, Struct

pytestmark = pytest.mark.either_database

A, B = 7, 2**53 - 1


def text(clock: int, words: str, **more: object) -> Struct:
    return Struct(A, clock, len(words.encode("utf-16-le")) // 2, Kind.TEXT, text=words, **more)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9))), st.tuples(st.integers(0, 60), st.integers(1, 20)))
def test_ranges_are_sets_of_clocks(added: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    ranges, clocks = Ranges(), set()
    for start, length in added:
        ranges.add(start, start + length)
        clocks |= set(range(start, start + length))
    start, end = asked[0], sum(asked)
    for found, wanted in (
        (list(ranges.inside(start, end)), set(range(start, end)) & clocks),
        (list(ranges.outside(start, end)), set(range(start, end)) - clocks),
    ):
        assert all(first < last for first, last in found)
        assert [clock for each in found for clock in range(*each)] == sorted(wanted)


def test_letters_are_read_by_their_clocks_past_what_is_none() -> None:
    letters = Letters()
    assert letters.append(text(0, "ab😀")) == 0
    assert letters.append(Struct(A, 4, 3, Kind.DELETED, origin=(A, 3))) == 4
    assert letters.append(text(7, "cd", origin=(A, 6))) == 7
    assert letters.text(0, 9) == "ab😀cd"
    assert letters.text(1, 8) == "b😀c"
    assert letters.text(4, 7) == ""
    assert letters.text(0, 3) == "ab\ufffd", "half of a pair is no letter"


def test_only_what_is_new_of_a_piece_is_taken() -> None:
    letters = Letters()
    letters.append(text(0, "ab"))
    assert letters.append(text(0, "abcd")) == 2
    assert letters.text(0, 4) == "abcd"
    assert letters.run(3) == (0, None)


def test_a_run_ends_where_something_is_written_elsewhere() -> None:
    letters = Letters()
    letters.append(text(0, "ab", right=(B, 4)))
    letters.append(text(2, "cd", origin=(A, 1)))
    letters.append(text(4, "x", origin=(B, 9)))
    assert letters.run(3) == (0, None)
    assert letters.right(0) == (B, 4)
    assert letters.run(4) == (4, (B, 9))
    assert letters.right(2) == (B, 4)
    assert letters.right(4) is None
    assert (letters.run_end(0), letters.run_end(4)) == (4, 5)
