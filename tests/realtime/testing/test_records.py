"""What is kept of a history: every frame with its number, and where a client is in its rooms."""

import json

import pytest
from django.db import connection

import realtime
from realtime.log.revocation import revoke
from realtime.positions import Position
from realtime.testing.history import History
from realtime.testing.records import Entry, Log, RecordedConnection
from tests.realtime.examples import BenchRoom, Spoken

ROOM = "hall:1"


def test_the_answers_of_a_socket_are_recorded_with_their_number() -> None:
    link = History().client("bob").connected("socketio")
    [began, answered] = link.take(
        '43/halls,5[{"success":true,"data":{"room":"hall:1","position":{"epoch":"e","seq":3}}}]'
    )
    assert (began.room, began.position) == (ROOM, Position("e", 3))  # type: ignore[union-attr]  # a Began
    assert answered.request == "5"  # type: ignore[union-attr]  # an Answered


def json_link(*frames: str) -> RecordedConnection:
    link = History().client("ada").connected("json")
    for frame in frames:
        link.take(frame)
    return link


READY = json.dumps({"type": "session:ready", "payload": {"rooms": {ROOM: {"position": {"epoch": "e", "seq": 2}}}}})
SAID = json.dumps({"type": "hall:said", "room": ROOM, "epoch": "e", "seq": 3, "payload": {"text": "a"}, "eventId": "x"})
RESET = json.dumps(
    {"type": "room:reset", "room": ROOM, "payload": {"reason": "epoch", "position": {"epoch": "f", "seq": 9}}}
)
LEFT = json.dumps({"type": "room:left", "room": ROOM, "payload": {"reason": ""}})


@pytest.mark.parametrize(
    ("frames", "place"),
    [
        ([READY], Position("e", 2)),
        ([READY, SAID], Position("e", 3)),
        ([READY, SAID, READY], Position("e", 2)),
        ([READY, RESET], Position("f", 9)),
        ([READY, SAID, LEFT], None),
    ],
)
def test_a_client_comes_back_with_the_place_that_it_was_told_last(frames: list[str], place: Position | None) -> None:
    assert json_link(*frames).client.places.get(ROOM) == place


def test_a_stream_that_goes_on_leaves_the_client_at_its_place() -> None:
    going_on = json.loads(READY)
    going_on["payload"]["rooms"][ROOM] |= {"recovered": True}
    assert json_link(READY, SAID, json.dumps(going_on)).client.places == {ROOM: Position("e", 3)}


def test_a_connection_knows_its_own_places_alone() -> None:
    client = History().client("ada")
    first = client.connected("json")
    for frame in (READY, SAID):
        first.take(frame)
    first.lost()
    second = client.connected("json", {**client.places, "hall:2": None})
    assert (second.number, second.asked) == (2, {ROOM: Position("e", 3)})
    assert (first.places(), second.places()) == ({ROOM: Position("e", 3)}, {})
    assert (first.open, second.open) == (False, True)


def test_what_all_clients_do_is_numbered_together() -> None:
    history = History()
    links = [history.client(name).connected("json") for name in ("ada", "bob")]
    for link in (*links, *links):
        link.take(SAID)
    numbers = [step.number for link in links for step in link.steps]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 4))
    assert numbers[0] < numbers[2] < numbers[1] < numbers[3]


def test_the_text_of_an_entry_is_there_where_its_payload_has_one() -> None:
    payloads = ['{"text":"a"}', '{"text":5}', '{"who":7}', '"a"']
    assert [Entry(ROOM, 1, "x", payload, False).text for payload in payloads] == ["a", None, None, None]


@pytest.mark.django_db(transaction=True)
def test_the_log_is_read_as_the_database_has_it() -> None:
    for text in ("a", "b"):
        realtime.emit(BenchRoom(1), Spoken(text=text))
    revoke(user=7)
    with connection.cursor() as cursor:
        log = Log.read(cursor)
    assert {room: end[1:] for room, end in log.ends.items()} == {"bench:1": (2, 1), "user:7": (1, 1)}
    assert [log.entries["bench:1", seq].text for seq in (1, 2)] == ["a", "b"]
    assert log.entries["bench:1", 1].internal is False
    assert log.entries["user:7", 1].internal is True
