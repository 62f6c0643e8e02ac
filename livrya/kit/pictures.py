"""Uploaded pictures: verified, turned upright, made small, and written anew, so that nothing of the file survives."""

import io
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.base import ContentFile
from PIL import ExifTags, Image

from livrya.kit.picture_data import PictureData, needed
from livrya.kit.turns import Turns
from realtime.errors import TooLarge, ValidationFailed

if TYPE_CHECKING:  # generic for the type checker alone
    from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_SIDE = 16_384
"""Pixels; every row of a picture costs by itself, so that 1 x 39,000,000 takes 1.2 GB."""
MAX_PIXELS = 24_000_000
"""6,000 x 4,000 as PNG or GIF; four bytes each once decoded."""
MAX_WEBP_PIXELS = 8_500_000
"""3,840 x 2,160 and a little; 16.5 bytes each, measured: its library holds two canvases besides."""
MAX_JPEG_PIXELS = 64_000_000
"""The cameras of telephones make 50 million; a JPEG is decoded at a fraction of its size."""
# 24 million pixels of four bytes; with what making it small takes, a picture stays below 150 MiB.
_MOST_DECODED_BYTES = 4 * MAX_PIXELS

DECODED_AT_ONCE = 2
"""Per process: a decoder has one core to itself, and up to 150 MiB."""
WAITING = 8
"""Per process; each holds a thread and its upload, and waits the time that so many before it take."""
LONGEST_WAIT_SECONDS = 10.0

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_STRIP_ROWS = 64
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn a picture that was taken with this orientation. Source: Exif 2.32, tag 0x0112."""
_ON_ITS_SIDE = (5, 6, 7, 8)


_TURNS = Turns(
    at_once=DECODED_AT_ONCE,
    waiting=WAITING,
    seconds=LONGEST_WAIT_SECONDS,
    refusal="Too many pictures are being worked on.",
)


class Reencoded(ContentFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A picture that `reencode` made."""


class PictureField(forms.FileField):
    """A picture in a form, not looked at: Django's own field opens it with every decoder that Pillow has."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(f"image/{name.lower()}" for name in _FORMATS)}


def reencode(upload: "UploadedFile[Any] | Reencoded", *, width: int, height: int, crop: bool = True) -> Reencoded:
    """Returns the picture as WebP, at most `width` by `height` pixels; with `crop` in just that ratio.

    Metadata, animation and whatever else the file carried are gone. Takes up to 150 MiB, for the few that have a
    turn; to be called before a transaction begins, since it may wait: one already `Reencoded` is returned as it is.
    Raises TooLarge for too many bytes or pixels, ValidationFailed for what is no picture, Unavailable (to be tried
    again) while too many others are being worked on.
    """
    if isinstance(upload, Reencoded):
        return upload
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge(f"A picture may have {MAX_UPLOAD_BYTES // 1024 // 1024} MiB at most.")
    with _TURNS.taken():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of broken files; the limits below are lower than Pillow's
                made = _made_small(needed(upload.read()), width, height, crop)
        except (OSError, SyntaxError, ValueError, IndexError, EOFError, Image.DecompressionBombError) as error:
            raise ValidationFailed("That is no picture we can read: give a JPEG, PNG, WebP or GIF.") from error
        written = io.BytesIO()
        made.save(written, "WEBP", quality=85, method=4)
    return Reencoded(written.getvalue(), name="picture.webp")


def size_of(picture: "ContentFile[bytes]") -> tuple[int, int]:
    """Returns the width and height of a picture that `reencode` made, in pixels."""
    with Image.open(picture, formats=("WEBP",)) as opened:
        size = opened.size
    picture.seek(0)
    return size


def _made_small(data: PictureData, width: int, height: int, crop: bool) -> Image.Image:
    # Apart: the large picture is gone before the new one is made.
    narrow, height, orientation = _narrowed(data, width, height, crop)
    made = narrow.resize((narrow.width, height), Image.Resampling.LANCZOS)
    return made.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else made


def _narrowed(data: PictureData, width: int, height: int, crop: bool) -> tuple[Image.Image, int, int]:
    """Returns the part that is wanted, as wide as it will be and still as high as it was; its height; how it lies.

    Strip by strip: a copy of the whole in another mode would double what it takes.
    """
    with Image.open(io.BytesIO(data.content), formats=_FORMATS) as picture:
        _require_few_pixels(picture)
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
        if orientation in _ON_ITS_SIDE:
            width, height = height, width
        full = picture.size
        size = _size_of_part(full, width, height) if crop else _size_of_whole(full, width, height, min)
        # A JPEG is decoded at a fraction of its size, in a fraction of the time and memory; nothing else can be.
        picture.draft("RGB", _size_of_whole(full, width, height, max if crop else min))
        held = int(data.held_bytes * full[0] * full[1])
        if held + 4 * picture.width * picture.height > _MOST_DECODED_BYTES:
            raise TooLarge("The picture has too many pixels.")
        picture.load()
        left, top, right, bottom = _part(picture.size, size) if crop else (0.0, 0.0, *map(float, picture.size))
        first, last = int(top), max(int(top) + 1, round(bottom))
        narrow = Image.new("RGBA", (size[0], last - first))
        for row in range(first, last, _STRIP_ROWS):
            end = min(last, row + _STRIP_ROWS)
            strip = picture.crop((0, row, picture.width, end)).convert("RGBA")
            box = (left, 0, right, end - row)
            narrow.paste(strip.resize((size[0], end - row), Image.Resampling.LANCZOS, box), (0, row - first))
    return narrow, size[1], orientation


def _require_few_pixels(picture: Image.Image) -> None:
    most = {"WEBP": MAX_WEBP_PIXELS, "JPEG": MAX_JPEG_PIXELS}.get(picture.format or "", MAX_PIXELS)
    if max(picture.size) > MAX_SIDE or picture.width * picture.height > most:
        raise TooLarge("The picture has too many pixels.")


def _size_of_whole(
    full: tuple[int, int], width: int, height: int, fit: Callable[[float, float], float]
) -> tuple[int, int]:
    """Returns a size of the whole picture that lies within (`fit` is min) or around (max) the wanted one."""
    scale = min(1.0, fit(width / full[0], height / full[1]))
    return max(1, round(full[0] * scale)), max(1, round(full[1] * scale))


def _size_of_part(full: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, full[0] / width, full[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _part(full: tuple[int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Returns the largest box in the middle of the picture that has the ratio of `size`."""
    scale = min(full[0] / size[0], full[1] / size[1])
    left, top = (full[0] - size[0] * scale) / 2, (full[1] - size[1] * scale) / 2
    return left, top, left + size[0] * scale, top + size[1] * scale
