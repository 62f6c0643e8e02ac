"""Rooms and events that only the engine's own tests know."""

from collections.abc import Sequence

from realtime.contracts import Payload, event
from realtime.identity import Identity
from realtime.rooms import Grant, Room, authorises


class BenchRoom(Room, pattern="bench:{bench_id}"):
    """A room open to everybody."""

    bench_id: int


@authorises(BenchRoom)
def _everybody(identity: Identity, rooms: Sequence[BenchRoom]) -> dict[BenchRoom, Grant | None]:
    return {room: Grant() for room in rooms}


@event("bench:spoken", rooms=[BenchRoom])
class Spoken(Payload):
    """Somebody on the bench said something."""

    text: str


@event("bench:poke", rooms=[BenchRoom], durable=False, conflate_by=("who",))
class Poke(Payload):
    """Somebody on the bench was poked, in passing."""

    who: int


class BoardRoom(Room, pattern="board:{board_id}"):
    """A board that everybody may draw on."""

    board_id: int


@authorises(BoardRoom)
def _everybody_draws(identity: Identity, rooms: Sequence[BoardRoom]) -> dict[BoardRoom, Grant | None]:
    return {room: Grant() for room in rooms}


@event("board:drawn", rooms=[BoardRoom], binary="strokes")
class Drawn(Payload):
    """Somebody drew on the board."""

    color: str
    strokes: bytes
