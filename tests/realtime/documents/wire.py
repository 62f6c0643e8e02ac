"""Updates written by hand, byte by byte, so that they can be wrong."""

from collections.abc import Sequence

from realtime.documents import lib0
from realtime.documents.updates import Id, Shape

MARKS = frozenset({"bold", "italic", "link"})
SHAPE = Shape(frozenset({"text"}), frozenset({"block", "image", "hardBreak"}), MARKS, has_embeds=True)


def number(value: int) -> bytes:
    """A varUint of any size."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def ident(at: Id) -> bytes:
    return number(at[0]) + number(at[1])


def item(
    content: tuple[int, bytes],
    *,
    origin: Id | None = None,
    right: Id | None = None,
    parent: str | Id = "text",
    key: str | None = None,
) -> bytes:
    kind, data = content
    out = bytes([kind | (origin is not None) << 7 | (right is not None) << 6 | (key is not None) << 5])
    out += ident(origin) if origin else b""
    out += ident(right) if right else b""
    if origin is None and right is None:
        out += b"\x01" + lib0.text(parent) if isinstance(parent, str) else b"\x00" + ident(parent)
        out += lib0.text(key) if key is not None else b""
    return out + data


def string(text: str) -> tuple[int, bytes]:
    return 4, lib0.text(text)


def deleted(length: int) -> tuple[int, bytes]:
    return 1, number(length)


def mark(name: str, json: str) -> tuple[int, bytes]:
    return 6, lib0.text(name) + lib0.text(json)


def embed(json: str) -> tuple[int, bytes]:
    return 5, lib0.text(json)


def element(name: str) -> tuple[int, bytes]:
    return 7, b"\x03" + lib0.text(name)


TEXT = 7, b"\x06"


def values(*encoded: bytes) -> tuple[int, bytes]:
    return 8, number(len(encoded)) + b"".join(encoded)


def collected(length: int) -> bytes:
    return b"\x00" + number(length)


def skip(length: int) -> bytes:
    return b"\x0a" + number(length)


def group(client: int, clock: int, *structs: bytes) -> bytes:
    return number(len(structs)) + number(client) + number(clock) + b"".join(structs)


def update(*groups: bytes, deletions: Sequence[tuple[int, Sequence[tuple[int, int]]]] = ()) -> bytes:
    out = number(len(groups)) + b"".join(groups) + number(len(deletions))
    for client, ranges in deletions:
        out += number(client) + number(len(ranges))
        out += b"".join(number(clock) + number(length) for clock, length in ranges)
    return out
