"""Files that are served whole, or in the one range that was asked for."""

from io import BytesIO

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpResponse
from django.test import RequestFactory

from livrya.kit.files import private, upload, whole

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]  # closing a response closes connections

CONTENT = b"0123456789"


def answer(asked: str | None, *, inline: bool = True) -> HttpResponse:
    headers = {} if asked is None else {"Range": asked}
    request = RequestFactory().get("/", headers=headers)
    return private(request, ContentFile(CONTENT), content_type="audio/ogg", name="a tune.ogg", inline=inline)


@pytest.mark.parametrize(
    ("asked", "content", "said"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", CONTENT, "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(asked: str, content: bytes, said: str) -> None:
    given = answer(asked)
    assert (given.status_code, given.content, given["Content-Range"]) == (206, content, said)


@pytest.mark.parametrize(
    "asked",
    [None, "", "bytes=", "bytes=-", "bytes=-0", "bytes=10-", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1"],
)
def test_whoever_asks_for_anything_else_gets_the_whole(asked: str | None) -> None:
    given = answer(asked)
    assert (given.status_code, given.content) == (200, CONTENT)
    assert "Content-Range" not in given


@pytest.mark.parametrize(("inline", "disposition"), [(True, "inline"), (False, "attachment")])
def test_nothing_else_can_be_made_of_a_private_file(inline: bool, disposition: str) -> None:
    given = answer(None, inline=inline)
    assert given["Content-Disposition"] == f'{disposition}; filename="a tune.ogg"'
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given["Cache-Control"].startswith("private")
    assert given["Content-Type"] == "audio/ogg"


def test_a_file_is_read_into_memory_with_its_status_and_headers() -> None:
    given = whole(FileResponse(BytesIO(CONTENT), status=203, headers={"ETag": '"a"'}))
    assert isinstance(given, HttpResponse)
    assert not given.streaming
    assert (given.content, given.status_code, given["ETag"]) == (CONTENT, 203, '"a"')
    other = HttpResponse(b"")
    assert whole(other) is other


def test_pictures_come_from_their_folder_alone(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "a.webp").write_bytes(CONTENT)
    (tmp_path / "secret").write_bytes(b"secret")
    given = upload(RequestFactory().get("/"), "a.webp")
    assert (given.content, given["Content-Disposition"]) == (CONTENT, "inline")
    for path in ("../secret", "b.webp", ""):
        with pytest.raises((Http404, SuspiciousFileOperation)):
            upload(RequestFactory().get("/"), path)
