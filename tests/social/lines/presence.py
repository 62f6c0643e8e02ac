"""What people do without words: reading, typing, being in a call."""

import asyncio

from livrya.accounts.services.people import set_privacy
from social.models import Membership
from tests.books import library
from tests.social import rooms
from tests.social.lines.scenes import a_group, refusal, talker
from tests.world import World, heard, make


async def how_far_one_has_read_is_known_on_all_devices_and_to_small_groups(world: World) -> None:
    group, owner = await a_group()
    person, discreet = await make(rooms.member_of, group), await make(library.somebody, hide_reading=True)
    await make(rooms.member_of, group, discreet)
    for _ in range(3):
        await make(rooms.message, group)
    phone, desktop = await talker(world, person, group), await talker(world, person, group)
    watcher, hidden = await talker(world, owner, group), await talker(world, discreet, group)
    await hidden.tell("message:read", {"roomId": group.pk, "number": 3})
    answer = await phone.tell("message:read", {"roomId": group.pk, "number": 2})
    assert answer == {"roomId": group.pk, "number": 2, "unreadCount": 1}
    payload = (await desktop.event("read:changed"))["payload"]
    assert payload == {"roomId": group.pk, "number": 2, "unreadCount": 1}
    receipt = (await watcher.event("message:receipt"))["payload"]
    assert receipt == {"roomId": group.pk, "userId": person.pk, "number": 2}
    await phone.tell("message:send", {"roomId": group.pk, "text": "All read, then."})
    assert (await make(Membership.objects.get, group=group, user=person)).read_number == 4
    assert heard(phone, "read:changed") == []
    await desktop.tell("message:read", {"roomId": group.pk, "number": 1})
    assert (await phone.event("read:changed"))["payload"]["unreadCount"] == 3
    assert {payload["userId"] for payload in heard(watcher, "message:receipt")} == {person.pk}


async def typing_is_told_to_the_others_and_ends_with_the_message(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    writer, watcher = await talker(world, person, group), await talker(world, owner, group)
    await writer.tell("typing_start", {"groupId": group.pk})
    payload = (await watcher.event("typing:changed"))["payload"]
    assert (payload["roomId"], [user["userId"] for user in payload["users"]]) == (group.pk, [person.pk])
    late = await world.client(owner, "social")
    joined = await late.tell("room:join", {"roomId": group.pk})
    assert [user["userId"] for user in joined["typing"]["message"]["users"]] == [person.pk]
    await writer.tell("message:send", {"roomId": group.pk, "text": "There."})
    assert (await watcher.event("typing:changed"))["payload"]["users"] == []
    for end in (
        lambda: writer.tell("typing:stop", {"roomId": group.pk}),
        lambda: writer.tell("room:unsubscribe", {"room": f"group:{group.pk}"}),
    ):
        await writer.tell("room:join", {"roomId": group.pk})
        await writer.tell("typing:start", {"roomId": group.pk})
        assert (await watcher.event("typing:changed"))["payload"]["users"] != []
        await end()
        assert (await watcher.event("typing:changed"))["payload"]["users"] == []
    assert await refusal(writer, "typing:start", roomId=group.pk) == "NOT_JOINED"


async def a_connection_that_is_lost_types_no_more(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    writer, watcher = await talker(world, person, group), await talker(world, owner, group)
    await writer.tell("typing:start", {"roomId": group.pk})
    await watcher.event("typing:changed")
    await writer.close()
    await watcher.wait(
        lambda frame: frame.get("type") == "typing:changed" and frame["payload"]["users"] == [], anywhere=True
    )
    gone = await watcher.wait(lambda frame: frame.get("type") == "user:left", anywhere=True)
    assert gone["payload"]["disconnected"] is True


async def a_call_shows_who_takes_part_until_they_are_gone(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    watcher, caller = await talker(world, owner, group), await talker(world, person, group)
    state = await caller.tell("call:start", {"roomId": group.pk})
    assert ([user["userId"] for user in state["participants"]], state["participantCount"]) == ([person.pk], 1)
    payload = (await watcher.event("call:changed"))["payload"]
    assert [user["userId"] for user in payload["participants"]] == [person.pk]
    assert len((await watcher.tell("call:join", {"roomId": group.pk}))["participants"]) == 2
    late = await world.client(person, "social")
    assert (await late.tell("room:join", {"roomId": group.pk}))["call"]["participantCount"] == 2
    assert (await watcher.tell("call:leave", {"roomId": group.pk}))["participantCount"] == 1
    await caller.close()
    gone = await watcher.wait(
        lambda frame: frame.get("type") == "call:changed" and frame["payload"]["participants"] == [], anywhere=True
    )
    assert gone["room"] == f"group:{group.pk}"
    away = await world.client(person, "social")
    assert await refusal(away, "call:start", roomId=group.pk) == "NOT_JOINED"
    # Who takes part is for the group's members: leaving what one is not in tells nobody.
    stranger, private = await world.client(await make(library.somebody), "social"), await a_group(is_private=True)
    owner = await talker(world, private[1], private[0])
    await owner.tell("call:start", {"roomId": private[0].pk})
    assert await refusal(stranger, "call:leave", roomId=private[0].pk) == "ROOM_NOT_FOUND"


async def who_hides_leaves_no_trace_in_a_group_and_is_a_member_all_the_same(world: World) -> None:
    """All members are known, so one guest more would say who it is."""
    group, owner = await a_group(kind="ephemeral")
    shy = await make(rooms.member_of, group, await make(library.somebody, hide_online=True))
    watcher = await talker(world, owner, group)
    before = await watcher.tell("room:info", {"roomId": group.pk})
    hidden = await world.client(shy, "social")
    joined = await hidden.tell("room:join", {"roomId": group.pk})
    assert (joined["userCount"], joined["guestCount"]) == (1, 0)
    assert [user["userId"] for user in joined["users"]] == [owner.pk]
    # Entitled to what takes presence, and still not seen.
    assert (await hidden.tell("call:start", {"roomId": group.pk}))["participantCount"] == 0
    await hidden.tell("presence:away")
    await hidden.tell("presence:here")
    for client in (watcher, hidden):
        listed = await client.tell("presence:list", {"room": f"group:{group.pk}"})
        assert (listed["userCount"], listed["guestCount"], len(listed["users"])) == (1, 0, 1)
    assert await watcher.tell("room:info", {"roomId": group.pk}) == before
    second = await talker(world, owner, group)
    await second.tell("room:unsubscribe", {"room": f"group:{group.pk}"})
    await hidden.tell("room:unsubscribe", {"room": f"group:{group.pk}"})
    assert await refusal(hidden, "call:start", roomId=group.pk) == "NOT_JOINED"
    await hidden.tell("room:join", {"roomId": group.pk})
    await hidden.close()
    third = await make(rooms.member_of, group)
    await talker(world, third, group)
    came = await watcher.wait(lambda frame: frame.get("type") == "user:joined", anywhere=True)
    assert (came["payload"]["userId"], came["payload"]["userCount"], came["payload"]["guestCount"]) == (third.pk, 2, 0)
    found = ("user:joined", "user:left", "user:away", "user:reconnected", "presence:changed", "call:changed")
    about_people = [frame for frame in watcher.frames if frame.get("type") in (*found, "room:members")]
    assert not [frame for frame in about_people if frame["payload"].get("userId") == shy.pk]
    assert not [frame for frame in about_people if frame["payload"].get("guestCount")]
    assert not [frame for frame in about_people if frame["type"] == "call:changed"]


async def who_begins_to_hide_in_a_group_goes_and_who_ends_it_comes(world: World) -> None:
    group, owner = await a_group()
    shy = await make(rooms.member_of, group)
    watcher, hiding = await talker(world, owner, group), await talker(world, shy, group)
    await hiding.tell("call:start", {"roomId": group.pk})
    assert (await watcher.event("call:changed"))["payload"]["participantCount"] == 1
    await make(set_privacy, actor=shy, user=shy, hide_online=True)
    left = await watcher.wait(lambda frame: frame.get("type") == "user:left", anywhere=True)
    assert (left["payload"]["userId"], left["payload"]["guestCount"]) == (shy.pk, 0)
    await watcher.wait(
        lambda frame: frame.get("type") == "call:changed" and frame["payload"]["participantCount"] == 0, anywhere=True
    )
    listed = await watcher.tell("presence:list", {"room": f"group:{group.pk}"})
    assert (listed["userCount"], listed["guestCount"]) == (1, 0)
    async with asyncio.timeout(20):
        while (await watcher.tell("room:info", {"roomId": group.pk}))["socketCount"] != 1:  # noqa: ASYNC110  # there is no event
            await asyncio.sleep(0.05)
    watcher.frames.clear()
    await make(set_privacy, actor=shy, user=shy, hide_online=False)
    came = await watcher.wait(lambda frame: frame.get("type") == "user:joined", anywhere=True)
    assert (came["payload"]["userId"], came["payload"]["userCount"]) == (shy.pk, 2)


LINES = [
    how_far_one_has_read_is_known_on_all_devices_and_to_small_groups,
    typing_is_told_to_the_others_and_ends_with_the_message,
    a_connection_that_is_lost_types_no_more,
    a_call_shows_who_takes_part_until_they_are_gone,
    who_hides_leaves_no_trace_in_a_group_and_is_a_member_all_the_same,
    who_begins_to_hide_in_a_group_goes_and_who_ends_it_comes,
]
