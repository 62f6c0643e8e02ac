"""Uploaded pictures: verified, turned upright, made small, and written anew, so that nothing of the file survives."""

import io
import warnings
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from realtime.errors import TooLarge, ValidationFailed

if TYPE_CHECKING:  # generic for the type checker alone
    from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
# 40 million pixels are 160 MB once decoded; a small file can claim far more.
_MAX_PIXELS = 40_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def reencode(upload: "UploadedFile[Any]", *, width: int, height: int, crop: bool = True) -> "ContentFile[bytes]":
    """Returns the picture as WebP, at most `width` by `height` pixels; with `crop` in just that ratio.

    Metadata, animation and whatever else the file carried are gone.
    Raises TooLarge for too many bytes or pixels, ValidationFailed for what is no picture.
    """
    if (upload.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge(f"A picture may have {MAX_UPLOAD_BYTES // 1024 // 1024} MiB at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
            with Image.open(upload, formats=_FORMATS) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    raise TooLarge("The picture has too many pixels.")
                # JPEG can be decoded at a fraction of its size, in a fraction of the time.
                picture.draft("RGB", (width * 2, height * 2))
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise ValidationFailed("That is no picture we can read: give a JPEG, PNG, WebP or GIF.") from error
    if crop:
        scale = min(1.0, upright.width / width, upright.height / height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        fitted = ImageOps.fit(upright, size, Image.Resampling.LANCZOS)
    else:
        fitted = upright
        fitted.thumbnail((width, height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    fitted.save(written, "WEBP", quality=85, method=4)
    return ContentFile(written.getvalue())


def size_of(picture: "ContentFile[bytes]") -> tuple[int, int]:
    """Returns the width and height of a picture that `reencode` made, in pixels."""
    with Image.open(picture) as opened:
        size = opened.size
    picture.seek(0)
    return size
