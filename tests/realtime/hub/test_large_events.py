"""Events that carry bytes, and those too large to be kept in memory: who comes back reads them from the log."""

from collections.abc import Hashable

from realtime.hub.audience import Delivery
from realtime.hub.room import RoomState
from realtime.log.events import LARGE_BYTES, StoredEvent
from realtime.transport.wire import JSON
from tests.realtime.examples import BoardRoom


class _Blind:
    """A view that shows nothing."""

    key: Hashable = "blind"

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        return None

    def shown(self, event_type: str, payload: bytes) -> tuple[str, bytes] | None:
        return None


def stored(seq: int, size: int = 10) -> StoredEvent:
    return StoredEvent("board:1", "e", seq, "board:drawn", b"x" * size, 0, binary=True)


def kept(state: RoomState) -> list[int]:
    return [delivery.event.seq for delivery in state.ring or ()]


def test_the_ring_begins_anew_behind_a_large_event() -> None:
    state = RoomState(BoardRoom(1), 10)
    state.push(stored(1))
    state.push(stored(2, LARGE_BYTES + 1))
    assert (kept(state), state.recent(1)) == ([], None)
    state.push(stored(3))
    assert (kept(state), state.recent(1)) == ([3], None)
    assert [delivery.event.seq for delivery in state.recent(2) or ()] == [3]


def test_a_page_refills_the_ring_up_to_its_large_event() -> None:
    state = RoomState(BoardRoom(1), 10)
    state.epoch, state.seq = "e", 5
    state.refill([Delivery(stored(seq, LARGE_BYTES + 1 if seq == 3 else 10)) for seq in range(1, 6)])
    assert kept(state) == [4, 5]


def test_no_view_hides_a_piece_of_something_whole() -> None:
    event = StoredEvent("board:1", "e", 1, "board:drawn", b'{"strokes":"AA=="}', 0, binary=True)
    assert b"AA==" in Delivery(event).packet(JSON, "/", view=_Blind()).text
