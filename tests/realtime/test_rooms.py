"""Room names: what a client sends is a room only when it is written as we write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import NotFound
from realtime.rooms import parse_room
from tests.realtime.app.events import HallRoom

pytestmark = pytest.mark.either_database

# int() takes all of these.
WRITTEN_OTHERWISE = ["٣", "1_0", " 7 ", "7\n", "07", "+1", "-1", "７"]


@given(st.integers(1, 2**63 - 1))
def test_a_rooms_name_leads_back_to_it(number: int) -> None:
    assert parse_room(HallRoom(number).name) == HallRoom(number)


@given(st.text(max_size=12) | st.sampled_from(WRITTEN_OTHERWISE))
def test_a_name_that_is_taken_is_the_name_of_its_room(text: str) -> None:
    for name in (f"hall:{text}", text):
        try:
            room = parse_room(name)
        except NotFound:
            continue
        assert room.name == name


@pytest.mark.parametrize("text", [*WRITTEN_OTHERWISE, "", "0x1", "1:", "9" * 19, "1e3"])
def test_a_number_that_is_written_otherwise_is_no_room(text: str) -> None:
    with pytest.raises(NotFound):
        parse_room(f"hall:{text}")
