"""The kinds of typing that apps declare beside their rooms."""

from collections.abc import Iterator

import pytest

from realtime.people.typing import kinds
from realtime.people.typing.kinds import TYPING_EVENTS, declare_typing, kinds_in
from tests.realtime.app.events import HallRoom, VaultRoom
from tests.realtime.examples import BenchRoom, Poke

pytestmark = pytest.mark.either_database


@pytest.fixture(autouse=True)
def undeclared() -> Iterator[None]:
    """What is declared here is gone afterwards."""
    known, events = {room: list(found) for room, found in kinds._KINDS.items()}, set(TYPING_EVENTS)
    yield
    kinds._KINDS.clear()
    kinds._KINDS.update(known)
    TYPING_EVENTS.intersection_update(events)


def declare(name: str, *rooms: type) -> kinds.TypingKind:
    return declare_typing(name, rooms=rooms, lasts_seconds=3, payload=Poke, event=lambda room, typists: Poke(who=1))


def test_a_kind_is_there_in_rooms_of_its_types_alone() -> None:
    drawing = declare("drawing", BenchRoom, VaultRoom)
    singing = declare("singing", BenchRoom)
    assert list(kinds_in(BenchRoom(1)))[-2:] == [drawing, singing]
    assert drawing in kinds_in(VaultRoom(9))
    assert drawing not in kinds_in(HallRoom(1))
    assert "bench:poke" in TYPING_EVENTS  # which those who hide their own do not get


def test_two_kinds_of_one_room_have_two_names() -> None:
    declare("drawing", BenchRoom)
    with pytest.raises(TypeError, match=r"drawing.*BenchRoom"):
        declare("drawing", BenchRoom)
