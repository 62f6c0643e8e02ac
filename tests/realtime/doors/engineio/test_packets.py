"""The Engine.IO codec: what goes in comes out, and garbage is one declared error."""

import contextlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.engineio import packets
from realtime.doors.engineio.packets import EnginePacket, PacketType
from realtime.doors.errors import MalformedPacket

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x1e"), max_size=50)
any_packets = st.one_of(
    st.builds(EnginePacket, st.sampled_from(PacketType), texts),
    st.builds(EnginePacket, st.just(PacketType.MESSAGE), st.binary(max_size=50)),
)


def _payload(sent: list[EnginePacket]) -> bytes:
    """What a client writes as the body of one polling request."""
    return packets.SEPARATOR.join(
        f"b{b64encode(packet.data).decode()}" if isinstance(packet.data, bytes) else f"{packet.type}{packet.data}"
        for packet in sent
    ).encode()


@given(any_packets)
def test_a_packet_survives_the_websocket(packet: EnginePacket) -> None:
    assert packets.decode(packets.encode(packet)) == packet


@given(st.lists(any_packets, min_size=1, max_size=40))
def test_a_payload_keeps_every_packet_in_order(sent: list[EnginePacket]) -> None:
    assert list(packets.decode_payload(_payload(sent))) == sent


@given(st.one_of(st.text(max_size=40), st.binary(max_size=40)))
def test_garbage_over_websocket_is_a_packet_or_malformed(message: str | bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        packets.decode(message)


@given(st.one_of(st.binary(max_size=60), st.text("b0123456789\x1e=A/+ ", max_size=60).map(str.encode)))
def test_garbage_over_polling_is_a_payload_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedPacket):
        list(packets.decode_payload(body))


@pytest.mark.parametrize("message", ["", "abc", "7", "-1", "٣", "²"])
def test_what_starts_with_no_known_digit_is_malformed(message: str) -> None:
    with pytest.raises(MalformedPacket):
        packets.decode(message)


@pytest.mark.parametrize("body", [b"", b"4a\x1e", b"\x1e4a", b"bA", b"b?", b"\xff", "bä".encode()])
def test_a_payload_with_one_bad_packet_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPacket):
        list(packets.decode_payload(body))


def test_binary_travels_as_base64_between_texts() -> None:
    body = _payload([EnginePacket(PacketType.MESSAGE, "hello"), EnginePacket(PacketType.MESSAGE, b"\x01\x02\x03\x04")])
    assert body == b"4hello\x1ebAQIDBA=="
