"""Where a reader stands in a room's log."""

import msgspec
import pytest

from realtime.positions import Position

pytestmark = pytest.mark.either_database


def test_it_is_written_as_its_epoch_and_its_number() -> None:
    assert str(Position("e1", 7)) == "e1:7"
    assert str(Position("", 0)) == ":0"  # before the first event of a room that nobody has written to


@pytest.mark.parametrize("given", [{"epoch": "e"}, {"epoch": "e", "seq": "7"}, {"epoch": "e", "seq": 7, "more": 1}, 7])
def test_nothing_else_is_taken_for_one(given: object) -> None:
    assert msgspec.convert({"epoch": "e", "seq": 7}, Position) == Position("e", 7)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, Position)


def test_two_do_not_compare_over_their_epochs() -> None:
    with pytest.raises(TypeError):
        sorted([Position("e1", 7), Position("e2", 1)])  # type: ignore[type-var]
