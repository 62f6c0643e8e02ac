"""The bytes of a picture's file that its pixels need, and no others."""

import io

import pytest
from PIL import Image

from livrya.kit.picture_data import MOST_SCANS, needed
from livrya.kit.pictures import reencode
from realtime.errors import ValidationFailed
from tests.livrya.pictures import chunk, encoded, png_claiming, upload

pytestmark = pytest.mark.either_database


def test_what_a_picture_does_not_need_reaches_no_decoder() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    parts = {
        "PNG": (png_claiming(1, 1, behind=chunk(b"zTXt", b"hidden") + chunk(b"acTL", b"hidden")), b"hidden"),
        "JPEG": (encoded("JPEG", comment=b"hidden", icc_profile=b"hidden" * 20_000, exif=exif), b"hidden"),
        "GIF": (encoded("GIF", mode="P", comment=b"hidden"), b"hidden"),
    }
    for content, hidden in parts.values():
        assert hidden in content
        assert hidden not in needed(content).content
    frames = [Image.new("L", (50, 50), number) for number in range(200)]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    assert len(needed(written.getvalue()).content) < written.tell() / 50


def test_an_exif_that_is_continued_a_thousand_times_is_read_once() -> None:
    piece = b"\xff\xe1\x00\x0aExif\0\0ab"
    plain = encoded("JPEG")
    content = plain[:2] + piece * 100_000 + plain[2:]
    assert len(needed(content).content) == len(plain) + len(piece)


def test_a_picture_of_very_many_scans_is_refused() -> None:
    plain = encoded("JPEG", progressive=True)
    at = plain.rindex(b"\xff\xda")
    last = plain[at:-2]
    assert needed(plain).held_bytes
    with pytest.raises(ValidationFailed):
        reencode(upload(plain[:at] + last * MOST_SCANS + plain[-2:]), width=100, height=100)


def broken() -> dict[str, bytes]:
    png, jpeg, gif = png_claiming(1, 1), encoded("JPEG"), encoded("GIF", mode="P")
    frame = jpeg.index(b"\xff\xc0")
    return {
        "nothing": b"",
        "of no format": b"%PDF-1.7",
        "a PNG cut within a chunk": png[:-16],
        "a PNG cut within a chunk's head": png + b"\0",
        "a PNG whose chunk claims more": png[:8] + b"\xff\xff\xff\xff" + png[12:],
        "a JPEG cut before its picture": jpeg[:frame],
        "a JPEG without a frame": jpeg[:2] + jpeg[jpeg.index(b"\xff\xda") :],
        "a JPEG with two frames": jpeg[:frame] + 2 * jpeg[frame : frame + 19] + jpeg[frame + 19 :],
        "a JPEG with something between its segments": jpeg[:2] + b"\0" + jpeg[2:],
        "a JPEG that begins anew": jpeg[:2] + b"\xff\xd8\x00\x02" + jpeg[2:],
        "a GIF cut before its picture": gif[:20],
        "a GIF of something else": gif[:13] + b"?" * 900,
    }


@pytest.mark.parametrize("name", broken())
def test_a_file_that_is_not_as_its_format_says_is_refused_rather_than_guessed_at(name: str) -> None:
    content = broken()[name]
    if name == "a PNG cut within a chunk's head":
        content = content.replace(chunk(b"IEND", b""), b"")
    with pytest.raises((ValueError, IndexError)):
        needed(content)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("GIF", "P"), ("WEBP", "RGB")])
def test_what_is_left_is_the_same_picture(kind: str, mode: str) -> None:
    whole = encoded(kind, mode=mode)
    with Image.open(io.BytesIO(whole)) as before, Image.open(io.BytesIO(needed(whole).content)) as after:
        assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()


def test_only_what_is_decoded_in_several_passes_holds_memory() -> None:
    assert needed(encoded("JPEG")).held_bytes == 0
    assert needed(encoded("JPEG", mode="L", progressive=True)).held_bytes == 2  # two bytes a pixel and component
    assert needed(encoded("JPEG", progressive=True, subsampling=0)).held_bytes == 6
    assert needed(encoded("JPEG", progressive=True, subsampling=2)).held_bytes == 3
