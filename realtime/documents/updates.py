"""Updates of Yjs (version 1) and state vectors, read before any library sees them.

A library trusts what it reads: 64 KB of nested lists end the process, 130 bytes take 640 MB, a state vector of four
bytes 128 MB, and once stored, such bytes end every process that loads them. So all of it is read here first: every
count is bounded by the bytes that are left, nothing calls itself, and only what the document's shape has is taken. What
the update builds on is listed for `realtime.documents.outline`, which knows whether it is there.

A typed letter is read in 18 µs and compared in 23, a paste of 750 KB in 10,000 pieces in 90 and 300 ms, on two cores
with much else to do; `.venv/bin/python -m benchmarks.decoding` shows it.
"""

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from realtime.documents import lib0
from realtime.documents.lib0 import Reader
from realtime.documents.values import check_json, skip_any
from realtime.errors import MalformedUpdate, TooLarge

MAX_CLOCK = 2**31 - 1
"""Where a client's clock ends. The library counts in 32 bits, signed in places, and wraps around."""

MAX_PIECES = 200_000
"""Structs and deletions of one update; each takes about 300 bytes here, and as many in the library, which keeps them.
One that comes from people has a tenth of that in 1 MiB; for what is the server's own, ask for more."""

Id = tuple[int, int]
"""(client, clock)"""

_ORIGIN, _RIGHT, _KEY = 0x80, 0x40, 0x20
_KIND = 0x1F
_SKIP = 10
_ELEMENT, _RICH_TEXT = 3, 6  # of the types only these: no arrays, maps, fragments, hooks or links


class Kind(IntEnum):
    """What a struct holds. Yjs has more: JSON, binaries and documents within documents are not taken."""

    COLLECTED = 0  # deleted with what it was in: nothing is known of it but that it was
    DELETED = 1
    TEXT = 4
    EMBED = 5
    MARK = 6
    TYPE = 7
    VALUES = 8


_PAIR = re.compile("[\U00010000-\U0010ffff]")

_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Shape:
    """The closed schema of a document: its roots, all of them XML fragments, and what may be in them.

    `elements` and `marks` are names. A mark is a formatting attribute of a text, an embed is anything in a text that is
    no letter. An editor takes a text out in which something is that it does not know.
    """

    roots: frozenset[str]
    elements: frozenset[str]
    marks: frozenset[str] = frozenset()
    has_embeds: bool = False


class Struct(NamedTuple):
    """One piece of an update: `length` clocks of a client from `clock` on."""

    client: int
    clock: int
    length: int
    kind: Kind
    origin: Id | None = None  # to the right of what it was written
    right: Id | None = None  # to the left of what
    parent: Id | str | None = None  # an element, text or root; None where it is that of its neighbours
    key: str | None = None  # of an attribute; None also where it is that of its neighbour
    element: str | None = None  # of a type: the element's name; None for a text
    halves: Sequence[int] = ()  # clocks before which it must not be divided: in surrogate pairs, between values
    text: str = ""


class Deletion(NamedTuple):
    client: int
    clock: int
    length: int


@dataclass(frozen=True, slots=True)
class Update:
    """What an update holds: for each client its structs in the order of their clocks, and what it deletes."""

    structs: Mapping[int, list[Struct]]
    deletions: list[Deletion]

    def __bool__(self) -> bool:
        return bool(self.structs or self.deletions)


def read_update(data: bytes, shape: Shape, *, max_pieces: int = MAX_PIECES) -> Update:
    """Returns what the bytes hold. Takes memory in proportion to their number, and calls nothing of a library.

    Raises `MalformedUpdate` for all that no client of such a document writes, and `TooLarge` for more pieces than
    `max_pieces`. Skips, which stand for what the sender does not have or does not send, are taken: a client that merges
    what waits around what is under way writes them. They are no structs; what is behind one begins where it begins.
    """
    reader = Reader(data)
    structs: dict[int, list[Struct]] = {}
    left = max_pieces
    for _ in range(reader.count(4)):
        count = reader.count(2)
        client = reader.uint()
        # A library takes only the last of two lists of a client, another joins them; without structs one overflows.
        if not count or client in structs:
            raise MalformedUpdate("The update lists its clients wrongly.")
        structs[client] = _read_structs(reader, shape, client, count, left)
        left -= len(structs[client])
    deletions = _read_deletions(reader, left)
    reader.expect_end()
    return Update({client: found for client, found in structs.items() if found}, deletions)


def _read_structs(reader: Reader, shape: Shape, client: int, count: int, most: int) -> list[Struct]:
    found: list[Struct] = []
    _, clock = _checked((client, reader.uint()))
    for _ in range(count):
        info = reader.byte()
        if info == _SKIP:
            length = reader.uint()
        else:
            if len(found) == most:
                raise TooLarge("The update has too many pieces.")
            struct = _read_struct(reader, shape, client, clock, info)
            length = struct.length
            found.append(struct)
        clock += length
        # What has no length is written by no client: one library drops it, another keeps it.
        if not length or clock > MAX_CLOCK:
            raise MalformedUpdate("The update has a piece without length, or beyond what can be counted.")
    return found


def _read_struct(reader: Reader, shape: Shape, client: int, clock: int, info: int) -> Struct:
    kind = _KINDS.get(info & _KIND)
    if kind is None:
        raise MalformedUpdate("The update has content of a kind that is not taken.")
    if kind is Kind.COLLECTED:
        if info:
            raise MalformedUpdate("The update has a collected piece that says where it was.")
        return Struct(client, clock, reader.uint(), kind)
    origin = _read_id(reader) if info & _ORIGIN else None
    right = _read_id(reader) if info & _RIGHT else None
    parent: Id | str | None = None
    key: str | None = None
    if origin is None and right is None:
        parent = _read_parent(reader, shape)
        if info & _KEY:
            key = reader.text()
    length = 1
    element: str | None = None
    halves: Sequence[int] = ()
    text = ""
    if kind is Kind.TEXT:
        text = reader.text()
        length = len(text)
        if not text.isascii():
            # Clocks count UTF-16, as JavaScript does.
            halves = array("I", (clock + at + found.start() for at, found in enumerate(_PAIR.finditer(text), 1))) or ()
            length += len(halves)
    elif kind is Kind.DELETED:
        length = reader.uint()
    elif kind is Kind.MARK:
        if reader.text() not in shape.marks:
            raise MalformedUpdate("The update has a mark that the document does not have.")
        check_json(reader.text())
    elif kind is Kind.TYPE:
        element = _read_type(reader, shape)
    elif kind is Kind.VALUES:
        length = reader.count(1)
        for _ in range(length):
            skip_any(reader)
        if length > 1:
            # Dividing an attribute's values leaves the library with one that points into freed memory.
            halves = range(clock + 1, clock + length)
    else:
        if not shape.has_embeds:
            raise MalformedUpdate("The update has something in a text that the document does not have.")
        check_json(reader.text())
    return Struct(client, clock, length, kind, origin, right, parent, key, element, halves, text)


def _read_id(reader: Reader) -> Id:
    return _checked((reader.uint(), reader.uint()))


def _checked(at: Id) -> Id:
    if at[1] >= MAX_CLOCK:
        raise MalformedUpdate("The update names a clock beyond what can be counted.")
    return at


def _read_parent(reader: Reader, shape: Shape) -> Id | str:
    by_name = reader.byte()
    if by_name == 0:
        return _read_id(reader)
    root = reader.text() if by_name == 1 else None
    if root not in shape.roots:
        raise MalformedUpdate("The update writes into a part that the document does not have.")
    return root


def _read_type(reader: Reader, shape: Shape) -> str | None:
    """Returns the element's name, or None for a text."""
    kind = reader.byte()
    if kind == _RICH_TEXT:
        return None
    element = reader.text() if kind == _ELEMENT else None
    if element not in shape.elements:
        raise MalformedUpdate("The update has an element that the document does not have.")
    return element


def _read_deletions(reader: Reader, most: int) -> list[Deletion]:
    deletions: list[Deletion] = []
    clients = set()
    for _ in range(reader.count(2)):
        client = reader.uint()
        # As above: one library takes the last list of a client, another both.
        if client in clients:
            raise MalformedUpdate("The update lists its deletions wrongly.")
        clients.add(client)
        ranges = reader.count(2)
        if len(deletions) + ranges > most:
            raise TooLarge("The update has too many pieces.")
        end = 0
        for _ in range(ranges):
            clock = reader.uint()
            length = reader.uint()
            # In order and apart, as every client sorts them: merging trusts that.
            if clock < end or not length or clock + length > MAX_CLOCK:
                raise MalformedUpdate("The update lists its deletions wrongly.")
            end = clock + length
            deletions.append(Deletion(client, clock, length))
    return deletions


def read_state_vector(data: bytes) -> dict[int, int]:
    """Returns how far somebody has each client: the clock after the last that they have.

    Raises `MalformedUpdate` for what no client writes.
    """
    reader = Reader(data)
    vector: dict[int, int] = {}
    for _ in range(reader.count(2)):
        client = reader.uint()
        clock = reader.uint()
        if client in vector or clock > MAX_CLOCK:
            raise MalformedUpdate("The state vector is not one.")
        vector[client] = clock
    reader.expect_end()
    return vector


def encode_state_vector(vector: Mapping[int, int]) -> bytes:
    """Returns the bytes of a state vector; the same for equal ones."""
    parts = [lib0.uint(len(vector))]
    for client, clock in sorted(vector.items(), reverse=True):
        parts += lib0.uint(client), lib0.uint(clock)
    return b"".join(parts)
