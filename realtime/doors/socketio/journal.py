"""What an offset that is the same for everybody means: deliveries by number, and the positions of sessions.

A delivery is one event of the log on its way to live members. Its number goes out as the third argument, the same
bytes for all. A client that comes back with a number is at the positions of its session's newest anchor before it (all
rooms and their places), moved on by what was delivered since. What is not known exactly is refused.
"""

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from realtime.doors.socketio.recovery import Anchor, Place
from realtime.positions import Position

PROMISED_SECONDS = 600
"""A break of so long is bridged."""
ANCHOR_SECONDS = 150
"""An anchor that is older is renewed at the next heartbeat."""
KEPT_SECONDS = PROMISED_SECONDS + ANCHOR_SECONDS
KEPT_DELIVERIES = 250_000
"""48 bytes each: 12 MB. With more than 333 deliveries a second what is kept ends before its time."""
_KEPT_ANCHOR_BYTES = 64 * 1024 * 1024
"""Of all sessions in sum; about 40 bytes for each room of each."""
_KEPT_ANCHORS = 6
"""Of one session. Older ones are asked for only by who changes rooms more often within what is on the way to it."""
_KEPT_TRAIL_BYTES = 16 * 1024
"""Of one session: six anchors with 68 rooms, or two with as many as there may be."""
_MARK_SECONDS = 10.0
_LUMP = 1024


class Deliveries:
    """Deliveries by number, without gaps from `first` to `last`. Belongs to the loop."""

    def __init__(self) -> None:
        self.first = 1
        self._rooms: list[str] = []
        self._epochs: list[str] = []
        self._seqs = array("q")
        self._more = bytearray()
        self._of_room: dict[str, array[int]] = {}

    @property
    def last(self) -> int:
        return self.first + len(self._seqs) - 1

    def append(self, room: str, epoch: str, seq: int, *, more: bool) -> int:
        """Returns the number of one more; `more`: other members of the room get the event later."""
        self._rooms.append(room)
        self._epochs.append(epoch)
        self._seqs.append(seq)
        self._more.append(more)
        numbers = self._of_room.get(room)
        if numbers is None:
            numbers = self._of_room[room] = array("q")
        number = self.last
        numbers.append(number)
        return number

    def between(self, first: int, last: int) -> list[tuple[str, str, int, bool]]:
        """Returns the deliveries from one number to another, both among them, as what `append` takes."""
        part = slice(first - self.first, last + 1 - self.first)
        columns = (self._rooms[part], self._epochs[part], self._seqs[part], self._more[part])
        return [(room, epoch, seq, bool(more)) for room, epoch, seq, more in zip(*columns, strict=True)]

    def forget(self, before: int) -> None:
        """Drops what is older than that number."""
        count = min(before, self.last + 1) - self.first
        if count <= 0:
            return
        for room in set(self._rooms[:count]):
            numbers = self._of_room[room]
            del numbers[: bisect_left(numbers, self.first + count)]
            if not numbers:
                del self._of_room[room]
        del self._rooms[:count], self._epochs[:count], self._seqs[:count], self._more[:count]
        self.first += count

    def begin_at(self, number: int) -> None:
        """Forgets everything; the next has that number."""
        self.forget(self.last + 1)
        self.first = number

    def moved_on(self, anchor: Anchor, number: int) -> Place | None:
        """Returns the place of a session that was at `anchor` and has got everything up to `number` since.

        None when that is not known: too old, not yet here, or between two parts of a delivery.
        """
        if not self.first - 1 <= anchor.number < number <= self.last:
            return None
        positions = dict(anchor.place.positions)
        for room, position in positions.items():
            if room in anchor.apart or (numbers := self._of_room.get(room)) is None:
                continue
            found = bisect_right(numbers, number) - 1
            if found < 0:
                continue
            at = numbers[found] - self.first
            epoch, seq = self._epochs[at], self._seqs[at]
            if position.epoch not in ("", epoch) or seq <= position.seq:
                continue
            if self._more[at] and numbers[found] != number:
                return None  # nobody knows whether this client's part had come
            positions[room] = Position(epoch, seq)
        return Place(positions, anchor.place.present)


class Trail:
    """One session's anchors, in the order in which they were noted, under its socket id. Belongs to the loop.

    A socket id lives on over recoveries, so two sessions may have it for as long as a cut has not been noticed: the
    later one alone writes from then on.
    """

    __slots__ = ("_journal", "at_seconds", "entries", "size", "socket_id")

    def __init__(self, journal: "Journal", socket_id: str, entries: Iterable[tuple[int, str]]) -> None:
        self._journal = journal
        self.socket_id = socket_id
        self.entries = list(entries)
        """Numbers, each with the anchor as text, valid behind it; none where the session's places were not known."""
        self.size = sum(len(text) for _, text in self.entries)
        self.at_seconds = 0.0

    @property
    def known(self) -> bool:
        """Whether numbers say where the session is."""
        return bool(self.entries and self.entries[-1][1])

    @property
    def stale(self) -> bool:
        """Whether it is time for another anchor."""
        return self._journal.now() - self.at_seconds > ANCHOR_SECONDS

    def note(self, anchor: str) -> None:
        """Notes where the session is behind what was delivered so far."""
        self._journal.note(self, anchor)

    def lost(self) -> None:
        """Says that from now on numbers say nothing of this session, until its place is noted again."""
        if self.known:
            self._journal.note(self, "")


class Journal:
    """Deliveries and anchors of one process, for a while. Belongs to the loop.

    `changed` is called when there is something that was not here before: what writes it down elsewhere sets it.
    """

    def __init__(self, process: str, now: Callable[[], float] = time.monotonic) -> None:
        self.process = process
        self.now = now
        self.deliveries = Deliveries()
        self.changed: Callable[[Trail | None], None] = lambda trail: None
        self._trails: OrderedDict[str, Trail] = OrderedDict()
        self._size = 0
        self._marks: deque[tuple[float, int]] = deque()

    @property
    def number(self) -> int:
        """The last delivery's."""
        return self.deliveries.last

    def delivered(self, room: str, position: Position, *, more: bool) -> int:
        """Returns the number of a delivery that begins now; see `Deliveries.append`."""
        number = self.deliveries.append(room, position.epoch, position.seq, more=more)
        now = self.now()
        if not self._marks or now - self._marks[-1][0] > _MARK_SECONDS:
            self._marks.append((now, number))
            while self._marks[0][0] < now - KEPT_SECONDS:
                self.deliveries.forget(self._marks.popleft()[1])
        if number - self.deliveries.first >= KEPT_DELIVERIES + _LUMP:
            self.deliveries.forget(number - KEPT_DELIVERIES)
        self.changed(None)
        return number

    def trail(self, socket_id: str) -> Trail:
        """Returns a new session's trail, which goes on from that of earlier sessions and leaves them without."""
        before = self._trails.get(socket_id)
        trail = self._trails[socket_id] = Trail(self, socket_id, before.entries if before else ())
        trail.at_seconds = before.at_seconds if before else self.now()  # as its place in the order says
        return trail

    def trails(self) -> list[Trail]:
        """Returns all that are kept and say anything."""
        return [trail for trail in self._trails.values() if trail.entries]

    def keeps(self, trail: Trail) -> bool:
        """Tells whether the trail is neither too old nor a later session's."""
        return self._trails.get(trail.socket_id) is trail

    def note(self, trail: Trail, anchor: str) -> None:
        """Adds an entry to a trail, if no later session has it."""
        current = self._trails.get(trail.socket_id)
        if current is not None and current is not trail:
            return
        if current is None:
            self._trails[trail.socket_id] = trail
            self._size += trail.size
        number, now = self.number, self.now()
        self._size -= trail.size
        if trail.entries and trail.entries[-1][0] == number:
            trail.entries.pop()  # no number lies between them
        trail.entries.append((number, anchor))
        del trail.entries[:-_KEPT_ANCHORS]
        trail.size = sum(len(text) for _, text in trail.entries)
        while trail.size > _KEPT_TRAIL_BYTES and len(trail.entries) > 1:
            trail.size -= len(trail.entries.pop(0)[1])
        self._size += trail.size
        trail.at_seconds = now
        self._trails.move_to_end(trail.socket_id)
        self._forget_trails(now)
        self.changed(trail)

    def _forget_trails(self, now: float) -> None:
        while self._trails:
            oldest = next(iter(self._trails.values()))
            if oldest.at_seconds >= now - KEPT_SECONDS and self._size <= _KEPT_ANCHOR_BYTES:
                return
            del self._trails[oldest.socket_id]
            self._size -= oldest.size

    def place(self, socket_id: str, number: int) -> Place | None:
        """Returns the place of a client that kept `number`, None when that is not known exactly."""
        trail = self._trails.get(socket_id)
        return self.deliveries.moved_on(anchor, number) if trail and (anchor := newest(trail.entries, number)) else None


def newest(entries: Iterable[tuple[int, str]], number: int) -> Anchor | None:
    """Returns the newest anchor of a trail before `number`, None when the session's places were not known then.

    Before, not at it: what was written down behind that delivery may know of more than the client had got with it.
    """
    before = [entry for entry in entries if entry[0] < number]
    return Anchor.read(*before[-1]) if before and before[-1][1] else None
