"""The messages of stock clients of Yjs: read whole or not at all."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.documents import lib0
from realtime.documents.awareness import read_awareness
from realtime.documents.lib0 import Reader
from realtime.doors.errors import MalformedPacket
from realtime.doors.yjs import messages
from realtime.doors.yjs.messages import Kind, Message, Sync, read_addressed, read_message
from tests.realtime.app.papers import PaperAwareness

steps = st.sampled_from(Sync)
data = st.binary(max_size=300)
addresses = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ours = st.one_of(
    st.builds(lambda step, data: (messages.sync(step, data), Message(Kind.SYNC, step, data)), steps, data),
    st.builds(lambda data: (b"\x01" + lib0.buffer(data), Message(Kind.AWARENESS, data=data)), data),
    st.just((b"\x03", Message(Kind.QUERY_AWARENESS))),
)
theirs = st.one_of(
    ours,
    st.builds(lambda data: (b"\x05" + lib0.buffer(data), Message(Kind.STATELESS, data=data)), data),
    st.builds(lambda data: (b"\x02\x00" + lib0.buffer(data), Message(Kind.AUTH, data=data)), data),
    st.builds(lambda data: (b"\x02\x00" + lib0.buffer(data) + b"\x054.8.0", Message(Kind.AUTH, data=data)), data),
    st.just((b"\x07", Message(Kind.CLOSE))),
)


@given(ours)
def test_what_y_websocket_writes_is_read_and_nothing_shorter(written: tuple[bytes, Message]) -> None:
    frame, message = written
    assert read_message(frame) == message
    for end in range(len(frame)):
        with pytest.raises(MalformedPacket):
            read_message(frame[:end])
    with pytest.raises(MalformedPacket):
        read_message(frame + b"\0")


@given(addresses, theirs)
def test_what_hocuspocus_writes_is_read_with_its_address(address: str, written: tuple[bytes, Message]) -> None:
    frame, message = written
    assert read_addressed(lib0.text(address) + frame) == (address, message)


@given(st.binary(max_size=60))
def test_anything_else_is_refused_and_nothing_else_is_raised(noise: bytes) -> None:
    for read in (read_message, read_addressed):
        with contextlib.suppress(MalformedPacket):
            read(noise)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x04",
        b"\x06\x00",
        b"\x08\x01",
        b"\x09",
        b"\x00\x03\x00",
        b"\x02\x01\x00",
        b"\x02\x00",
        b"\x83\x00",
        b"\x00\x00\xff\xff\xff\xff\x07",
        b"\xff" * 12,
    ],
)
def test_what_is_no_message_of_a_client(frame: bytes) -> None:
    for read, head in ((read_message, b""), (read_addressed, b"\x01a")):
        with pytest.raises(MalformedPacket):
            read(head + frame)


@pytest.mark.parametrize("head", [b"\x02\xff\xff", b"\x05a", lib0.text("a" * 501)])
def test_what_is_no_address(head: bytes) -> None:
    with pytest.raises(MalformedPacket):
        read_addressed(head + b"\x03")


def test_a_pong_is_one_byte_and_for_nobody() -> None:
    assert read_addressed(b"\x0a") == ("", Message(Kind.PONG))


def test_a_caret_has_the_name_that_editors_look_for() -> None:
    pointed = PaperAwareness(
        client_id=5, clock=2, user_id=7, username="ines", display_name="Inês", color="#fff", state={"cursor": None}
    )
    [seen] = read_awareness(Reader(messages.awareness([pointed])[1:]).buffer())
    user = {"id": 7, "name": "Inês", "username": "ines", "color": "#fff"}
    assert seen == (5, 2, {"user": user, "cursor": None})
    assert messages.NOBODY == b"\x01\x01\x00"
