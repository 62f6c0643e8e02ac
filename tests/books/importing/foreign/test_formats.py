"""Every file is answered: with what it holds, or with the reason why not."""

import pytest

from books.importing.foreign import docx as docx_format
from books.importing.foreign.formats import KINDS, answer, kind_of
from books.importing.foreign.shapes import Answer, Reason
from tests.books.importing.foreign.files import docx, epub, paragraph

pytestmark = pytest.mark.either_database

WHOLE = {
    "docx": docx(
        *(paragraph(f"{word} and on.") for word in ("Once", "Twice", "Thrice")), paragraph("End", style="heading1")
    ),
    "epub": epub({"one.xhtml": "<p>Once upon a time.</p>"}, nav='<ol><li><a href="one.xhtml">One</a></li></ol>'),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.docx", "docx"), ("A.EPUB", "epub"), ("a.b.md", "md"), ("a.doc", ""), ("docx", "docx"), ("", ""), ("a.", "")],
)
def test_the_end_of_a_name_says_the_kind(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_and_a_picture_are_of_no_kind(kind: str) -> None:
    assert answer(kind, b"").refused in (Reason.EMPTY, Reason.ANOTHER_KIND)
    assert answer(kind, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").refused == Reason.ANOTHER_KIND


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_a_file_that_breaks_off_anywhere_is_refused(kind: str) -> None:
    whole = WHOLE[kind]
    assert answer(kind, whole).reading
    for end in range(0, len(whole) - 1, 7):
        assert answer(kind, whole[:end]).refused in (Reason.BROKEN, Reason.ANOTHER_KIND), end


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_a_file_with_a_wrong_byte_anywhere_is_answered(kind: str) -> None:
    whole = WHOLE[kind]
    for at in range(0, len(whole), 11):
        assert isinstance(answer(kind, whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]), Answer), at


@pytest.mark.parametrize(
    ("error", "reason"),
    [(MemoryError, Reason.TOO_MUCH), (RecursionError, Reason.TOO_DEEP), (KeyError, Reason.BROKEN)],
)
def test_whatever_a_parser_raises_is_an_answer(
    error: type[Exception], reason: Reason, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(data: bytes) -> None:
        raise error("secret words")

    monkeypatch.setattr(docx_format, "read", stumble)
    assert answer("docx", b"") == Answer(refused=reason)
    assert "secret" not in capsys.readouterr().err
