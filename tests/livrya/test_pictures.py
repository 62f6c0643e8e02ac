"""Uploaded pictures: nothing of the file survives, and no file costs more than its size."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from livrya.pictures import MAX_UPLOAD_BYTES, reencode
from realtime.errors import TooLarge, ValidationFailed


def upload(content: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def encoded(kind: str = "PNG", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(written, kind, **options)
    return written.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that decode to as many pixels as they claim: all of them black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_picture_that_is_also_something_else_is_only_a_picture_afterwards() -> None:
    hidden = b"PK\x03\x04<script>alert(1)</script>"
    for content in (encoded() + hidden, encoded("JPEG", comment=hidden), encoded("GIF") + hidden):
        written = reencode(upload(content), width=100, height=100).read()
        assert b"script" not in written
        with Image.open(io.BytesIO(written)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (100, 100))


def test_where_and_with_what_a_picture_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Camera 4711", {1: "N", 2: (52.0, 31.0, 0.0)}
    written = reencode(upload(encoded("JPEG", exif=exif)), width=100, height=100).read()
    assert b"4711" not in written
    with Image.open(io.BytesIO(written)) as picture:
        assert not picture.getexif()


def test_an_animation_becomes_its_first_picture() -> None:
    frames = [Image.new("P", (50, 50), number) for number in range(200)]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(reencode(upload(written.getvalue()), width=50, height=50)) as picture:
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (png_claiming(8_000, 8_000), TooLarge),
        (png_claiming(60_000, 60_000), ValidationFailed),
        (b"x" * (MAX_UPLOAD_BYTES + 1), TooLarge),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ValidationFailed),
        (b"%PDF-1.7", ValidationFailed),
        (encoded("BMP"), ValidationFailed),
        (encoded("TIFF"), ValidationFailed),
        (encoded()[:100], ValidationFailed),
    ],
)
def test_bombs_and_other_files_are_refused_before_they_are_decoded(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        reencode(upload(content), width=100, height=100)
