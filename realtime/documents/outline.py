"""What the server knows of a document's copy without asking the library: how far each client is, and where pieces lie.

The library keeps what has come too early apart and shows it to nobody; a snapshot taken over such a hole loses what is
behind. It believes what an update says of its parents: one that is no type ends the transaction half way, a piece in
two places breaks its lists, types in types without end overflow its stack when one is deleted. And half a surrogate
pair becomes a piece without length, so that its own state counts wrongly. So each update is compared with this outline
before.

A client's clocks have no holes, so everything is appended: two numbers for each run of pieces in one place. With what
`effort` keeps, 50,000 changes in a chapter of 500,000 letters take 7.5 MB (`python -m benchmarks.decoding`).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence

from realtime.documents.effort import MAX_OF_DOCUMENT, MAX_OF_UPDATE, Effort
from realtime.documents.ordering import in_order
from realtime.documents.updates import Deletion, Id, Kind, Struct, Update
from realtime.errors import MalformedUpdate, OutOfSync, TooLarge

MAX_TYPES_DEPTH = 8
"""Elements in elements. The library calls itself for each when it deletes, collects or shows them."""

MAX_PIECES = 250_000
"""In one document, as far as they do not continue each other; the library keeps 200 to 500 bytes for each."""

_NOWHERE = 0
"""The place of what was collected together with all that it lay in. Any other is a type's number, doubled, and one more
for its attributes."""

_ROOT, _ELEMENT, _TEXT = range(3)
_OF_TEXTS = frozenset({Kind.TEXT, Kind.EMBED, Kind.MARK, Kind.DELETED})
_OF_OTHERS = frozenset({Kind.TYPE, Kind.DELETED})
_OF_ATTRIBUTES = frozenset({Kind.VALUES, Kind.DELETED})
_WITHOUT_CONTENT = frozenset({Kind.COLLECTED, Kind.DELETED})


_TWO_PLACES = "The update has a piece that lies in two places."
_BROKEN_PAIR = "The update breaks in two what is one."


_Mark = tuple[int, tuple[Kind, Id | None] | None, tuple[int, int, int, int]]


class _Pieces:
    """One client's pieces, each run of them that lies in one place as one."""

    __slots__ = ("_breaks", "_halves", "_places", "_starts", "_types", "_types_at", "last", "next")

    def __init__(self) -> None:
        self.next = 0
        self.last: tuple[Kind, Id | None] | None = None  # the last one's kind and right neighbour
        self._breaks = array("I")  # where one begins that does not go on behind the one before
        self._starts = array("I")
        self._places = array("I")  # doubled, and one more where no content is left
        self._types_at = array("I")
        self._types = array("I")
        self._halves = array("I")

    def is_half(self, clock: int) -> bool:
        """Tells whether something before this clock would divide a surrogate pair, or an attribute's values."""
        at = bisect_left(self._halves, clock)
        return at < len(self._halves) and self._halves[at] == clock

    def follower(self, clock: int) -> int | None:
        """Returns the clock of the piece, or part of one, that goes on behind that clock."""
        clock += 1
        if clock >= self.next:
            return None
        at = bisect_left(self._breaks, clock)
        return clock if at == len(self._breaks) or self._breaks[at] != clock else None

    def place(self, clock: int) -> int:
        return self._places[bisect_right(self._starts, clock) - 1] >> 1

    def has_content(self, clock: int) -> bool:
        return not self._places[bisect_right(self._starts, clock) - 1] & 1

    def type(self, clock: int) -> int | None:
        at = bisect_left(self._types_at, clock)
        return self._types[at] if at < len(self._types_at) and self._types_at[at] == clock else None

    def types_in(self, start: int, end: int) -> Sequence[int]:
        return self._types[bisect_left(self._types_at, start) : bisect_left(self._types_at, end)]

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yields the place of each run within these clocks, where it begins and where it ends."""
        end = min(end, self.next)
        at = bisect_right(self._starts, start) - 1
        while start < end:
            behind = self._starts[at + 1] if at + 1 < len(self._starts) else self.next
            yield self._places[at] >> 1, start, min(end, behind)
            at, start = at + 1, behind

    def append(self, end: int, place: int, has_content: bool) -> None:
        held = place << 1 | (not has_content)
        if not self._places or self._places[-1] != held:
            self._starts.append(self.next)
            self._places.append(held)
        self.next = end

    def append_type(self, number: int, place: int) -> None:
        self._types_at.append(self.next)
        self._types.append(number)
        self.append(self.next + 1, place, True)

    def append_halves(self, clocks: Iterable[int]) -> None:
        self._halves.extend(clocks)

    def append_break(self) -> None:
        self._breaks.append(self.next)

    def mark(self) -> _Mark:
        sizes = len(self._starts), len(self._types), len(self._halves), len(self._breaks)
        return self.next, self.last, sizes

    def cut(self, mark: _Mark) -> None:
        """Takes away what was appended since the mark."""
        self.next, self.last, (runs, types, halves, breaks) = mark
        del self._starts[runs:], self._places[runs:], self._types_at[types:], self._types[types:]
        del self._halves[halves:], self._breaks[breaks:]


class Outline:
    """The outline of one copy. It has one owner at a time, who calls `add` when the copy takes the update."""

    def __init__(self) -> None:
        self._clients: dict[int, _Pieces] = {}
        self._roots: dict[str, int] = {}
        # Of each type by its number, which begins at 1.
        self._sorts = bytearray(1)
        self._depths = bytearray(1)
        self._parents = array("I", [0])
        self._pieces = 0
        self._effort = Effort()

    def vector(self) -> dict[int, int]:
        """Returns the state vector of the copy."""
        return {client: pieces.next for client, pieces in self._clients.items()}

    def fresh(self, update: Update) -> set[int]:
        """Returns the clients under whose id the update brings what the copy does not have."""
        return {
            client
            for client, structs in update.structs.items()
            if structs[-1].clock + structs[-1].length > self._next_of(client)
        }

    def home(self, client: int, clock: int) -> int:
        """Returns the number of the type that a piece of the copy lies in; 0 where that was collected."""
        return self._clients[client].place(clock) >> 1

    def parent(self, number: int) -> int:
        """Returns the number of the type that a type lies in, a lower one; 0 for a root."""
        return self._parents[number]

    def types_in(self, client: int, start: int, end: int) -> Sequence[int]:
        """Returns the numbers of the types that a stretch of a client's clocks made, as far as the copy has it."""
        pieces = self._clients.get(client)
        return pieces.types_in(start, end) if pieces else ()

    def within(self, tops: Collection[int]) -> set[int]:
        """Returns the numbers of these types and of all that lie in them. Walks over all types behind the first."""
        found = set(tops)
        for number in range(min(found, default=len(self._parents)), len(self._parents)):
            if self._parents[number] in found:
                found.add(number)
        return found

    def homes(self, client: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yields in which types these clocks lie, 0 where that was collected, and from where to before where.

        Attributes are left out.
        """
        pieces = self._clients.get(client)
        for place, first, behind in pieces.runs(start, end) if pieces else ():
            if not place & 1:
                yield place >> 1, first, behind

    def stretches(self, homes: Collection[int]) -> Iterator[tuple[int, int, int]]:
        """Yields what lies in these types, beside their attributes: client, first clock, clock behind the last.

        Walks over all runs of pieces, 0.3 µs each.
        """
        places = {number << 1 for number in homes}
        for client, pieces in self._clients.items():
            for place, start, end in pieces.runs(0, pieces.next):
                if place in places:
                    yield client, start, end

    def check(self, update: Update) -> None:
        """Returns where the copy can take the update whole.

        Raises `OutOfSync` where a clock before, a neighbour, a parent or what is deleted is neither in the copy nor in
        the update, or where pieces of it wait for each other; `MalformedUpdate` where one lies in what is no type, in
        two places, too deep, or in a place that its kind does not have; `TooLarge` for more pieces than a document may
        have, or more work than the library may have with them.
        """
        self._take(update, keep=False)

    def add(self, update: Update) -> None:
        """Takes the update in, whole or not at all. Raises as `check` does, but never `TooLarge`: what is stored is."""
        self._take(update, keep=True)

    def _take(self, update: Update, *, keep: bool) -> None:
        marks = {client: pieces.mark() for client in update.structs if (pieces := self._clients.get(client))}
        roots, types, count, total = len(self._roots), len(self._sorts), self._pieces, self._effort.total
        self._effort.begin()
        try:
            work = sum(map(self._append, in_order(update.structs, self._next_of)))
            work += sum(map(self._delete, update.deletions))
            if not keep and self._pieces > max(MAX_PIECES, count):
                raise TooLarge("The document has too many pieces.")
            if not keep and (work > MAX_OF_UPDATE or self._effort.total > max(MAX_OF_DOCUMENT, total)):
                raise TooLarge("The update has too many pieces for places where others have written.")
        except BaseException:
            keep = False
            raise
        finally:
            if not keep:
                for client in update.structs:
                    if client in marks:
                        self._clients[client].cut(marks[client])
                    else:
                        self._clients.pop(client, None)
                while len(self._roots) > roots:
                    self._roots.popitem()
                del self._sorts[types:], self._depths[types:], self._parents[types:]
                self._pieces = count
                self._effort.take_back()

    def _append(self, struct: Struct) -> int:
        """Appends a piece and returns what work the library has with it."""
        pieces = self._clients.get(struct.client)
        if pieces is None:
            pieces = self._clients[struct.client] = _Pieces()
        place = self._place(struct, pieces)
        if struct.clock + struct.length <= pieces.next:
            return 0
        if struct.halves:
            pieces.append_halves(self._new_halves(struct, pieces))
        work = self._place_among_others(struct, pieces, place)
        if place == _NOWHERE:
            pieces.append(struct.clock + struct.length, place, False)
        elif struct.kind is Kind.TYPE:
            pieces.append_type(self._new_type(struct, place), place)
        else:
            pieces.append(struct.clock + struct.length, place, struct.kind not in _WITHOUT_CONTENT)
        return work

    def _place_among_others(self, struct: Struct, pieces: _Pieces, place: int) -> int:
        piece = (struct.client, pieces.next)
        before = (struct.client, pieces.next - 1)
        origin = before if struct.clock < pieces.next else struct.origin
        last, pieces.last = pieces.last, (struct.kind, struct.right)
        follower = None
        if origin != before:
            pieces.append_break()
            if origin and (clock := self._clients[origin[0]].follower(origin[1])):
                follower = (origin[0], clock)
        # Letters that go on behind each other become one piece in the library.
        if origin != before or struct.kind is not Kind.TEXT or last != pieces.last:
            self._pieces += 1
            # A text is divided by who writes and who deletes in it.
            self._effort.add(place, 2 if self._is_in_text(place) else 1)
        if place == _NOWHERE:
            return 0
        named = (place, struct.key)
        work = self._effort.find(piece, origin=origin, right=struct.right, place=named, follower=follower)
        if origin != before and self._is_in_text(place):
            work += sum(self._effort.divide(each[0]) for each in (origin, struct.right) if each)
        return work

    def _delete(self, deletion: Deletion) -> int:
        """Looks whether all of it is there, and returns what work the library has with it."""
        client, clock, length = deletion
        if clock + length > self._next_of(client):
            raise OutOfSync
        self._expect_whole(client, clock)
        self._expect_whole(client, clock + length)
        pieces = self._clients[client]
        for end in (clock, clock + length - 1):
            place = pieces.place(end)
            if self._is_in_text(place):
                self._effort.add(place, 1)
        return self._effort.divide(client) + self._effort.divide(client)

    def _new_halves(self, struct: Struct, pieces: _Pieces) -> Sequence[int]:
        known = bisect_left(struct.halves, pieces.next)
        if known < len(struct.halves) and struct.halves[known] == pieces.next:
            raise MalformedUpdate(_BROKEN_PAIR)
        return struct.halves[known:]

    def _expect_whole(self, client: int, clock: int) -> None:
        if self._clients[client].is_half(clock):
            raise MalformedUpdate(_BROKEN_PAIR)

    def _place(self, struct: Struct, pieces: _Pieces) -> int:
        if struct.kind is Kind.COLLECTED:
            return _NOWHERE
        place = _NOWHERE
        if struct.parent is not None:
            place = self._place_in(struct.parent, of_attribute=struct.key is not None)
        if struct.origin:
            self._expect_whole(struct.origin[0], struct.origin[1] + 1)
            place = self._one_place(place, struct.origin)
        if struct.right:
            self._expect_whole(*struct.right)
            place = self._one_place(place, struct.right)
        end = struct.clock + struct.length
        if struct.clock < pieces.next < end:
            # Of which the first part is here: Yjs hangs the rest on that, and fails where that was collected.
            if place != pieces.place(pieces.next - 1):
                raise MalformedUpdate(_TWO_PLACES)
        elif end <= pieces.next:
            for clock in (struct.clock, end - 1):
                place = self._one_place(place, (struct.client, clock))
        if place and struct.kind not in self._kinds_of(place):
            raise MalformedUpdate("The update has a piece in a place that its kind does not have.")
        return place

    def _one_place(self, place: int, neighbour: Id) -> int:
        other = self._clients[neighbour[0]].place(neighbour[1])
        if place and other and place != other:
            raise MalformedUpdate(_TWO_PLACES)
        return place or other

    def _place_in(self, parent: Id | str, *, of_attribute: bool) -> int:
        if isinstance(parent, str):
            number = self._roots.get(parent)
            if number is None:
                number = self._roots[parent] = self._number(_ROOT, depth=0, parent=0)
            return number << 1 | of_attribute
        pieces = self._clients[parent[0]]
        found = pieces.type(parent[1])
        if found is not None:
            return found << 1 | of_attribute
        if pieces.has_content(parent[1]):
            raise MalformedUpdate("The update has a piece in what holds none.")
        return _NOWHERE

    def _is_in_text(self, place: int) -> bool:
        return bool(place) and self._sorts[place >> 1] == _TEXT

    def _kinds_of(self, place: int) -> frozenset[Kind]:
        sort = self._sorts[place >> 1]
        if place & 1:
            return _OF_ATTRIBUTES if sort == _ELEMENT else frozenset()
        return _OF_TEXTS if sort == _TEXT else _OF_OTHERS

    def _new_type(self, struct: Struct, place: int) -> int:
        depth = self._depths[place >> 1] + 1
        if depth > MAX_TYPES_DEPTH:
            raise MalformedUpdate("The update has elements that are nested too deeply.")
        return self._number(_TEXT if struct.element is None else _ELEMENT, depth, place >> 1)

    def _number(self, sort: int, depth: int, parent: int) -> int:
        self._sorts.append(sort)
        self._depths.append(depth)
        self._parents.append(parent)
        return len(self._sorts) - 1

    def _next_of(self, client: int) -> int:
        pieces = self._clients.get(client)
        return pieces.next if pieces else 0
