"""Attacks of people who are signed in and write: pictures and chapters that cost much to take in or to show."""

import json
import struct
import time
import zlib

from benchmarks.attacker import Attacker

_BOUNDARY = "boundary"
_HONEST_SIDE = 4_800  # just below what a picture may have
_MAX_CHAPTER = 500_000


def _png(width: int, height: int) -> bytes:
    """Returns an empty picture of one byte a pixel."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compressobj()
    data = b"".join(rows.compress(bytes(1 + width)) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", data) + part(b"IEND", b"")


def _pictures(attacker: Attacker, picture: bytes) -> None:
    body = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="avatar"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode() + picture
    body += f"\r\n--{_BOUNDARY}--\r\n".encode()
    while time.monotonic() < attacker.until:
        attacker.as_author("PUT", "/api/v1/me/avatar/", body, f"multipart/form-data; boundary={_BOUNDARY}")


def _chapters(attacker: Attacker, writings: tuple[str, ...]) -> None:
    """Saves one text after the other, and looks at the chapter."""
    chapter = attacker.number + 1
    while time.monotonic() < attacker.until:
        for writing in writings:
            body = json.dumps({"text": writing}).encode()
            attacker.as_author("PATCH", f"/api/v1/chapters/{chapter}/", body, "application/json")
            attacker.http("GET", f"/api/v1/chapters/{chapter}/")


def narrow_pictures(attacker: Attacker) -> None:
    _pictures(attacker, _png(1, 16_384))


def pictures_too_high(attacker: Attacker) -> None:
    _pictures(attacker, _png(1, 1_000_000))


def large_pictures(attacker: Attacker) -> None:
    _pictures(attacker, _png(_HONEST_SIDE, _HONEST_SIDE))


def one_letter_paragraphs(attacker: Attacker) -> None:
    _chapters(attacker, ("a\n\nb\n\n" * 450, "b\n\na\n\n" * 450))


def most_paragraphs(attacker: Attacker) -> None:
    _chapters(attacker, ("\n\n".join(["a", "b"] * 10_000), "\n\n".join(["b", "c", "a", "d"] * 5_000)))


def brackets(attacker: Attacker) -> None:
    _chapters(attacker, ("\n\n".join(["a][" * 4_000] * 12), "\n\n".join(["[a][" * 4_000] * 12)))


def long_paragraphs(attacker: Attacker) -> None:
    _chapters(attacker, ("_a_ \\* " * (_MAX_CHAPTER // 8), "*b* \\_ " * (_MAX_CHAPTER // 8)))


BY_AUTHORS = (
    narrow_pictures,
    pictures_too_high,
    large_pictures,
    one_letter_paragraphs,
    most_paragraphs,
    brackets,
    long_paragraphs,
)
