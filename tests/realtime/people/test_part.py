"""Who is present, as sessions and rooms see it, in one process."""

import asyncio

import pytest

from realtime.hub import Hub
from realtime.hub.room import Phase
from realtime.people.part import people_here
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

HALL = "hall:1"


async def test_a_join_answers_with_who_is_there(connect: Connect) -> None:
    first = await connect(token="7")
    alone = await first.tell("hall:join", {"hallId": 1})
    guest = await connect()
    seen = await guest.tell("hall:join", {"hallId": 1})
    assert (
        alone["users"]
        == seen["users"]
        == [{"userId": 7, "username": "guest7", "displayName": "Guest 7", "away": False}]
    )
    assert (alone["userCount"], alone["guestCount"]) == (1, 0)
    assert (seen["userCount"], seen["guestCount"], seen["version"]) == (1, 1, alone["version"])


async def test_the_others_hear_of_a_person_who_comes_and_of_one_who_leaves(connect: Connect) -> None:
    first, second = await connect(token="7"), await connect(token="8")
    before = await first.tell("hall:join", {"hallId": 1})
    await second.tell("hall:join", {"hallId": 1})
    joined = await first.event("user:joined")
    assert joined["room"] == HALL
    assert "seq" not in joined
    payload = joined["payload"]
    assert (payload["userId"], payload["username"], payload["userCount"]) == (8, "guest8", 2)
    assert payload["version"] == before["version"] + 1
    await second.tell("room:unsubscribe", {"room": HALL})
    left = (await first.event("user:left"))["payload"]
    assert (left["userId"], left["userCount"], left["disconnected"]) == (8, 1, False)
    assert [frame for frame in second.frames if frame.get("type") == "user:joined"] == []


async def test_a_second_tab_is_not_a_second_person(connect: Connect) -> None:
    watcher = await connect(token="1")
    await watcher.tell("hall:join", {"hallId": 1})
    tabs = [await connect(token="7") for _ in range(2)]
    for tab in tabs:
        await tab.tell("hall:join", {"hallId": 1})
    await tabs[0].tell("room:unsubscribe", {"room": HALL})
    await tabs[1].tell("room:unsubscribe", {"room": HALL})
    await watcher.event("user:left")
    changes = [frame["type"] for frame in watcher.frames if frame.get("type", "").startswith("user:")]
    assert changes == ["user:joined", "user:left"]


async def test_who_is_cut_and_comes_back_was_never_gone(connect: Connect, hub: Hub) -> None:
    watcher, reader = await connect(token="1"), await connect(token="7")
    await watcher.tell("hall:join", {"hallId": 1})
    await reader.tell("hall:join", {"hallId": 1})
    await reader.close(1006)
    again = await connect(token="7")
    await people_here().presence.settle()
    await again.tell("hall:join", {"hallId": 1})
    await watcher.event("user:reconnected")
    assert [frame for frame in watcher.frames if frame.get("type") == "user:left"] == []


async def test_a_deliberate_close_is_a_leaving(connect: Connect) -> None:
    watcher, reader = await connect(token="1"), await connect(token="7")
    await watcher.tell("hall:join", {"hallId": 1})
    await reader.tell("hall:join", {"hallId": 1})
    await reader.close(1000)
    left = (await watcher.event("user:left"))["payload"]
    assert (left["userId"], left["disconnected"]) == (7, True)


async def test_who_only_receives_a_room_is_not_in_it(connect: Connect) -> None:
    receiver = await connect(token="7")
    await receiver.tell("room:subscribe", {"room": HALL})
    listed = await receiver.tell("presence:list", {"room": HALL})
    assert (listed["userCount"], listed["users"]) == (0, [])


async def test_a_list_is_only_for_those_who_receive_the_room(connect: Connect) -> None:
    client = await connect(token="7")
    answer = await client.ask("presence:list", {"room": HALL})
    assert answer["error"]["code"] == "NOT_JOINED"


async def test_joins_and_leaves_at_once_end_in_an_exact_list(connect: Connect) -> None:
    clients = [await connect(token=str(user)) for user in range(1, 11)]
    for _ in range(3):
        await asyncio.gather(*(client.tell("hall:join", {"hallId": 1}) for client in clients))
        await asyncio.gather(*(client.tell("room:unsubscribe", {"room": HALL}) for client in clients[::2]))
    await clients[1].tell("hall:join", {"hallId": 1})
    listed = await clients[1].tell("presence:list", {"room": HALL})
    assert [user["userId"] for user in listed["users"]] == [2, 4, 6, 8, 10]


async def test_who_may_have_missed_a_change_is_told_who_is_there(connect: Connect, hub: Hub) -> None:
    slow, other = await connect(token="1"), await connect(token="7")
    await slow.tell("hall:join", {"hallId": 1})
    [member] = hub.rooms[HALL].members
    member.state.leave_live(member, Phase.HELD)
    await other.tell("hall:join", {"hallId": 1})
    await people_here().presence.settle()
    hub.catch_up.begin(member)
    payload = (await slow.event("presence:changed"))["payload"]
    assert [user["userId"] for user in payload["users"]] == [1, 7]
    assert [frame["type"] for frame in slow.frames if frame.get("type", "").startswith("user:")] == []
