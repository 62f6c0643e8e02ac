"""Values in a document: every kind that clients write, none that is deep, large or unknown."""

import struct
from typing import Any

import pytest

from realtime.documents import lib0
from realtime.documents.lib0 import Reader
from realtime.documents.values import MAX_DEPTH, MAX_JSON_BYTES, check_json, read_json, skip_any
from realtime.errors import MalformedUpdate
from tests.realtime.documents.wire import number

pytestmark = pytest.mark.either_database


def skipped(data: bytes) -> None:
    reader = Reader(data)
    skip_any(reader)
    reader.expect_end()


@pytest.mark.parametrize(
    "data",
    [
        b"\x7f",
        b"\x7e",
        b"\x7d\x05",
        b"\x7d\x45",
        b"\x7d\xbf\x01",
        b"\x7c" + struct.pack(">f", 1.5),
        b"\x7b" + struct.pack(">d", -0.1),
        b"\x79",
        b"\x78",
        b"\x77" + lib0.text("Überschrift"),
        b"\x75\x00",
        b"\x75\x02\x7e\x75\x01\x78",
        b"\x75\x01" * MAX_DEPTH + b"\x78",
    ],
)
def test_scalars_and_lists_are_taken_to_their_last_byte(data: bytes) -> None:
    skipped(data)
    for end in range(len(data)):
        with pytest.raises(MalformedUpdate):
            skipped(data[:end])
    with pytest.raises(MalformedUpdate):
        skipped(data + b"\x00")


@pytest.mark.parametrize(
    "data",
    [
        b"\x75\x01" * (MAX_DEPTH + 1) + b"\x78",
        b"\x75\x01" * 32_000 + b"\x78",
        b"\x75" + number(2**40),
        b"\x75\x7f" + b"\x75\x7f" * 100,
        b"\x7a" + struct.pack(">q", -(2**62)),
        b"\x76\x00",  # a map
        b"\x76" + number(2**40),
        b"\x74\x00",  # bytes
        b"\x77\x02\xff\xfe",
        b"\x7d" + b"\xff" * 9,
        b"\x7d\x80\x00",
        b"\x7d" + b"\xbf" + b"\xff" * 7 + b"\x7f",
        *(bytes([tag]) for tag in range(116)),
        *(bytes([tag, 0]) for tag in range(128, 256)),
    ],
)
def test_what_is_deep_or_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        skipped(data)


@pytest.mark.parametrize(
    ("json", "value"),
    [
        ("{}", {}),
        ("null", None),
        ('{"href":"https://example.org/[[[[[[[[["}', {"href": "https://example.org/[[[[[[[[["}),
        ('["\\"[[[[[[[[[["]', ['"[[[[[[[[[[']),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, [[[[[[[[]]]]]]]]),
        ("[" + "[]," * 100 + "1]", [*([[]] * 100), 1]),
        ('"\\ud83d\\ude00 – Ä"', "😀 – Ä"),
    ],
)
def test_json_is_read(json: str, value: Any) -> None:
    assert read_json(json) == value
    check_json(json)


@pytest.mark.parametrize(
    "json",
    [
        "",
        "undefined",
        "NaN",
        "-Infinity",
        "1e999",
        "01",
        "{",
        '{"a":}',
        "[1,]",
        "{} {}",
        '"\\ud83d"',
        '"\\ude00"',
        '"\\x"',
        '"\n"',
        "'a'",
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1),
        "[" * MAX_JSON_BYTES,
        '"' + "a" * MAX_JSON_BYTES + '"',
        '["]' + "[" * 10_000,
    ],
)
def test_what_is_no_json_or_is_large_or_deep_is_refused(json: str) -> None:
    with pytest.raises(MalformedUpdate):
        check_json(json)
