"""The letters of one Yjs client by their clocks, what they were typed behind, and which stretches of clocks are gone.

Letters stay when they are deleted, for as long as the copy lives: what two have taken out at once, and the place of
what was typed into it, is read from them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from realtime.documents.updates import Id, Struct

_NOBODY = 2**64 - 1
_CODEC = "utf-16-le"  # clocks count UTF-16, as JavaScript does


class Stretch(NamedTuple):
    """Clocks of one client, from `start` to before `end`."""

    client: int
    start: int
    end: int


class Ranges:
    """Stretches of clocks of one client, sorted and apart."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts = array("I")
        self._ends = array("I")

    def add(self, start: int, end: int) -> None:
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        if first < last:
            start, end = min(start, self._starts[first]), max(end, self._ends[last - 1])
        self._starts[first:last] = array("I", [start])
        self._ends[first:last] = array("I", [end])

    def inside(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yields what of the stretch is in here."""
        at = bisect_right(self._ends, start)
        while at < len(self._starts) and self._starts[at] < end:
            yield max(start, self._starts[at]), min(end, self._ends[at])
            at += 1

    def outside(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yields what of the stretch is not in here."""
        for first, last in self.inside(start, end):
            if start < first:
                yield start, first
            start = last
        if start < end:
            yield start, end


class _Ids:
    """Ids, or None, in 12 bytes each."""

    __slots__ = ("_clients", "_clocks")

    def __init__(self) -> None:
        self._clients = array("Q")
        self._clocks = array("I")

    def append(self, at: Id | None) -> None:
        client, clock = at or (_NOBODY, 0)
        self._clients.append(client)
        self._clocks.append(clock)

    def __getitem__(self, at: int) -> Id | None:
        client = self._clients[at]
        return None if client == _NOBODY else (client, self._clocks[at])


class Letters:
    """What one client has written. Appended to in the order of its clocks."""

    __slots__ = ("_at", "_breaks", "_data", "_origins", "_rights", "_starts", "next")

    def __init__(self) -> None:
        self.next = 0
        # Letters that follow on each other are one piece: where it begins, as clock and in the data.
        self._starts = array("I")
        self._at = array("I")
        self._data = bytearray()
        # Where something was not written behind the piece before it; behind what it was, and in front of what.
        self._breaks = array("I")
        self._origins = _Ids()
        self._rights = _Ids()

    def append(self, struct: Struct) -> int:
        """Takes what is new of a piece; returns the clock at which that begins."""
        start, self.next = self.next, struct.clock + struct.length
        if struct.clock >= start:
            start = struct.clock
            if struct.origin != (struct.client, start - 1):
                self._breaks.append(start)
                self._origins.append(struct.origin)
                self._rights.append(struct.right)
        if struct.text:
            if not self._starts or self._starts[-1] + (len(self._data) - self._at[-1]) // 2 != start:
                self._starts.append(start)
                self._at.append(len(self._data))
            self._data += struct.text.encode(_CODEC)[2 * (start - struct.clock) :]
        return start

    def text(self, start: int, end: int) -> str:
        """Returns the letters of these clocks, without what lies between them and is none."""
        found = bytearray()
        for at in range(max(0, bisect_right(self._starts, start) - 1), bisect_left(self._starts, end)):
            first, behind = self._at[at], self._at[at + 1] if at + 1 < len(self._at) else len(self._data)
            begin = self._starts[at]
            found += self._data[first + 2 * max(0, start - begin) : min(behind, first + 2 * (end - begin))]
        return found.decode(_CODEC, errors="replace")

    def run(self, clock: int) -> tuple[int, Id | None]:
        """Returns where that was begun which goes on until this clock, and what it was written behind."""
        at = bisect_right(self._breaks, clock) - 1
        return (self._breaks[at], self._origins[at]) if at >= 0 else (0, None)

    def run_end(self, clock: int) -> int:
        """Returns the clock at which that ends which goes on from this clock."""
        at = bisect_right(self._breaks, clock)
        return self._breaks[at] if at < len(self._breaks) else self.next

    def right(self, clock: int) -> Id | None:
        """Returns what that was written in front of which goes on from or until this clock."""
        at = bisect_right(self._breaks, clock) - 1
        return self._rights[at] if at >= 0 else None
