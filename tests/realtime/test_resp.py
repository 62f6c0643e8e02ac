"""Redis' answers, out of a stream that is cut anywhere."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.redis_layer.resp import Push, Reader, RedisRefused, packed

STREAM = (
    b"%2\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$5\r\nproto\r\n:3\r\n"
    b">3\r\n$7\r\nmessage\r\n$1\r\ng\r\n$9\r\nwith\r\nend\r\n"
    b":1\r\n+PONG\r\n-NOPERM no right\r\n_\r\n$-1\r\n*1\r\n*0\r\n$0\r\n\r\n"
)
REPLIES: list[Any] = [
    [b"server", b"valkey", b"proto", 3],
    Push([b"message", b"g", b"with\r\nend"]),
    1,
    b"PONG",
    "NOPERM no right",
    None,
    None,
    [[]],
    b"",
]


def said(replies: list[Any]) -> list[Any]:
    return [str(reply) if isinstance(reply, RedisRefused) else reply for reply in replies]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_replies_are_the_same_wherever_the_stream_is_cut(cuts: list[int]) -> None:
    reader, replies = Reader(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, stop in pairwise(edges):
        replies += reader.read(STREAM[start:stop])
    assert said(replies) == REPLIES
    assert [type(reply) is Push for reply in replies].index(True) == 1


def test_what_is_no_resp_is_refused() -> None:
    with pytest.raises(ValueError, match="HTTP"):
        list(Reader().read(b"HTTP/1.1 400 Bad Request\r\n"))


def test_commands_are_packed_by_bytes_not_by_characters() -> None:
    assert packed(b"PUBLISH", "ü".encode(), b"") == b"*3\r\n$7\r\nPUBLISH\r\n$2\r\n\xc3\xbc\r\n$0\r\n\r\n"
