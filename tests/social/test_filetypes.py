"""What an uploaded file is, by its first bytes."""

import pytest

from social.filetypes import recognise
from tests.social.rooms import group
from tests.social.test_attachments import WAVE, content_of, upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "name", "kind", "content_type", "shown"),
    [
        (WAVE, "take.exe", "audio", "audio/wav", "take.wav"),
        (b"ID3\x03" + b"\0" * 64, "song", "audio", "audio/mpeg", "song.mp3"),
        (b"\x1aE\xdf\xa3" + b"\0" * 64, "voice.webm", "audio", "audio/webm", "voice.webm"),
        (b"%PDF-1.7\n", "paper.pdf", "file", "application/pdf", "paper.pdf"),
        (b"<script>alert(1)</script>", "page.html", "file", "text/plain; charset=utf-8", "page.txt"),
        ("# Ахав\n".encode(), "notes.md", "file", "text/plain; charset=utf-8", "notes.md"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, kind: str, content_type: str, shown: str) -> None:
    added = upload(group(), data, name)
    assert (added.kind, added.content_type, added.name) == (kind, content_type, shown)
    assert content_of(added) == data


@pytest.mark.parametrize(
    ("head", "extension"),
    [
        (b"\xff\xd8\xff\xe0", "webp"),
        (b"\x89PNG\r\n\x1a\n", "webp"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
        (WAVE, "wav"),
        (b"OggS\x00", "ogg"),
        (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"PK\x03\x04".ljust(38, b"\x00") + b"application/epub+zip", "epub"),
        (b"tabs\tand\r\nlines\f", "txt"),
        ("ä".encode() * 64 + "ä".encode()[:1], "txt"),  # the head ends within a character
    ],
)
def test_the_first_bytes_say_the_type(head: bytes, extension: str) -> None:
    found = recognise(head)
    assert found is not None
    assert found.extension == extension


@pytest.mark.parametrize(
    "head", [b"", b"PK\x03\x04\x14\x00", b"text\x00text", b"\x1b[31m", b"\xff\xfe\xfd\xfc\xfb", b" %PDF-"[:1] + b"\x01"]
)
def test_what_is_nothing_that_is_known_has_no_type(head: bytes) -> None:
    assert recognise(head) is None
