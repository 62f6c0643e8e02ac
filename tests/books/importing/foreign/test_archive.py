"""Zip files are asked before they are unpacked."""

import io
import zipfile

import pytest

from books.importing.foreign import archive
from books.importing.foreign.archive import Archive
from books.importing.foreign.shapes import Reason, Unreadable
from tests.books.importing.foreign.files import packed

pytestmark = pytest.mark.either_database


def refusal(data: bytes, *parts: str) -> Reason:
    with pytest.raises(Unreadable) as refused:
        opened = Archive(data)
        for part in parts:
            opened.read(part)
    return refused.value.reason


def test_parts_are_read_by_name() -> None:
    opened = Archive(packed({"a": "b", "c": "d"}))
    assert (opened.names, opened.read("c")) == ({"a", "c"}, b"d")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n", Reason.ANOTHER_KIND),
        (b"", Reason.ANOTHER_KIND),
        (b"PK\x03\x04", Reason.BROKEN),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, Reason.ANOTHER_KIND),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), Reason.ENCRYPTED),
    ],
)
def test_what_is_no_archive_is_refused(data: bytes, reason: Reason) -> None:
    assert refusal(data) == reason


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed({"a": b"\0" * (archive.MOST_PART_BYTES + 1)})
    assert len(bomb) < 100_000
    assert refusal(bomb, "a") == Reason.TOO_MUCH


def test_many_parts_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 5)
    assert refusal(packed({"a": "123", "b": "456"}), "a", "b") == Reason.TOO_MUCH


def test_a_part_that_says_less_than_it_holds_is_refused() -> None:
    bomb = bytearray(packed({"a": b"\0" * 100_000}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")  # what it takes unpacked, says the directory
    assert refusal(bytes(bomb), "a") == Reason.BROKEN


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PARTS", 1)
    assert refusal(packed({"a": "", "b": ""})) == Reason.TOO_MUCH


def test_a_part_with_a_password_is_refused() -> None:
    locked = bytearray(packed({"a": "b"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    assert refusal(bytes(locked), "a") == Reason.ENCRYPTED


def test_a_damaged_part_is_refused() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as written:
        written.writestr("a", "once upon a time")
    assert refusal(data.getvalue().replace(b"upon", b"uxon"), "a") == Reason.BROKEN
