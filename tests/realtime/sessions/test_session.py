"""Sessions on the JSON door, in one process: commands and their answers, rooms and their events."""

from typing import Any

import pytest

import realtime
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def say(text: str, hall_id: int = 1) -> None:
    await realtime.aemit(HallRoom(hall_id), Said(text=text))


async def test_a_session_says_who_it_is_when_it_is_ready(connect: Connect) -> None:
    client = await connect(token="7")
    ready = await client.ready()
    assert (ready["userId"], ready["username"]) == (7, "guest7")


async def test_a_member_hears_what_is_said_after_its_position(connect: Connect) -> None:
    await say("before")
    client = await connect()
    joined = await client.tell("hall:join", {"hallId": 1})
    await say("after")
    event = await client.event("hall:said")
    assert event["payload"] == {"text": "after"}
    assert event["seq"] == joined["position"]["seq"] + 1
    assert client.texts() == ["after"]


async def test_the_answer_to_a_durable_command_says_where_its_event_stands(connect: Connect) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    answer = await client.ask("hall:say", {"hallId": 1, "text": "hello"})
    event = await client.event("hall:said")
    assert answer["data"] == {"said": "hello"}
    assert answer["position"] == {key: event[key] for key in ("room", "epoch", "seq")}


async def test_a_repeated_request_takes_effect_once(connect: Connect) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    first = await client.ask("hall:say", {"hallId": 1, "text": "once"}, request_id="same")
    other = await connect(token="7")
    second = await other.ask("hall:say", {"hallId": 1, "text": "once"}, request_id="same")
    await say("end")
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "end")
    assert first == second
    assert client.texts() == ["once", "end"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "VALIDATION"),
        ("[]", "VALIDATION"),
        ('{"type":"hall:say"}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":"one","text":"x"}}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":1,"text":"x","more":1}}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":1,"text":"x"},"more":1}', "VALIDATION"),
        ('{"type":"nonsense"}', "UNKNOWN_COMMAND"),
        ('{"type":"hall:refuse"}', "CONFLICT"),
        ('{"type":"room:subscribe","payload":{"room":"hall:01"}}', "NOT_FOUND"),
        ('{"type":"room:subscribe","payload":{"room":"vault:1"}}', "NOT_FOUND"),
        ('{"type":"room:subscribe","payload":{"room":"bench:1"}}', "NOT_FOUND"),
        ('{"requestId":"","type":"hall:refuse"}', "VALIDATION"),
        ('{"type":"auth:refresh","payload":{"token":"8"}}', "UNAUTHENTICATED"),
        ('{"type":"session:resume","payload":{"rooms":{"hall:1":{"epoch":"x"}}}}', "VALIDATION"),
        ('{"type":"sync-events","payload":{"since":"4f9d2c"}}', "VALIDATION"),
        ('{"type":"join_hall","payload":{"placeId":1,"hallId":2}}', "VALIDATION"),
        ("[" * 5000, "VALIDATION"),
        (b"\x00\x01", "VALIDATION"),
        ("x" * 70_000, "TOO_LARGE"),
    ],
)
async def test_a_bad_command_gets_a_code_and_the_connection_lives(
    connect: Connect, message: str | bytes, code: str
) -> None:
    client = await connect()
    await client.ready()
    await client.send(message)
    refused = await client.wait(lambda frame: frame.get("success") is False)
    assert refused["error"]["code"] == code
    assert refused["requestId"] is None or refused["requestId"] == ""
    assert (await client.ask("session:ping"))["success"]


async def test_a_defect_is_answered_with_a_reference_that_the_log_has(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    error = (await client.ask("hall:crash"))["error"]
    assert error["code"] == "INTERNAL"
    assert error["details"]["reference"] in caplog.text
    assert "ZeroDivisionError" not in str(error)


async def test_a_refusal_names_the_request_even_when_its_payload_is_wrong(connect: Connect) -> None:
    client = await connect()
    answer = await client.ask("hall:say", {"hallId": None, "text": "x"}, request_id="mine")
    assert answer["error"]["code"] == "VALIDATION"
    assert "hallId" in answer["error"]["message"]


async def test_automatic_rooms_are_entered_on_connect_and_told(connect: Connect) -> None:
    client = await connect("/foyer")
    ready = await client.ready()
    await say("in two", hall_id=2)
    event = await client.event("hall:said")
    assert set(ready["rooms"]) == {"hall:1", "hall:2"}
    assert event["room"] == "hall:2"


async def test_resuming_brings_exactly_what_was_missed(connect: Connect) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await client.close()
    for text in ("a", "b", "c"):
        await say(text)
    again = await connect()
    outcome = await again.tell("session:resume", {"rooms": {"hall:1": position, "hall:2": None}})
    await say("d")
    await again.wait(lambda frame: frame.get("payload", {}).get("text") == "d")
    assert outcome["hall:1"]["recovered"] is True
    assert outcome["hall:1"]["replayed"] == 3
    assert "recovered" not in outcome["hall:2"]
    assert again.texts("hall:1") == ["a", "b", "c", "d"]


async def test_a_client_that_kept_only_names_and_the_last_event_goes_on_there(connect: Connect) -> None:
    client = await connect()
    await client.tell("join_hall", {"placeId": "1", "userId": "somebody else"})
    await say("a")
    last = (await client.event("hall:said"))["eventId"]
    await client.close()
    await say("b")
    again = await connect()
    assert (await again.tell("rejoin-rooms", {"rooms": ["hall:1", "hall:2", "vault:1"]})).keys() == {
        "hall:1",
        "hall:2",
        "vault:1",
    }
    assert (await again.tell("sync-events", {"since": last}))["hall:1"]["recovered"] is True
    await again.wait(lambda frame: frame.get("payload", {}).get("text") == "b")
    assert again.texts("hall:1") == ["b"]


async def test_a_heartbeat_of_the_clients_own_hears_pong(connect: Connect) -> None:
    client = await connect()
    await client.send({"type": "ping"})
    assert (await client.event("pong"))["payload"]["time"] > 0


@pytest.mark.parametrize(
    ("since", "reason"), [({"epoch": "0000", "seq": 1}, "epoch"), ({"epoch": "mine", "seq": 1000}, "ahead")]
)
async def test_a_position_that_history_does_not_have_is_said_to_be_lost(
    connect: Connect, since: dict[str, Any], reason: str
) -> None:
    await say("one")
    client = await connect()
    epoch = (await client.tell("hall:join", {"hallId": 1}))["position"]["epoch"]
    since = {**since, "epoch": since["epoch"].replace("mine", epoch)}
    again = await connect()
    outcome = (await again.tell("session:resume", {"rooms": {"hall:1": since}}))["hall:1"]
    assert outcome == {"recovered": False, "reason": reason, "position": {"epoch": epoch, "seq": 1}}


async def test_a_room_without_any_event_is_resumed_from_its_very_beginning(connect: Connect) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 5}))["position"]
    await client.close()
    await say("first", hall_id=5)
    again = await connect()
    outcome = await again.tell("session:resume", {"rooms": {"hall:5": position}})
    await again.event("hall:said")
    assert outcome["hall:5"]["recovered"] is True


async def test_of_ephemeral_events_with_one_key_only_the_newest_of_a_turn_is_told(connect: Connect) -> None:
    client = await connect()
    await client.tell("hall:join", {"hallId": 1})
    await client.tell("hall:level", {"hallId": 1, "levels": [1, 2, 3]})
    assert (await client.event("hall:level"))["payload"] == {"level": 3}
    await client.tell("hall:wave", {"hallId": 1})
    await client.event("hall:waved")
    assert sum(frame.get("type") == "hall:level" for frame in client.frames) == 1


async def test_an_event_may_leave_one_connection_out(connect: Connect) -> None:
    waving, watching = await connect(token="1"), await connect(token="2")
    for client in (waving, watching):
        await client.tell("hall:join", {"hallId": 1})
    await waving.tell("hall:wave", {"hallId": 1, "toOthersOnly": True})
    assert (await watching.event("hall:waved"))["payload"] == {"who": "guest1"}
    await waving.tell("session:ping")
    assert not [frame for frame in waving.frames if frame.get("type") == "hall:waved"]


async def test_a_room_that_was_left_is_not_heard_any_more(connect: Connect) -> None:
    staying, leaving = await connect(), await connect()
    for client in (staying, leaving):
        await client.tell("hall:join", {"hallId": 1})
    await leaving.tell("room:unsubscribe", {"room": "hall:1"})
    await say("gone?")
    await staying.event("hall:said")
    await leaving.tell("session:ping")
    assert leaving.events() == []


async def test_coming_back_to_automatic_rooms_misses_and_repeats_nothing(connect: Connect) -> None:
    client = await connect("/foyer")
    position = (await client.ready())["rooms"]["hall:1"]["position"]
    await client.close()
    await say("away")
    again = await connect("/foyer", query="resume")
    await say("coming")
    await again.send({"requestId": "r", "type": "session:resume", "payload": {"rooms": {"hall:1": position}}})
    rooms = (await again.ready())["rooms"]
    await say("back")
    await again.wait(lambda frame: frame.get("payload", {}).get("text") == "back")
    assert again.texts("hall:1") == ["away", "coming", "back"]
    assert (rooms["hall:1"]["recovered"], rooms["hall:1"]["replayed"]) == (True, 2)
    assert "hall:2" in rooms


async def test_who_wanted_to_resume_but_says_something_else_gets_a_session_too(connect: Connect) -> None:
    client = await connect("/foyer", query="resume")
    assert (await client.ask("session:ping"))["success"]


async def test_a_durable_event_is_hidden_from_the_connection_that_it_skips(connect: Connect) -> None:
    skipped, other = await connect(), await connect()
    connection_id = (await skipped.ready())["connectionId"]
    for client in (skipped, other):
        position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await realtime.aemit(HallRoom(1), Said(text="not for all"), skip=connection_id)
    await say("for all")
    for client in (skipped, other):
        await client.wait(lambda frame: frame.get("payload", {}).get("text") == "for all")
    assert [event["type"] for event in skipped.events()] == ["hidden", "hall:said"]
    assert other.texts() == ["not for all", "for all"]
    await skipped.tell("session:resume", {"rooms": {"hall:1": position}})
    await skipped.wait(lambda frame: frame.get("payload", {}).get("text") == "for all")
    assert [event["type"] for event in skipped.events()] == ["hidden", "hall:said"] * 2
