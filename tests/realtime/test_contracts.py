"""Ids as clients write them: numbers, or text that is exactly what we would write; nothing looser."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.contracts import Id, Payload, with_numbers
from realtime.errors import ValidationFailed
from realtime.sessions.dispatch import Request, decode
from tests.realtime.app.namespaces import halls


class Sample(Payload):
    """Every way in which a command may hold ids, beside what only looks like one."""

    book_id: Id
    parent_id: Id | None = None
    ids: list[Id] | None = None
    text: str = ""
    number: int = 0


def test_ids_may_be_text_alone_and_in_lists_and_nothing_else_is_touched():
    given = {"bookId": "12", "parentId": "9223372036854775807", "ids": ["3", 4], "text": "5"}
    sample = msgspec.convert(with_numbers(Sample, given), Sample)
    assert sample == Sample(book_id=12, parent_id=2**63 - 1, ids=[3, 4], text="5")
    assert with_numbers(Sample, {"bookId": 1, "number": "7"}) == {"bookId": 1, "number": "7"}


@given(
    st.text(max_size=24) | st.sampled_from(["٣", "1_0", " 7 ", "7\n", "07", "0", "-1", "+1", "1.0", "1e3", "٧7", ""])
)
def test_text_is_taken_exactly_where_it_is_how_the_number_is_written(text: str):
    try:
        taken = msgspec.convert(with_numbers(Sample, {"bookId": text}), Sample).book_id
    except msgspec.ValidationError:
        assert not (text.isascii() and text.isdigit() and not text.startswith("0") and int(text) < 2**63)
    else:
        assert str(taken) == text


@pytest.mark.parametrize("text", ["٣", "1_0", " 7 ", "07", "seven", "9223372036854775808", ""])
def test_a_command_with_any_other_text_is_refused_and_says_where(text: str):
    handler, alias = halls.commands["hall:join"]
    for arguments in ([text], [{"hallId": text}]):
        with pytest.raises(ValidationFailed, match="hallId"):
            decode(handler, alias, Request(name="hall:join", args=arguments))
