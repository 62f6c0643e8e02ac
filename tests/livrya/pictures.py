"""Shapes of pictures: honest ones of every kind, ones that claim more than they are, and ones that were damaged."""

import io
import random
import struct
import zlib
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import strategies as st
from PIL import Image

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("L", "P"),
    "WEBP": ("RGB", "RGBA"),
}


def upload(content: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def encoded(kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: object) -> bytes:
    # Few colours in large squares: a picture of millions of pixels has few bytes.
    picture = Image.frombytes("L", (20, 20), random.Random(1).randbytes(400)).resize(size, Image.Resampling.NEAREST)
    if mode == "P":
        picture = picture.convert("RGBA").quantize(16)
    else:
        picture = picture.convert("I").convert(mode) if mode == "I;16" else picture.convert(mode)
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int, *, bits: int = 1, colour: int = 0, behind: bytes = b"") -> bytes:
    """A few bytes that decode to as many pixels as they claim: all of them black. `behind` follows the header."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + behind
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def gif_claiming(width: int, height: int) -> bytes:
    """A small canvas, and a first frame that is larger."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame + b"\x02\x02\x4c\x01\x00;"


def _claiming(claim: Callable[[int, int], bytes]) -> st.SearchStrategy[bytes]:
    sides = st.sampled_from([0, 1, 2, 255, 4_000, 16_383, 16_385, 65_535])
    return st.builds(claim, sides, sides)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    content = draw(HONEST)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=8)) + content[at + draw(st.integers(0, 40)) :]
    return content


HONEST = st.sampled_from([(kind, mode) for kind, modes in MODES.items() for mode in modes]).flatmap(
    lambda kind: st.builds(
        encoded, st.just(kind[0]), st.tuples(st.integers(1, 90), st.integers(1, 90)), st.just(kind[1])
    )
)
SHAPES = st.one_of(HONEST, _damaged(), _claiming(png_claiming), _claiming(gif_claiming))
"""Files that mean to be pictures."""
