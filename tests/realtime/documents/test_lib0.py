"""The binary primitives: what is written is read again, and what is not there is not waited or paid for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Decoder

from realtime.documents import lib0
from realtime.documents.lib0 import MAX_UINT, Reader
from realtime.errors import CATALOGUE, MalformedUpdate, ValidationFailed
from tests.realtime.documents.wire import number

pytestmark = pytest.mark.either_database


@given(st.integers(0, MAX_UINT))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    reader = Reader(lib0.uint(value))
    assert reader.uint() == value
    reader.expect_end()


@given(st.text())
def test_text_is_read_as_it_was_written_by_us_and_by_the_library(text: str) -> None:
    reader = Reader(lib0.text(text) + b"\x07")
    assert reader.text() == text
    assert reader.byte() == 7
    assert Decoder(lib0.text(text)).read_var_string() == text


@pytest.mark.parametrize("value", [-1, MAX_UINT + 1])
def test_no_number_is_written_that_no_client_can_read(value: int) -> None:
    with pytest.raises(ValueError, match="number"):
        lib0.uint(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\xff" * 6,
        b"\xff" * 100_000,
        b"\x80\x00",  # a longer form of 0
        b"\x81\x80\x00",
        number(MAX_UINT + 1),
        number(2**64),
    ],
)
def test_a_number_that_no_client_writes_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        Reader(data).uint()


@given(st.binary(max_size=40), st.integers(0, 40))
def test_what_is_cut_short_or_goes_on_is_refused(data: bytes, at: int) -> None:
    whole = lib0.buffer(data)
    if at < len(whole):
        with pytest.raises(MalformedUpdate):
            Reader(whole[:at]).buffer()
    reader = Reader(whole + b"\x00")
    assert reader.buffer() == data
    with pytest.raises(MalformedUpdate):
        reader.expect_end()


def test_more_than_is_left_is_not_counted() -> None:
    assert Reader(b"\x02abcd").count(2) == 2
    for data, each in [(b"\x02abc", 2), (number(MAX_UINT), 1), (b"\x01", 1)]:
        with pytest.raises(MalformedUpdate):
            Reader(data).count(each)
    with pytest.raises(MalformedUpdate):
        Reader(b"abc").skip(4)


def test_text_that_is_not_utf_8_is_refused() -> None:
    for data in (b"\xff", b"\xed\xa0\x80", "é".encode()[:1], b"\xc0\x80"):
        with pytest.raises(MalformedUpdate):
            Reader(lib0.buffer(data)).text()


def test_what_cannot_be_read_is_a_validation_failure_on_the_wire() -> None:
    assert issubclass(MalformedUpdate, ValidationFailed)
    assert MalformedUpdate().as_dict()["code"] == "VALIDATION"
    assert CATALOGUE["VALIDATION"] is ValidationFailed
