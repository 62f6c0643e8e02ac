"""What a file may hold is what the library takes."""

import pytest

from books import limits
from books.importing.foreign.shapes import TITLE, Reason, Unreadable

pytestmark = pytest.mark.either_database


def test_titles_are_as_long_as_the_library_has_them() -> None:
    assert TITLE == limits.TITLE


def test_a_refusal_says_its_reason() -> None:
    assert (Unreadable(Reason.EMPTY).reason, str(Unreadable(Reason.EMPTY))) == (Reason.EMPTY, "empty")
