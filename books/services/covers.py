"""Covers: whatever is uploaded is decoded, checked, and written anew."""

import secrets
import warnings
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from books import limits
from books.errors import invalid
from realtime.errors import TooLarge

_WIDTH, _HEIGHT = 800, 1200
_FORMATS = ("JPEG", "PNG", "WEBP")


def encode_cover(upload: IO[bytes]) -> ContentFile[bytes]:
    """Returns the picture as a WebP file of at most 800 by 1,200 pixels, without metadata, under a name of ours.

    Raises TooLarge for too many bytes or pixels, ValidationFailed for what is no JPEG, PNG or WebP picture.
    """
    content = upload.read(limits.COVER_BYTES + 1)
    if len(content) > limits.COVER_BYTES:
        raise TooLarge(f"A cover has at most {limits.COVER_BYTES // 1024 // 1024} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > limits.COVER_PIXELS:
                    raise TooLarge("A cover has at most 40 megapixels.")
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge("A cover has at most 40 megapixels.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise invalid("cover", "A JPEG, PNG or WebP picture, please.") from error
    upright.thumbnail((_WIDTH, _HEIGHT))
    encoded = BytesIO()
    upright.save(encoded, "WEBP", quality=85)
    return ContentFile(encoded.getvalue(), name=f"{secrets.token_hex(12)}.webp")
