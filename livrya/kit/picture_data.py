"""The bytes of a picture's file that its pixels need: what else it carries never reaches a decoder.

Comments, colour profiles, further frames and text are dropped before they are read: they are lost in the new picture
anyway, and a decoder joins, unpacks or parses them at a cost that their sender sets. What is left is walked strictly;
a file that is not as its format says is refused rather than guessed at.
"""

import struct
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
# The orientation that a camera notes is in eXIf.
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"}
_PNG_ONCE = _PNG_KEPT - {b"IDAT"}

# JPEG: the frame's own tables; JFIF and Adobe say what its colours mean, Exif which way is up.
_JPEG_KEPT = {0xC4, 0xDB, 0xDD, 0xE0, 0xE1, 0xEE}
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive: the ones that cameras and browsers write."""
_START_OF_SCAN = 0xDA
MOST_SCANS = 200
"""A progressive picture has about ten; each is a walk over all its pixels, and may be fifty bytes long. By chance,
the two bytes occur some eighty times in 5 MiB of film that a telephone puts behind its picture."""


@dataclass(frozen=True, slots=True)
class PictureData:
    """What is left of a file. `held_bytes` per pixel: what a JPEG of several scans keeps until its end; else 0."""

    content: bytes
    held_bytes: float = 0


def needed(content: bytes) -> PictureData:
    """Returns what the first picture in the file needs; linear in the file. Raises ValueError for a broken file."""
    if content.startswith(_PNG):
        return PictureData(_png(content))
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith((b"GIF87a", b"GIF89a")):
        return PictureData(_gif(content))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return PictureData(content)  # its library jumps over the other parts
    raise ValueError("unknown format")


def _png(content: bytes) -> bytes:
    pieces, at, seen = [_PNG], len(_PNG), set()
    while at < len(content):
        if at + 12 > len(content):
            raise ValueError("truncated chunk")
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("truncated chunk")
        if kind in _PNG_KEPT and not (kind in _PNG_ONCE and kind in seen):
            pieces.append(content[at:end])
        seen.add(kind)
        if kind == b"IEND":
            break
        at = end
    return b"".join(pieces)


def _jpeg(content: bytes) -> PictureData:
    pieces, at = [content[:2]], 2
    held, components, progressive, exif = 0.0, 0, False, False
    while True:
        if content[at] != 0xFF:  # an IndexError would be one past the end
            raise ValueError("no marker")
        while content[at] == 0xFF:  # a marker may be padded
            at += 1
        marker = content[at]
        length = int.from_bytes(content[at + 1 : at + 3])
        segment = content[at + 1 : at + 1 + length]
        if len(segment) < max(length, 2):
            raise ValueError("truncated segment")
        at += 1 + length
        if marker == _START_OF_SCAN:
            several = progressive or segment[2] < components
            scans = 1 + content.count(b"\xff\xda", at) if several else 1
            if not components or scans > MOST_SCANS:
                raise ValueError("no frame, or too many scans")
            return PictureData(b"".join([*pieces, b"\xff\xda", segment, content[at:]]), held if several else 0.0)
        if marker in _JPEG_FRAMES:
            if components:
                raise ValueError("two frames")
            components, progressive = segment[7], marker == 0xC2
            held = _held_bytes(segment[9 : 8 + 3 * components : 3])
        elif marker == 0xE1:
            # One alone: a decoder takes more for its continuation, and copies the whole for each.
            if exif or not segment.startswith(b"Exif\0\0", 2):
                continue
            exif = True
        elif marker not in _JPEG_KEPT:
            if 0xD0 <= marker <= 0xD9 or marker in (0x00, 0x01) or 0xC0 <= marker <= 0xCF:
                raise ValueError("a marker that does not belong here")
            continue
        pieces.append(b"\xff" + bytes([marker]) + segment)


def _held_bytes(factors: bytes) -> float:
    """Returns what the coefficients of all components take per pixel, two bytes each, by their sampling factors."""
    across, down = [factor >> 4 for factor in factors], [factor & 15 for factor in factors]
    if not factors or 0 in (*across, *down):
        raise ValueError("no components")
    return 2 * sum(x * y for x, y in zip(across, down, strict=True)) / (max(across) * max(down))


def _gif(content: bytes) -> bytes:
    at = 13 + _colours(content[10])
    pieces, control = [content[:at]], b""
    while True:
        kind = content[at]
        if kind == 0x2C:
            start = at
            at += 10 + _colours(content[at + 9]) + 1
            return b"".join([*pieces, control, content[start : _blocks_end(content, at)], b";"])
        if kind != 0x21:
            raise ValueError("no picture")
        end = _blocks_end(content, at + 2)
        if content[at + 1] == 0xF9:
            control = content[at:end]  # the last one counts
        at = end


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1
