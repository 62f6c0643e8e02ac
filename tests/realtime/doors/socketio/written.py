"""A journal whose time is the test's."""

from realtime.doors.socketio.journal import Journal
from realtime.positions import Position

PROCESS = "0123456789abcdef"


class Time:
    now = 0.0


class Written(Journal):
    """A journal in which one line writes one thing."""

    def __init__(self) -> None:
        self.time = Time()
        super().__init__(PROCESS, lambda: self.time.now)

    def deliver(self, room: str, seq: int, *, more: bool = False, epoch: str = "e") -> int:
        return self.delivered(room, Position(epoch, seq), more=more)

    def seqs(self, socket_id: str, number: int) -> dict[str, int] | None:
        place = self.place(socket_id, number)
        return None if place is None else {room: position.seq for room, position in place.positions.items()}
