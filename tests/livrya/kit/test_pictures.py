"""Uploaded pictures: nothing of the file survives, and no file costs more than its size."""

import io
import subprocess
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from PIL import Image

from livrya.kit import pictures
from livrya.kit.pictures import MAX_PIXELS, MAX_UPLOAD_BYTES, MAX_WEBP_PIXELS, PictureField, reencode
from livrya.kit.turns import Turns
from realtime.errors import TooLarge, Unavailable, ValidationFailed
from tests.books.library import author_of, book
from tests.livrya.accounts.people import person
from tests.livrya.pictures import MODES, SHAPES, chunk, encoded, gif_claiming, png_claiming, upload

MOST_MIB = 150
NEVER_SECONDS = 60
TEXT = zlib.compress(b"a" * 1_000_000)
# What the decoders take cannot be asked of this process, which had other work before.
_MEASURE = """
import sys
from django.core.files.uploadedfile import SimpleUploadedFile
from livrya.kit.pictures import reencode
from realtime.errors import ApplicationError

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024

content = open(sys.argv[1], "rb").read()
is_cropped = sys.argv[4] == "crop"
before = peak()
try:
    reencode(SimpleUploadedFile("a", content), width=int(sys.argv[2]), height=int(sys.argv[3]), crop=is_cropped)
    outcome = "made"
except ApplicationError as refusal:
    outcome = refusal.code
print(outcome, peak() - before)
"""


def measured(file: Path, width: int, height: int, *, crop: bool) -> tuple[str, int]:
    """Returns what became of the picture in a process of its own, and how many MiB it took at most."""
    asked = [str(file), str(width), str(height), "crop" if crop else "whole"]
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURE, *asked], capture_output=True, check=True, text=True, timeout=NEVER_SECONDS
    )
    outcome, mib = ran.stdout.split()
    return outcome, int(mib)


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


_SQUARE = int(MAX_PIXELS**0.5)
_WEBP_SQUARE = int(MAX_WEBP_PIXELS**0.5)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        # What is allowed at most, in every mode and kind.
        *(
            pytest.param(lambda mode=mode: encoded("PNG", (_SQUARE, _SQUARE), mode), "made", id=f"png-{mode}")
            for mode in MODES["PNG"]
        ),
        pytest.param(lambda: encoded("PNG", (1_464, 16_384)), "made", id="png-tall"),
        pytest.param(lambda: encoded("GIF", (_SQUARE, _SQUARE), "P"), "made", id="gif"),
        pytest.param(lambda: encoded("WEBP", (_WEBP_SQUARE,) * 2, "RGBA", lossless=True), "made", id="webp-lossless"),
        pytest.param(lambda: encoded("WEBP", (_WEBP_SQUARE,) * 2, quality=10), "made", id="webp"),
        pytest.param(lambda: encoded("JPEG", (8_160, 6_120)), "made", id="jpeg-of-a-telephone"),
        pytest.param(lambda: encoded("JPEG", (16_000, 3_900)), "made", id="jpeg-panorama"),
        pytest.param(lambda: encoded("JPEG", (6_000, 4_000), progressive=True), "made", id="jpeg-progressive"),
        # What was seen: 1.2 GB, 462 MiB; and its like.
        pytest.param(lambda: png_claiming(1, 39_000_000), "TOO_LARGE", id="png-one-wide"),
        pytest.param(lambda: png_claiming(39_000_000, 1), "TOO_LARGE", id="png-one-high"),
        pytest.param(lambda: encoded("PNG", (6_300, 6_300)), "TOO_LARGE", id="png-large"),
        pytest.param(lambda: encoded("WEBP", (4_000, 4_000), quality=5), "TOO_LARGE", id="webp-large"),
        pytest.param(lambda: gif_claiming(65_535, 65_535), "VALIDATION", id="gif-frame-beyond-its-canvas"),
        pytest.param(lambda: gif_claiming(6_000, 6_000), "TOO_LARGE", id="gif-large-frame"),
        pytest.param(
            lambda: encoded("JPEG", (6_000, 4_000), "CMYK", progressive=True), "TOO_LARGE", id="jpeg-coefficients"
        ),
        pytest.param(lambda: png_claiming(1, 1, behind=chunk(b"zTXt", b"a\0\0" + TEXT) * 200), "made", id="png-texts"),
    ],
)
def test_no_picture_takes_more_memory_than_is_said(content: Any, outcome: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(content())
    became, mib = measured(file, 2_048, 2_048, crop=False)
    assert (became, mib <= MOST_MIB) == (outcome, True), mib


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_part_of_a_picture_takes_no_more_memory_either(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(encoded(kind, (6_000, 4_000), progressive=True))
    became, mib = measured(file, 800, 1_200, crop=True)
    assert (became, mib <= MOST_MIB) == ("made", True), mib


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_afterwards(orientation: int, kind: str) -> None:
    """Its upper left corner is red; where it is seen depends on how the camera was held."""
    seen = Image.new("RGB", (80, 40), "white")
    seen.paste("red", (0, 0, 20, 20))
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = seen.transpose(turned[orientation]) if orientation in turned else seen
    exif = Image.Exif()
    exif[0x0112] = orientation
    written = io.BytesIO()
    stored.save(written, kind, exif=exif)
    with Image.open(reencode(upload(written.getvalue()), width=80, height=80, crop=False)) as picture:
        assert picture.size == (80, 40)
        corner: Any = picture.convert("RGB").getpixel((5, 5))
        assert corner[0] > 200
        assert corner[1] < 80


@given(SHAPES)
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_made_small_or_refused(content: bytes) -> None:
    for width, height, crop in ((60, 90, True), (64, 64, False)):
        try:
            made = reencode(upload(content), width=width, height=height, crop=crop)
        except (ValidationFailed, TooLarge):
            continue
        with Image.open(made) as picture:
            assert picture.format == "WEBP"
            assert picture.width <= width
            assert picture.height <= height


def test_few_pictures_are_decoded_at_once_and_who_finds_no_turn_may_come_again(monkeypatch: Any) -> None:
    inside, most = 0, 0
    entered, leave, counting = threading.Semaphore(0), threading.Event(), threading.Lock()

    def slow(*_: Any) -> Image.Image:
        nonlocal inside, most
        with counting:
            inside += 1
            most = max(most, inside)
        entered.release()
        leave.wait(NEVER_SECONDS)
        with counting:
            inside -= 1
        return Image.new("RGB", (1, 1))

    outcomes = []

    def come() -> None:
        try:
            outcomes.append(reencode(upload(encoded()), width=10, height=10))
        except Unavailable as refusal:
            outcomes.append(refusal)
            entered.release()

    monkeypatch.setattr(pictures, "_made_small", slow)
    monkeypatch.setattr(pictures, "_TURNS", Turns(at_once=2, waiting=1, seconds=NEVER_SECONDS, refusal="Later."))
    people = [threading.Thread(target=come) for _ in range(6)]
    for one in people:
        one.start()
    for _ in range(5):  # two are inside, one waits, three were refused
        assert entered.acquire(timeout=NEVER_SECONDS)
    leave.set()
    for one in people:
        one.join(NEVER_SECONDS)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
    assert (most, len(outcomes), len(refused)) == (2, 6, 3)
    assert all(refusal.retryable and refusal.retry_after_ms for refusal in refused)


def test_a_form_does_not_open_a_picture_by_itself() -> None:
    """Django's own field opens it with every decoder that Pillow has, whatever its size."""
    for content in (encoded("TIFF"), encoded("BMP"), png_claiming(60_000, 60_000)):
        kept = PictureField().clean(upload(content))
        assert isinstance(kept, SimpleUploadedFile)
    assert "image/webp" in str(PictureField().widget.attrs["accept"])


@pytest.mark.django_db
@pytest.mark.parametrize("edge", ["page", "api", "desk", "admin"])
def test_every_edge_takes_the_same_pictures(edge: str, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    answers = {kind: sent_to(edge, encoded(kind)) for kind in ("TIFF", "PNG")}
    assert answers == {"TIFF": False, "PNG": True}


def sent_to(edge: str, content: bytes) -> bool:
    """Sends a picture to an edge and tells whether it was taken."""
    client = Client()
    if edge in ("page", "api"):
        somebody = person(f"{edge}{len(content)}")
        client.force_login(somebody)
        if edge == "page":
            client.post(reverse("settings"), {"section": "profile", "avatar": upload(content)})
        else:
            client.generic("PUT", reverse("api-avatar"), *_multipart(avatar=upload(content)))
        somebody.refresh_from_db()
        return bool(somebody.avatar)
    shown = book()
    if edge == "desk":
        client.force_login(author_of(shown))
        fields = {"title": shown.title, "language": "en", "rating": "general", "progress": "ongoing"}
        client.post(
            reverse("desk-edit-book", args=[shown.slug]),
            {**fields, "visibility": "public", "cover": upload(content)},
        )
    else:
        client.force_login(person(f"boss{len(content)}", is_staff=True, is_superuser=True))
        page = reverse("admin:books_book_change", args=[shown.pk])
        form = client.get(page).context["adminform"].form
        fields = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        inlines = {}
        for formset in client.get(page).context["inline_admin_formsets"]:
            prefix = formset.formset.prefix
            inlines |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        client.post(page, {**fields, **inlines, "cover": upload(content)})
    shown.refresh_from_db()
    return bool(shown.cover)


def _multipart(**fields: Any) -> tuple[bytes, str]:
    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT


def test_a_picture_already_written_anew_is_not_decoded_again() -> None:
    made = reencode(upload(encoded()), width=100, height=100)
    assert reencode(made, width=100, height=100) is made
    assert isinstance(made, ContentFile)
