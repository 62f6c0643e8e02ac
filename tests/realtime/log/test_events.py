"""Events on their way: their names, which say where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.log.events import EphemeralEvent, StoredEvent, read_event_id
from realtime.positions import Position

pytestmark = pytest.mark.either_database


@given(
    st.from_regex(r"[a-z:]*[a-z]:[0-9]+", fullmatch=True),
    st.from_regex(r"[0-9a-f]+", fullmatch=True),
    st.integers(0, 10**18 - 1),
)
def test_the_name_of_an_event_says_where_it_stands(room: str, epoch: str, seq: int) -> None:
    event = StoredEvent(room, epoch, seq, "hall:said", b"{}", 5)
    assert read_event_id(event.event_id) == (room, Position(epoch, seq))


@pytest.mark.parametrize(
    "name", ["", "hall:1", "0123456789abcdef", ":e:1", "hall:1:e:", "hall:1:e:-1", f"h:1:e:{'9' * 19}"]
)
def test_another_name_says_nothing(name: str) -> None:
    assert read_event_id(name) is None


def test_the_name_of_what_is_not_in_the_log_is_its_own() -> None:
    assert EphemeralEvent("hall:1", "hall:typing", b"{}", event_id="x", created_at_ms=5).event_id == "x"
