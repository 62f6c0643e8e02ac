"""Carets on the wire: as the library writes and reads them, and nothing that is too many, large or deep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Awareness, Doc

from realtime.documents import lib0
from realtime.documents.awareness import MAX_CLIENTS, MAX_STATE_CHARACTERS, Presence, encode_awareness, read_awareness
from realtime.documents.lib0 import MAX_UINT
from realtime.errors import MalformedUpdate, TooLarge
from tests.realtime.documents.wire import number

pytestmark = pytest.mark.either_database

STATE = {"user": {"name": "Inês 😀", "color": "#a1b2c3"}, "cursor": {"anchor": {"item": {"client": 7, "clock": 3}}}}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9), st.lists, max_leaves=4
)


@given(
    st.lists(
        st.builds(
            Presence,
            st.integers(0, MAX_UINT),
            st.integers(0, MAX_UINT),
            st.none() | st.dictionaries(st.text(max_size=9), JSON, max_size=4),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read_and_refused_wherever_it_is_cut(presences: list[Presence]) -> None:
    data = encode_awareness(presences)
    assert read_awareness(data) == presences
    for end in range(len(data)):
        with pytest.raises(MalformedUpdate):
            read_awareness(data[:end])
    with pytest.raises(MalformedUpdate):
        read_awareness(data + b"\x00")


def test_the_library_writes_and_reads_the_same() -> None:
    theirs = Awareness(Doc(client_id=5))
    theirs.set_local_state(STATE)
    (found,) = read_awareness(theirs.encode_awareness_update([5]))
    assert (found.client, found.state) == (5, STATE)

    others = Awareness(Doc(client_id=6))
    others.apply_awareness_update(encode_awareness([Presence(MAX_UINT, 3, STATE), Presence(5, 1, STATE)]), None)
    assert others.states[5] == others.states[MAX_UINT] == STATE
    others.apply_awareness_update(encode_awareness([Presence(5, 1, None)]), None)
    assert 5 not in others.states


def test_nobody_is_an_update_too() -> None:
    assert encode_awareness([]) == b"\x00"
    assert read_awareness(b"\x00") == []


def one(json: str, client: bytes = b"\x05", clock: bytes = b"\x01") -> bytes:
    return b"\x01" + client + clock + lib0.text(json)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        number(2**40),
        b"\x02" + one("{}")[1:],
        one(""),
        one("{"),
        one("undefined"),
        one("1"),
        one("[]"),
        one('"caret"'),
        one("[" * 3_000),
        one('{"a":' * 9 + "1" + "}" * 9),
        one('{"a":"\\ud800"}'),
        one("{}", client=number(2**53)),
        one("{}", clock=number(2**53)),
        b"\x01\x05\x01\x02\xff\xfe",
    ],
)
def test_what_no_client_writes_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedUpdate):
        read_awareness(data)


def test_too_many_and_too_large_are_said_to_be_so() -> None:
    assert len(read_awareness(encode_awareness([Presence(1, 1, None)] * MAX_CLIENTS))) == MAX_CLIENTS
    with pytest.raises(TooLarge):
        read_awareness(encode_awareness([Presence(1, 1, None)] * (MAX_CLIENTS + 1)))
    with pytest.raises(TooLarge):
        read_awareness(encode_awareness([Presence(1, 1, {"name": "x" * MAX_STATE_CHARACTERS})]))
