"""Bytes that somebody calls text."""

import pytest

from books.importing.foreign.encodings import text_of
from books.importing.foreign.shapes import Reason, Remark, Unreadable

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("data", ["“é”".encode(), "“é”".encode("utf-8-sig"), "“é”".encode("utf-16")])
def test_unicode_is_known(data: bytes) -> None:
    assert text_of(data) == ("“é”", set())


def test_what_says_nothing_is_taken_for_windows_and_that_is_said() -> None:
    assert text_of("“é”".encode("cp1252")) == ("“é”", {Remark.ENCODING})


def test_a_page_may_say_its_own() -> None:
    page = '<meta charset="koi8-r">Глава'.encode("koi8-r")
    assert text_of(page, may_declare=True) == ('<meta charset="koi8-r">Глава', set())
    assert text_of(b'<meta charset="klingon">\xe9', may_declare=True)[1] == {Remark.ENCODING}


@pytest.mark.parametrize("data", [b"a\0b", b"%PDF-1.7", b"{\\rtf1", b"PK\x03\x04", b"\x89PNG\r\n"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(data)
    assert refused.value.reason == Reason.ANOTHER_KIND
