"""Packets as they are written to an Engine.IO session."""

import pytest

from realtime.doors.socketio.packets import PacketType, SocketPacket
from realtime.doors.socketio.written import WrittenEvent, written

pytestmark = pytest.mark.either_database


def test_an_event_of_the_log_ends_with_its_id_or_else_with_an_offset() -> None:
    event = WrittenEvent(b'42/halls,["hall:said",{}', b"hall:1:e:7")
    assert event.text == b'42/halls,["hall:said",{},"hall:1:e:7"]'
    assert event.with_offset(b"2 p 1").text == b'42/halls,["hall:said",{},"2 p 1"]'
    assert event.text == b'42/halls,["hall:said",{},"hall:1:e:7"]'  # others get it as it was


def test_a_packet_stands_behind_the_sign_of_a_message() -> None:
    packet = written(SocketPacket(PacketType.EVENT, "/halls", ["hall:said", {"text": "one"}]))
    assert (packet.text, packet.attachments) == (b'42/halls,["hall:said",{"text":"one"}]', ())


def test_what_is_binary_follows_as_attachments() -> None:
    packet = written(SocketPacket(PacketType.EVENT, "/", ["drawn", b"\x01\x02"]))
    assert packet.attachments == (b"\x01\x02",)
    assert packet.text.startswith(b"451-[")
