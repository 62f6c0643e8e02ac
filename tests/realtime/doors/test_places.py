"""Positions as text that a client keeps for us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.places import read_places, write_place
from realtime.positions import Position

pytestmark = pytest.mark.either_database

rooms = st.text(st.characters(codec="utf-8", exclude_characters=" ="), min_size=1)
epochs = st.text(st.characters(codec="utf-8", exclude_characters=" =:"))
positions = st.builds(Position, epochs, st.integers(0, 10**18 - 1))


@given(st.dictionaries(rooms, positions))
def test_what_was_written_is_read_again(places: dict[str, Position]) -> None:
    assert read_places(write_place(room, position) for room, position in places.items()) == places


@pytest.mark.parametrize(
    "place", ["", "hall:1", "hall:1=e", "hall:1=:", "=e:1", "hall:1=e:-1", "hall:1=e:1 ", "hall:1=e:٣", "a=b=e:1"]
)
def test_one_that_is_not_of_our_writing_spoils_them_all(place: str) -> None:
    assert read_places(["hall:2=e:1", place]) is None


def test_a_number_of_more_digits_than_any_seq_has_is_not_of_our_writing() -> None:
    assert read_places([f"hall:1=e:{'9' * 18}"]) == {"hall:1": Position("e", 10**18 - 1)}
    assert read_places([f"hall:1=e:{'9' * 19}"]) is None
