"""How much a library looks at to find where pieces go, counted before it does.

It puts a piece behind its origin and before its right neighbour, and looks through what others have written between the
two at the same time: hardly ever anything. But who says of 6,000 pieces that all of them belong behind one letter and
before others far away (48 KB) keeps it busy for 5 s, and again whenever the document is loaded, and it holds the
interpreter meanwhile. So what stands right behind each piece is kept here. Who writes between these two costs nothing;
who does not is counted with all that lies in that place.
"""

from array import array
from typing import Any, Final

from realtime.documents.updates import Id

MAX_OF_UPDATE = 1_000_000
"""Comparisons for one update: 0.1 to 0.3 s of the library."""

MAX_OF_DOCUMENT = 3_000_000
"""In all that a document has. Loading it makes them again in another order: up to ten times as many where somebody
meant that, 1.5 s. Three who write 60 changes each into one page at the same time make 1,200; one alone makes none."""

_NOT_KNOWN: Final = -1
_CLOCK_BITS = 31

_MOVED_FOR_ONE = 256
"""Dividing a piece moves those of its client that stand behind it in memory: so many as fast as to look at one."""


class Effort:
    """Counts for one document; `total` is what loading it takes. What is counted after `begin` can be taken back."""

    def __init__(self) -> None:
        self.total = 0
        self._pieces = array("I")  # in each place
        # By origin, or by place and attribute where there is none. A client has a small number here: with ids as they
        # are, 50,000 changes would take 15 MB instead of 6.
        self._behind: dict[object, int] = {}
        self._numbers: dict[int, int] = {}
        self._parts: dict[int, int] = {}  # of each client's pieces, at most
        self._undo: list[tuple[Any, Any, int | None]] = []
        self._before = (0, 0)

    def begin(self) -> None:
        self._undo.clear()
        self._before = self.total, len(self._pieces)

    def take_back(self) -> None:
        """Forgets what was counted since `begin`."""
        for held, key, before in reversed(self._undo):
            if before is None:
                del held[key]
            else:
                held[key] = before
        self._undo.clear()
        self.total, places = self._before
        del self._pieces[places:]

    def find(
        self, piece: Id, *, origin: Id | None, right: Id | None, place: tuple[int, str | None], follower: Id | None
    ) -> int:
        """Returns with how many others the library compares the piece to find where it goes.

        `place` has the attribute's name, if it is said; `follower` is what the writer of `origin` wrote on behind it.
        """
        behind = self._packed(origin) if origin else place
        known = self._behind.get(behind)
        if known is None and follower:
            known = self._packed(follower)
        if known is not None and (right is None or known != self._packed(right)):
            self._set(self._behind, behind, _NOT_KNOWN)
            compared = self._pieces[place[0]] if place[0] < len(self._pieces) else 0
            self.total += compared
            return compared
        # What is written on behind one's own last piece is found without being noted.
        if known is not None or origin != (piece[0], piece[1] - 1):
            self._set(self._behind, behind, self._packed(piece))
        return 0

    def add(self, place: int, parts: int) -> None:
        """Counts a piece in its place, with the parts that it will be divided into."""
        if place >= len(self._pieces):
            self._pieces.extend(bytes(place + 1 - len(self._pieces)))
        self._set(self._pieces, place, self._pieces[place] + parts)

    def divide(self, client: int) -> int:
        """Counts that a piece of the client may be divided, and returns what that takes."""
        parts = self._parts.get(client, 0)
        self._set(self._parts, client, parts + 1)
        return parts // _MOVED_FOR_ONE

    def _packed(self, at: Id) -> int:
        number = self._numbers.get(at[0])
        if number is None:
            number = len(self._numbers)
            self._set(self._numbers, at[0], number)
        return number << _CLOCK_BITS | at[1]

    def _set(self, held: Any, key: Any, value: int) -> None:
        self._undo.append((held, key, held[key] if held is self._pieces else held.get(key)))
        held[key] = value
