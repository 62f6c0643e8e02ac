"""Sessions on the JSON door, in one process: commands and their answers, rooms and their events."""

import pytest

import realtime
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.sessions.saying import say

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_a_defect_is_answered_with_a_reference_that_the_log_has(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    error = (await client.ask("hall:crash"))["error"]
    assert error["code"] == "INTERNAL"
    assert error["details"]["reference"] in caplog.text
    assert "ZeroDivisionError" not in str(error)


async def test_automatic_rooms_are_entered_on_connect_and_told(connect: Connect) -> None:
    client = await connect("/foyer")
    ready = await client.ready()
    await say("in two", hall_id=2)
    event = await client.event("hall:said")
    assert set(ready["rooms"]) == {"hall:1", "hall:2"}
    assert event["room"] == "hall:2"


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
