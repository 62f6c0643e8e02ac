"""The frames of a message, as the standard has them, made once for all who get it."""

import pytest
from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, Protocol

from realtime.transport.packets import Packet, joined_frames, websocket_frame

pytestmark = pytest.mark.either_database


def read(data: bytes) -> list[tuple[Opcode, bytes]]:
    """Returns the frames as another's parser reads them."""
    protocol = Protocol(CLIENT, state=OPEN, max_size=None)
    protocol.receive_data(data)
    assert protocol.parser_exc is None
    return [(frame.opcode, bytes(frame.data)) for frame in protocol.events_received()]  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_is_read_by_others(size: int) -> None:
    assert read(websocket_frame(0x82, b"x" * size)) == [(Opcode.BINARY, b"x" * size)]


def test_attachments_follow_their_text() -> None:
    packet = Packet("né".encode(), (b"\x00", b"\x01\x02"))
    assert read(packet.frame) == [
        (Opcode.TEXT, "né".encode()),
        (Opcode.BINARY, b"\x00"),
        (Opcode.BINARY, b"\x01\x02"),
    ]


def test_without_a_text_the_attachments_go_alone() -> None:
    assert read(Packet(b"", (b"\x00",)).frame) == [(Opcode.BINARY, b"\x00")]


def test_frames_are_made_once_and_shared() -> None:
    packet = Packet(b"one")
    assert packet.frame is packet.frame
    packets = [packet, Packet(b"two")]
    joined = joined_frames(packets)
    assert read(joined) == [(Opcode.TEXT, b"one"), (Opcode.TEXT, b"two")]
    assert joined_frames(list(packets)) is joined  # for the neighbour who sends the same
    assert joined_frames(packets[:1]) == packet.frame
