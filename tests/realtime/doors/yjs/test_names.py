"""What stock clients call a document."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.yjs.names import DocumentName
from realtime.errors import NotFound
from tests.realtime.app.papers import PaperRoom


@given(st.integers(1, 2**63 - 1), st.from_regex(r"\A[0-9a-f]{1,64}\Z"), st.integers(0, 10**9 - 1))
def test_a_name_is_read_as_it_is_written(paper: int, epoch: str, schema: int) -> None:
    name = DocumentName(PaperRoom(paper), epoch, schema)
    assert DocumentName.parse(str(name)) == name


def test_a_name_may_be_the_rooms_alone() -> None:
    assert DocumentName.parse("paper:1") == (PaperRoom(1), None, None)
    assert str(DocumentName(PaperRoom(1))) == "paper:1"


@pytest.mark.parametrize(
    "name", ["", "@", "paper", "paper:1@", "paper:1@ab", "paper:1@ab.", "paper:1@AB.1", "paper:1@ab.01", "paper:1@é.1"]
)
def test_anything_else_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        DocumentName.parse(name)


@given(st.text(max_size=40))
def test_nothing_else_is_raised(name: str) -> None:
    with contextlib.suppress(NotFound):
        DocumentName.parse(name)
