"""Order in a group: slow mode, kicks and bans, parts, and those who are apart."""

import asyncio
from typing import Any

from livrya.accounts.services.blocking import block, mute
from realtime.testing.client import JsonClient
from social.models import Group
from tests.books.lines import somebody
from tests.social import rooms
from tests.social.lines.scenes import a_group, about, refusal, talker
from tests.world import World, heard, make


async def slow_mode_makes_members_wait(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    moderator, member = await talker(world, owner, group), await talker(world, person, group)
    await moderator.tell("room:slowmode", {"roomId": group.pk, "seconds": 30})
    assert (await about(member, "room:changed", id=group.pk))["payload"]["slowSeconds"] == 30
    await member.tell("message:send", {"roomId": group.pk, "text": "One."})
    refused = await member.ask("message:send", {"roomId": group.pk, "text": "Two."})
    assert refused["error"]["code"] == "RATE_LIMITED"
    assert 0 < refused["error"]["retryAfter"] <= 30_000
    for text in ("I", "may"):
        await moderator.tell("message:send", {"roomId": group.pk, "text": text})
    assert await refusal(member, "room:slowmode", roomId=group.pk, seconds=0) == "FORBIDDEN"


async def who_is_kicked_hears_why_and_nothing_after(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    moderator, kicked = await talker(world, owner, group), await talker(world, person, group)
    other = await talker(world, await make(rooms.member_of, group), group)
    assert await refusal(kicked, "room:kick", roomId=group.pk, userId=owner.pk) == "FORBIDDEN"
    await moderator.tell("room:kick", {"roomId": group.pk, "userId": person.pk, "reason": "Spoilers"})
    event = await kicked.wait(
        lambda frame: frame.get("type") == "member:removed" and frame["room"] == f"user:{person.pk}", anywhere=True
    )
    assert (event["payload"]["reason"], event["payload"]["banned"]) == ("Spoilers", False)
    left = await kicked.wait(lambda frame: frame.get("type") == "room:left", anywhere=True)
    assert (left["room"], left["payload"]["reason"]) == (f"group:{group.pk}", "Spoilers")
    assert (await other.event("member:removed"))["payload"]["userId"] == person.pk
    await make(rooms.message, group, text="Behind their back")
    await other.event("message:new")
    assert await refusal(kicked, "message:send", roomId=group.pk, text="But!") == "NOT_MEMBER"
    assert heard(kicked, "message:new") == []
    await kicked.tell("room:join", {"roomId": group.pk})
    # A ban lasts until it is lifted.
    await moderator.tell("room:ban", {"roomId": group.pk, "userId": person.pk, "reason": "Again"})
    await kicked.wait(lambda frame: frame.get("type") == "room:left" and frame["payload"]["reason"] == "Again")
    assert await refusal(kicked, "room:join", roomId=group.pk) == "BANNED"
    await moderator.tell("room:unban", {"roomId": group.pk, "userId": person.pk})
    lifted = await other.wait(lambda frame: frame.get("type") == "member:updated", anywhere=True)
    assert lifted["payload"] == {"roomId": group.pk, "userId": person.pk, "role": None, "banned": False}
    await kicked.tell("room:join", {"roomId": group.pk})


async def parts_are_given_by_the_owner(world: World) -> None:
    group, owner = await a_group()
    first, second = await make(rooms.member_of, group), await make(rooms.member_of, group)
    client, other = await talker(world, owner, group), await talker(world, first, group)
    assert await refusal(other, "room:role", roomId=group.pk, userId=second.pk, role="moderator") == "FORBIDDEN"
    await client.tell("room:role", {"roomId": group.pk, "userId": first.pk, "role": "moderator"})
    payload = (await other.event("member:updated"))["payload"]
    assert payload == {"roomId": group.pk, "userId": first.pk, "role": "moderator", "banned": False}
    await other.tell("room:kick", {"roomId": group.pk, "userId": second.pk})
    await client.tell("room:role", {"roomId": group.pk, "userId": first.pk, "role": "owner"})
    assert await make(rooms.owner_of, group) == first
    # An owner who leaves passes that on.
    await other.tell("room:leave", {"roomId": group.pk})
    assert await make(rooms.owner_of, group) == owner


async def those_who_are_apart_are_not_invited_nor_heard_by_each_other(world: World) -> None:
    group, owner = await a_group()
    person, third = await make(rooms.member_of, group), await make(rooms.member_of, group)
    await make(rooms.message, group, text="From the owner")
    speaker, watcher = await talker(world, owner, group), await talker(world, third, group)
    client = await world.client(person, "social")
    position = (await client.tell("room:join", {"roomId": group.pk}))["position"]
    await make(block, actor=person, user=owner)
    await make(mute, actor=third, user=person)
    other, mine = await make(rooms.group, person), await talker(world, person)
    assert await refusal(mine, "room:invite", roomId=other.pk, userId=owner.pk) == "FORBIDDEN"
    joined = await mine.tell("room:join", {"roomId": group.pk, "since": position})
    assert joined["messages"] == []
    assert owner.pk not in {user["userId"] for user in joined["users"]}
    assert (await client.tell("message:search", {"query": "owner"}))["messages"] == []
    # Who was there before is asked again, within a second.
    for says, hears in ((speaker, client), (client, watcher)):
        while await how_it_arrives(group, says, hears) != "hidden":  # noqa: ASYNC110  # as slowly as one may talk
            await asyncio.sleep(0.2)
    assert await how_it_arrives(group, speaker, mine) == "hidden"
    assert await how_it_arrives(group, speaker, watcher) == "message:new"
    # Numbers stay dense for everybody, so that nothing is ever missed.
    for hears in (client, watcher, speaker):
        seqs = [event["seq"] for event in hears.events(f"group:{group.pk}")]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def a_third_persons_message_names_nobody_to_those_who_are_apart(world: World) -> None:
    group, owner = await a_group()
    person, third = await make(rooms.member_of, group), await make(rooms.member_of, group)
    said = await make(rooms.message, group, text="From the owner")
    await make(block, actor=person, user=owner)
    speaker = await talker(world, third, group)
    # Whoever came before gets it live, who comes behind it from the log and the list.
    hears, sees = await talker(world, person, group), await talker(world, owner, group)
    position = (await hears.tell("room:join", {"roomId": group.pk}))["position"]
    words = {"roomId": group.pk, "text": f"As @{owner.username} and @{person.username} say", "replyToId": said.pk}
    answer = await speaker.tell("message:send", words)
    assert answer["replyTo"]["senderName"] == str(owner)
    both = {owner.pk, person.pk}

    def names(payload: dict[str, Any]) -> tuple[Any, set[int]]:
        return payload["replyTo"] and payload["replyTo"]["senderId"], set(payload["mentions"])

    whole = (await about(sees, "message:new", id=answer["id"]))["payload"]
    assert names(whole) == (owner.pk, both - {person.pk})
    assert names((await about(speaker, "message:new", id=answer["id"]))["payload"]) == (owner.pk, both)
    assert names((await about(hears, "message:new", id=answer["id"]))["payload"]) == (None, {person.pk})
    await speaker.tell("message:edit", {"messageId": answer["id"], "text": words["text"] + "!"})
    edited = (await about(hears, "message:updated", id=answer["id"]))["payload"]
    assert (names(edited), edited["text"]) == ((None, {person.pk}), words["text"] + "!")
    late = await world.client(person, "social")
    joined = await late.tell("room:join", {"roomId": group.pk, "since": position})
    replayed = (await about(late, "message:new", id=answer["id"]))["payload"]
    assert names(replayed) == (None, {person.pk})
    [listed] = [message for message in joined["messages"] if message["id"] == answer["id"]]
    [old] = (await late.tell("room:history", {"roomId": group.pk, "limit": 1}))["messages"]
    [found] = (await late.tell("message:search", {"query": "say", "roomId": group.pk}))["messages"]
    assert [names(message) for message in (listed, old, found)] == [(None, {person.pk})] * 3


async def the_directory_is_silent_between_those_who_are_apart(world: World) -> None:
    owner, person, third = await somebody(), await somebody(), await somebody()
    await make(block, actor=owner, user=person)
    maker, apart, other = [await world.client(user, "social") for user in (owner, person, third)]
    made = (await maker.tell("room:create", {"name": "Not for everybody", "persistent": True}))["room"]
    await about(other, "room:available", id=made["id"])
    await other.tell("room:join", {"roomId": made["id"]})
    await about(maker, "room:updated", id=made["id"], userCount=2)
    await maker.tell("room:update", {"roomId": made["id"], "name": "Still not"})
    await about(other, "room:changed", id=made["id"])
    await maker.tell("room:delete", {"roomId": made["id"]})
    await about(other, "room:removed", id=made["id"])
    # What is sent last comes last, and the places before it are dense.
    later = (await other.tell("room:create", {"name": "For everybody", "persistent": True}))["room"]
    await about(apart, "room:available", id=later["id"])
    frames = [frame for frame in apart.frames if (frame.get("payload") or {}).get("id") == made["id"]]
    assert frames == []
    seqs = [event["seq"] for event in apart.events("group:directory")]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def how_it_arrives(group: Group, speaker: JsonClient, listener: JsonClient) -> str:
    """Has one say something, and returns what stands in its place for another."""
    said = await speaker.tell("message:send", {"roomId": group.pk, "text": "Who can hear me?"})
    seq = (await about(speaker, "message:new", id=said["id"]))["seq"]
    arrived = await listener.wait(
        lambda frame: frame.get("room") == f"group:{group.pk}" and frame.get("seq") == seq, anywhere=True
    )
    kind: str = arrived["type"]
    return kind


LINES = [
    slow_mode_makes_members_wait,
    who_is_kicked_hears_why_and_nothing_after,
    parts_are_given_by_the_owner,
    those_who_are_apart_are_not_invited_nor_heard_by_each_other,
    a_third_persons_message_names_nobody_to_those_who_are_apart,
    the_directory_is_silent_between_those_who_are_apart,
]
