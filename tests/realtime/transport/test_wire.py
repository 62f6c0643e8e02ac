"""The wire of the JSON door: what clients read in each kind of message."""

import json
from typing import Any

import pytest

from realtime.log.events import EphemeralEvent, StoredEvent
from realtime.positions import Position
from realtime.transport.packets import Packet
from realtime.transport.wire import JSON, Ack

pytestmark = pytest.mark.either_database

EVENT = StoredEvent("hall:1", "e", 7, "hall:said", '{"text":"né"}'.encode(), 5)
POSITION = Position("e", 7)


def read(packet: Packet) -> Any:
    assert packet.attachments == ()
    return json.loads(packet.text)


def test_an_event_of_the_log_says_where_it_stands() -> None:
    assert read(JSON.durable("/halls", EVENT, POSITION)) == {
        "eventId": "hall:1:e:7",
        "timestamp": 5,
        "type": "hall:said",
        "room": "hall:1",
        "epoch": "e",
        "seq": 7,
        "payload": {"text": "né"},
    }


def test_what_is_not_in_the_log_stands_nowhere() -> None:
    event = EphemeralEvent("hall:1", "hall:typing", b"{}", event_id="x", created_at_ms=5)
    assert read(JSON.ephemeral("/halls", event)) == {
        "eventId": "x",
        "timestamp": 5,
        "type": "hall:typing",
        "room": "hall:1",
        "payload": {},
    }


def test_of_what_is_hidden_the_place_alone_is_told() -> None:
    assert read(JSON.hidden("/halls", "hall:1", POSITION)) == {
        "type": "hidden",
        "room": "hall:1",
        "epoch": "e",
        "seq": 7,
    }


def test_a_word_of_the_engine_names_its_room_if_it_has_one() -> None:
    assert read(JSON.notice("/halls", "bye", {"code": 1012})) == {"type": "bye", "payload": {"code": 1012}}
    assert read(JSON.notice("/halls", "room:reset", None, "hall:1")) == {
        "type": "room:reset",
        "room": "hall:1",
        "payload": None,
    }


def test_an_answer_has_data_or_an_error_and_a_place_where_there_is_one() -> None:
    assert read(JSON.answer("1", Ack(True))) == {"requestId": "1", "success": True, "data": None}
    place = {"room": "hall:1", "epoch": "e", "seq": 7}
    assert read(JSON.answer("1", Ack(True, {"id": 3}, position=place))) == {
        "requestId": "1",
        "success": True,
        "data": {"id": 3},
        "position": place,
    }
    error = {"code": "CONFLICT", "message": "No.", "retryable": False}
    assert read(JSON.answer(None, Ack(False, error=error))) == {"requestId": None, "success": False, "error": error}


def test_live_members_get_the_event_as_it_is_in_every_namespace() -> None:
    packet = JSON.durable("/halls", EVENT, POSITION)
    assert JSON.delivered(packet, "hall:1", POSITION, 0, more=True) is packet
    assert JSON.key("/halls") == JSON.key("/members") == "json"
