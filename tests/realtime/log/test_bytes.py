"""Events that carry bytes: stored as they are, sent as base64, whole for whoever may have the room."""

import base64
import json

import pytest
from django.db import connection

import realtime
from realtime.contracts import Payload, event
from realtime.errors import TooLarge
from realtime.log.events import LARGE_BYTES
from realtime.log.hint_queue import HintQueue
from realtime.log.hints import WAKE_UP, decode
from realtime.log.reading import read_many, read_page
from realtime.log.writing import MAX_BINARY_BYTES
from realtime.testing.capture import capture_events
from tests.realtime.examples import BoardRoom, Drawn

pytestmark = pytest.mark.django_db(transaction=True)

STROKES = bytes(range(256))


def draw(strokes: bytes = STROKES, actor: int | None = 3) -> None:
    realtime.emit(BoardRoom(1), Drawn(color="red", strokes=strokes), actor=actor, ref="board:1")


def test_bytes_are_stored_as_they_are_and_travel_as_base64() -> None:
    with capture_events() as captured:
        draw()
    [stored] = captured.events
    assert json.loads(stored.payload) == {"color": "red", "strokes": base64.b64encode(STROKES).decode()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload, data FROM realtime_event")
        [(payload, data)] = cursor.fetchall()
    assert (json.loads(payload), bytes(data)) == ({"color": "red", "strokes": ""}, STROKES)
    assert read_page("board:1", 0, 1, 10) == captured.events
    assert read_many({"board:1": (0, 1)}) == {"board:1": captured.events}


def test_bytes_are_not_emptied_with_what_they_are_about_nor_with_their_author() -> None:
    """A piece of a document cannot be taken out of it: what came later is built on it."""
    draw()
    with realtime.atomic():
        realtime.blank(ref="board:1")
        realtime.blank(actor=3)
    assert [event.type for event in read_page("board:1", 0, 1, 10)] == ["board:drawn"]


def test_more_bytes_than_four_mebibytes_are_refused() -> None:
    with pytest.raises(TooLarge):
        draw(bytes(MAX_BINARY_BYTES + 1))
    draw(bytes(MAX_BINARY_BYTES))


def test_pages_are_bounded_by_their_bytes_and_hold_one_event_at_least() -> None:
    for size in (1, 300_000, 300_000, 900_000, 1):
        draw(bytes(size))
    assert [event.seq for event in read_page("board:1", 0, 5, 10)] == [1, 2]
    assert [event.seq for event in read_page("board:1", 2, 5, 10)] == [3]
    assert [event.seq for event in read_page("board:1", 3, 5, 10)] == [4]
    found = read_many({"board:1": (0, 5)})["board:1"]
    assert found is not None
    assert [event.seq for event in found] == [1, 2]


def test_a_large_event_is_no_hint_but_a_reason_to_read() -> None:
    with capture_events() as captured:
        draw()
        draw(bytes(LARGE_BYTES))
    small, large = captured.events
    queue = HintQueue()
    queue.put([small])
    due = queue.take()
    assert due is not None
    hint = decode(due[1])
    assert hint is not None
    assert hint.events == [small]
    queue.put([large])
    assert queue.take() == ("board:1", WAKE_UP)


def test_bytes_are_the_last_field_of_a_durable_event() -> None:
    with pytest.raises(TypeError):

        @event("board:upside-down", rooms=[BoardRoom], binary="strokes")
        class _First(Payload):
            """Its bytes come first."""

            strokes: bytes
            color: str

    with pytest.raises(TypeError):

        @event("board:passing", rooms=[BoardRoom], durable=False, binary="strokes")
        class _Passing(Payload):
            """It is not kept."""

            strokes: bytes
