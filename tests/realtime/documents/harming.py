"""Updates that mean harm: bytes changed at random, and whole ones that point wherever they like."""

from collections.abc import Sequence
from random import Random

from realtime.documents.updates import Id, Kind, Struct, Update
from tests.realtime.documents import wire

STRINGS = ("a", "bc", "😀", "😀😀", "e\u0301x", "x" * 40)
JSON = (
    "{}",
    "null",
    "true",
    '{"href":"x"}',
    "[[[[1]]]]",
    '"\\ud83d\\ude00"',
    "1e300",
    "123456789012345678901234567890",
)
VALUES = (
    b"\x78",
    b"\x7f",
    b"\x7e",
    b"\x7d\x42",
    b"\x7b" + b"\x7f\xf8" + b"\x00" * 6,
    b"\x77\x01a",
    b"\x75\x01\x75\x00",
)


def mutated(chance: Random, data: bytes, other: bytes) -> bytes:
    """Returns the bytes with a few of them changed, left out, repeated, or replaced by another update's."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(out) + 1)
        end = min(len(out), at + chance.choice((1, 1, 2, 8)))
        match chance.randrange(6):
            case 0:
                out[at:end] = bytes(chance.randrange(256) for _ in out[at:end])
            case 1:
                out[at:end] = b""
            case 2:
                out[at:at] = out[at:end]
            case 3:
                begin = chance.randrange(len(other) + 1)
                out[at:end] = other[begin : begin + chance.choice((1, 4, 20))]
            case 4:
                out[at:end] = bytes(min(255, max(0, byte + chance.choice((-1, 1)))) for byte in out[at:end])
            case _:
                out = out[:at] + bytearray(other[chance.randrange(len(other) + 1) :])
    return bytes(out)


class Harm:
    """Writes updates upon a history, most of them nearly right."""

    def __init__(self, chance: Random, history: Sequence[Update]) -> None:
        self.chance = chance
        structs = [struct for update in history for each in update.structs.values() for struct in each]
        self.next: dict[int, int] = {}
        self.types: list[Id] = []
        self.ids: list[Id] = []
        for struct in structs:
            self._note(struct)

    def _note(self, struct: Struct) -> None:
        self.ids.append((struct.client, struct.clock + self.chance.randrange(struct.length)))
        self.next[struct.client] = max(self.next.get(struct.client, 0), struct.clock + struct.length)
        if struct.kind is Kind.TYPE:
            self.types.append((struct.client, struct.clock))

    def update(self) -> bytes:
        chance = self.chance
        groups = []
        clients = [*self.next, chance.randrange(1_000), 2**53 - 1]
        for client in chance.sample(clients, k=min(len(clients), chance.choice((1, 1, 2, 3)))):
            clock = self.next.get(client, 0)
            if chance.random() < 0.15:
                clock = max(0, clock - chance.randrange(1, 6))
            start, structs = clock, []
            for _ in range(chance.choice((1, 2, 3, 6))):
                data, length, kind = self._struct(client, clock)
                structs.append(data)
                if kind is not None:
                    self._note(Struct(client, clock, length, kind))
                clock += length
            groups.append(wire.group(client, start, *structs))
        deletions = {client: self._ranges(client) for client in self.next if chance.random() < 0.3}
        return wire.update(*groups, deletions=[(client, found) for client, found in deletions.items() if found])

    def _ranges(self, client: int) -> list[tuple[int, int]]:
        bounds = sorted(self.chance.sample(range(self.next[client] + 1), k=min(4, self.next[client] + 1)))
        return [(start, end - start) for start, end in zip(bounds[::2], bounds[1::2], strict=False)]

    def _struct(self, client: int, clock: int) -> tuple[bytes, int, Kind | None]:
        chance = self.chance
        roll = chance.random()
        if roll < 0.04:
            length = chance.randrange(1, 5)
            return wire.collected(length), length, Kind.COLLECTED
        if roll < 0.06:
            length = chance.randrange(1, 4)
            return wire.skip(length), length, None
        content, length, kind = self._content()
        origin = right = None
        parent: str | Id = "text"
        key = None
        roll = chance.random()
        if roll < 0.35:
            origin = (client, clock - 1) if clock and roll < 0.1 else self._id()
        if 0.25 < roll < 0.5:
            right = self._id()
        if self.types and chance.random() < 0.8:
            parent = chance.choice(self.types) if chance.random() < 0.9 else self._id()
        if (kind is Kind.VALUES) != (chance.random() < 0.1):
            key = chance.choice(("kind", "level", "", "😀"))
        return wire.item(content, origin=origin, right=right, parent=parent, key=key), length, kind

    def _id(self) -> Id:
        if not self.ids:
            return (1, 0)
        client, clock = self.chance.choice(self.ids)
        return client, max(0, clock + self.chance.choice((0, 0, 0, 0, 1, -1)))

    def _content(self) -> tuple[tuple[int, bytes], int, Kind]:
        chance = self.chance
        kind = chance.choice(
            (Kind.TEXT, Kind.TEXT, Kind.TYPE, Kind.TYPE, Kind.VALUES, Kind.MARK, Kind.EMBED, Kind.DELETED)
        )
        if kind is Kind.TEXT:
            text = chance.choice(STRINGS)
            return wire.string(text), len(text.encode("utf-16-le")) // 2, kind
        if kind is Kind.TYPE:
            return chance.choice((wire.TEXT, wire.element("block"), wire.element("image"))), 1, kind
        if kind is Kind.VALUES:
            values = chance.choices(VALUES, k=chance.choice((1, 1, 1, 3)))
            return wire.values(*values), len(values), kind
        if kind is Kind.MARK:
            return wire.mark(chance.choice(("bold", "link", "italic")), chance.choice(JSON)), 1, kind
        if kind is Kind.EMBED:
            return wire.embed(chance.choice(JSON)), 1, kind
        length = chance.randrange(1, 4)
        return wire.deleted(length), length, kind
