"""What a file may hold is what the library takes."""

import pytest

from books import limits
from books.importing.foreign import shapes
from books.importing.foreign.formats import answer
from books.importing.foreign.shapes import TITLE, Reason, Unreadable
from tests.books.importing.foreign.files import docx, epub, paragraph

pytestmark = pytest.mark.either_database


def test_titles_are_as_long_as_the_library_has_them() -> None:
    assert TITLE == limits.TITLE


def test_a_refusal_says_its_reason() -> None:
    assert (Unreadable(Reason.EMPTY).reason, str(Unreadable(Reason.EMPTY))) == (Reason.EMPTY, "empty")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("html", b"<p>a<p>b<p>c<p>d"),
        ("md", b"a\n\nb\n\nc\n\nd"),
        ("txt", b"a\n\nb\n\nc\n\nd"),
        ("docx", docx(*(paragraph(letter) for letter in "abcd"))),
        ("epub", epub({"one.xhtml": "<p>a</p><p>b</p>", "two.xhtml": "<p>c</p><p>d</p>"})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_would_keep_a_process_busy_for_long_is_refused_at_once(
    kind: str, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer(kind, data).reading
    monkeypatch.setattr(shapes, "MOST_PARAGRAPHS" if kind in ("md", "txt") else "MOST_TAGS", 3)
    assert answer(kind, data).refused == Reason.TOO_MUCH
    monkeypatch.undo()
    monkeypatch.setattr(shapes, "MOST_PARAGRAPHS", 1)
    assert kind == "epub" or answer(kind, data).refused == Reason.TOO_MUCH
