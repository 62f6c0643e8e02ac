"""What every namespace takes: receiving rooms, going on after a break, a heartbeat of one's own."""

from typing import Any

import pytest

from tests.realtime.halls import Connect, connect, hub
from tests.realtime.sessions.saying import say

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_a_room_that_was_left_is_not_heard_any_more(connect: Connect) -> None:
    staying, leaving = await connect(), await connect()
    for client in (staying, leaving):
        await client.tell("hall:join", {"hallId": 1})
    await leaving.tell("room:unsubscribe", {"room": "hall:1"})
    await say("gone?")
    await staying.event("hall:said")
    await leaving.tell("session:ping")
    assert leaving.events() == []
