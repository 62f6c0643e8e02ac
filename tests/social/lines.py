"""What a client of groups sees: one scenario for each line of the table of commands and events.

Each makes its own groups and people, so that all of them can run against one server, one after another.
"""

import asyncio
from datetime import timedelta
from typing import Any

from django.utils import timezone

from livrya.accounts.models import User
from livrya.accounts.services.blocking import block, mute
from realtime.testing.client import JsonClient
from social.models import Group, Invitation, Membership, Message
from social.services.invitations import invite_person
from social.services.members import ban_user
from tests.books import library
from tests.books.lines import somebody
from tests.social import rooms
from tests.world import World, heard, make


async def talker(world: World, person: User, *groups: Group) -> JsonClient:
    """Returns a connection of somebody who has joined the groups."""
    client = await world.client(person, "social")
    for group in groups:
        await client.tell("room:join", {"roomId": group.pk})
    return client


async def a_group(**description: Any) -> tuple[Group, User]:
    owner = await somebody()
    return await make(rooms.group, owner, **description), owner


async def refusal(client: JsonClient, command: str, **payload: Any) -> str:
    answer = await client.ask(command, payload)
    assert not answer["success"], answer
    code: str = answer["error"]["code"]
    return code


async def about(client: JsonClient, kind: str, **what: Any) -> dict[str, Any]:
    """Waits for an event of that type with these fields; the directory tells of other scenarios' groups too."""
    return await client.wait(
        lambda frame: frame.get("type") == kind and what.items() <= frame["payload"].items(), anywhere=True, within=30
    )


async def what_is_there_is_told_on_connect(world: World) -> None:
    group, _ = await a_group(name="On connect")
    await make(rooms.group, is_private=True, name="Somebody's own")
    member = await make(rooms.member_of, group)
    for _ in range(3):
        await make(rooms.message, group)
    client = await world.client(member, "social")
    told = (await client.event("room:list"))["payload"]["rooms"]
    assert len(told) <= 20
    assert "Somebody's own" not in {room["name"] for room in told}
    mine = next(room for room in told if room["id"] == group.pk)
    expected = {"name": "On connect", "isPublic": True, "memberCount": 2, "unreadCount": 3, "isMember": True}
    assert expected.items() <= mine.items()
    assert mine["lastActivity"] > 1_600_000_000_000
    # What one belongs to is received from the start; that is not being there.
    await make(rooms.message, group, text="Anybody?")
    assert (await client.event("message:new"))["payload"]["text"] == "Anybody?"
    assert (await client.tell("room:info", {"roomId": group.pk}))["onlineCount"] == 0


async def a_new_public_group_is_told_to_everybody_and_a_private_one_to_nobody(world: World) -> None:
    watcher, maker = await world.client(await somebody(), "social"), await world.client(await somebody(), "social")
    await maker.tell("room:create", {"name": "Secret", "isPrivate": True})
    answer = await maker.tell("room:create", {"name": "Open", "password": "tide", "maxUsers": 12, "persistent": True})
    room = answer["room"]
    assert (room["name"], room["hasPassword"], room["maxUsers"], room["userCount"]) == ("Open", True, 12, 1)
    told = (await about(watcher, "room:available", id=room["id"]))["payload"]
    expected = {"id": room["id"], "name": "Open", "hasPassword": True, "userCount": 1, "maxUsers": 12}
    assert expected.items() <= told.items()
    assert "Secret" not in {group["name"] for group in heard(watcher, "room:available")}
    stored = await make(Group.objects.get, pk=room["id"])
    assert "tide" not in stored.password
    # Older names, with the fields that they had.
    assert (await maker.tell("createRoom", {"name": "Old", "isPublic": False}))["room"]["isPrivate"] is True


async def a_group_can_be_changed_by_its_owner(world: World) -> None:
    group, owner = await a_group()
    member, stranger = await make(rooms.member_of, group), await world.client(await somebody(), "social")
    client, other = await talker(world, owner, group), await talker(world, member, group)
    await client.tell("room:update", {"roomId": group.pk, "name": "Whalers", "maxUsers": 5})
    for hears in (other, stranger):
        told = (await about(hears, "room:changed", id=group.pk))["payload"]
        assert (told["name"], told["maxUsers"]) == ("Whalers", 5)
    assert await refusal(other, "room:update", roomId=group.pk, name="Mine") == "FORBIDDEN"
    assert await refusal(client, "room:update", roomId=group.pk, maxUsers=1) == "VALIDATION"
    await client.tell("room:update", {"roomId": group.pk, "isPrivate": True})
    assert (await about(stranger, "room:removed", id=group.pk))["room"] == "group:directory"


async def joining_answers_with_the_group_its_people_and_what_was_said(world: World) -> None:
    group, owner = await a_group()
    for number in range(52):
        await make(rooms.message, group, text=f"Line {number + 1}")
    watcher, newcomer = await talker(world, owner, group), await somebody()
    directory = await world.client(await somebody(), "social")
    client = await world.client(newcomer, "social")
    joined = await client.tell("room:join", {"roomId": group.pk})
    assert (joined["room"]["id"], joined["room"]["userCount"]) == (group.pk, 2)
    assert set(joined["position"]) == {"epoch", "seq"}
    assert [member["role"] for member in joined["members"]] == ["owner", "member"]
    assert [message["number"] for message in joined["messages"]] == list(range(3, 53))
    assert (joined["readNumber"], joined["role"], joined["call"]) == (52, "member", None)
    assert [person["userId"] for person in joined["users"]] == sorted([owner.pk, newcomer.pk])
    told = (await watcher.event("member:joined"))["payload"]
    assert (told["roomId"], told["userId"], told["userCount"]) == (group.pk, newcomer.pk, 2)
    assert "seq" not in await watcher.event("user:joined")
    there = await watcher.wait(
        lambda frame: frame.get("type") == "room:members" and frame["payload"]["onlineCount"] == 2, anywhere=True
    )
    online = {person["userId"] for person in there["payload"]["onlineMembers"]}
    assert online == {owner.pk, newcomer.pk}
    assert (await about(directory, "room:updated", id=group.pk))["payload"]["userCount"] == 2
    # Coming again takes no second seat, and says nothing.
    await client.tell("join_group", {"groupId": group.pk})
    await client.tell("message:send", {"roomId": group.pk, "text": "Here."})
    await watcher.event("message:new")
    assert len(heard(watcher, "member:joined")) == 1
    assert await make(rooms.count, group) == (2, 2)


async def coming_back_with_a_position_brings_what_was_missed(world: World) -> None:
    group, _ = await a_group()
    member = await make(rooms.member_of, group)
    client = await world.client(member, "social")
    position = (await client.tell("room:join", {"roomId": group.pk}))["position"]
    await client.close()
    await make(rooms.message, group, text="Missed")
    again = await world.client(member, "social")
    joined = await again.tell("room:join", {"roomId": group.pk, "since": position})
    assert joined["recovered"] is True
    event = await again.event("message:new")
    assert (event["seq"], event["payload"]["text"]) == (position["seq"] + 1, "Missed")


async def who_may_not_enter_hears_why(world: World) -> None:
    person = await somebody()
    client = await world.client(person, "social")
    locked, _ = await a_group(password="tide")
    private, _ = await a_group(is_private=True)
    full, _ = await a_group(max_users=2)
    await make(rooms.member_of, full)
    closed, moderator = await a_group()
    await make(ban_user, actor=moderator, group_id=closed.pk, user_id=person.pk)
    assert await refusal(client, "room:join", roomId=2**62) == "ROOM_NOT_FOUND"
    assert await refusal(client, "room:join", roomId=locked.pk) == "WRONG_PASSWORD"
    assert await refusal(client, "room:join", roomId=locked.pk, password="ebb") == "WRONG_PASSWORD"
    assert await refusal(client, "room:join", roomId=private.pk) == "NOT_INVITED"
    assert await refusal(client, "room:join", roomId=full.pk) == "ROOM_FULL"
    assert await refusal(client, "room:join", roomId=closed.pk) == "BANNED"
    assert await refusal(client, "room:subscribe", room=f"group:{private.pk}") == "NOT_FOUND"
    await client.tell("joinRoom", {"roomId": locked.pk, "password": "tide"})
    anonymous = await world.client(None, "social")
    assert await refusal(anonymous, "room:join", roomId=full.pk) == "UNAUTHENTICATED"


async def an_invitation_opens_a_private_group_once_and_can_be_declined(world: World) -> None:
    group, owner = await a_group(is_private=True, name="The Orchard")
    guest = await somebody()
    inviter, invited = await talker(world, owner, group), await world.client(guest, "social")
    bell = await world.client(guest, "")
    await inviter.tell("inviteToRoom", {"roomId": group.pk, "userId": guest.pk})
    told = (await invited.event("room:invited"))["payload"]
    assert (told["roomId"], told["roomName"], told["invitedBy"]["id"]) == (group.pk, "The Orchard", owner.pk)
    assert (await bell.event("notification"))["payload"]["type"] == "GROUP_INVITATION"
    await invited.tell("invite:decline", {"roomId": group.pk})
    assert (await invited.event("room:uninvited"))["payload"] == {"roomId": group.pk}
    assert await refusal(invited, "room:join", roomId=group.pk) == "NOT_INVITED"
    await inviter.tell("room:invite", {"roomId": group.pk, "userId": guest.pk})
    await inviter.tell("room:uninvite", {"roomId": group.pk, "userId": guest.pk})
    assert await refusal(invited, "room:join", roomId=group.pk) == "NOT_INVITED"
    await inviter.tell("room:invite", {"roomId": group.pk, "userId": guest.pk})
    await invited.tell("room:join", {"roomId": group.pk})
    await invited.tell("room:leave", {"roomId": group.pk})
    assert await refusal(invited, "room:join", roomId=group.pk) == "NOT_INVITED"
    await inviter.tell("room:update", {"roomId": group.pk, "restrictInvitations": True})
    member = await make(invite_and_join, owner, group)
    asking = await talker(world, member, group)
    assert await refusal(asking, "room:invite", roomId=group.pk, userId=guest.pk) == "FORBIDDEN"


def invite_and_join(owner: User, group: Group) -> User:
    person = library.somebody()
    invite_person(actor=owner, group_id=group.pk, user_id=person.pk)
    return rooms.member_of(group, person)


async def a_link_opens_a_group_until_it_expires(world: World) -> None:
    group, owner = await a_group(is_private=True)
    inviter = await talker(world, owner, group)
    link = await inviter.tell("room:link", {"roomId": group.pk})
    client = await world.client(await somebody(), "social")
    assert await refusal(client, "room:join", roomId=group.pk, invite="guessed") == "NOT_INVITED"
    await client.tell("room:join", {"roomId": group.pk, "invite": link["token"]})
    past = timezone.now() - timedelta(seconds=1)
    await make(Invitation.objects.filter(pk=link["id"]).update, expires_at=past)
    late = await world.client(await somebody(), "social")
    assert await refusal(late, "room:join", roomId=group.pk, invite=link["token"]) == "NOT_INVITED"
    assert await refusal(inviter, "room:link", roomId=group.pk, expiresAt=1) == "VALIDATION"


async def leaving_ends_the_membership_and_being_away_does_not(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    watcher = await talker(world, owner, group)
    phone, desktop = await talker(world, person, group), await talker(world, person, group)
    assert (await watcher.tell("get_room_info", {"groupId": group.pk})) == {
        "onlineCount": 2,
        "onlineUsers": sorted([owner.pk, person.pk]),
        "socketCount": 3,
        "memberCount": 2,
    }
    await phone.tell("room:unsubscribe", {"room": f"group:{group.pk}"})
    await desktop.tell("room:unsubscribe", {"room": f"group:{group.pk}"})
    assert (await watcher.event("user:left"))["payload"]["userId"] == person.pk
    assert await make(rooms.count, group) == (2, 2)
    await desktop.tell("room:join", {"roomId": group.pk})
    await desktop.tell("leaveRoom", {"roomId": group.pk})
    told = (await watcher.event("member:left"))["payload"]
    assert (told["userId"], told["userCount"], told["disconnected"]) == (person.pk, 1, False)
    assert await make(rooms.count, group) == (1, 1)
    # On every device, also those that only received.
    await phone.wait(lambda frame: frame.get("type") == "room:left", anywhere=True)
    assert await refusal(desktop, "message:send", roomId=group.pk, text="Still here?") == "NOT_MEMBER"


async def what_is_said_is_heard_by_all_the_sender_too(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    sender, other = await talker(world, person, group), await talker(world, owner, group)
    said = await sender.tell("message:send", {"roomId": group.pk, "text": "Thar she blows!", "type": "TEXT"})
    assert (said["number"], said["type"], said["sender"]["id"]) == (1, "text", person.pk)
    for hears in (sender, other):
        assert (await hears.event("message:new"))["payload"] == said
    answer = {"groupId": group.pk, "content": "Where?", "replyToId": said["id"]}
    reply = await other.tell("send_message", answer)
    assert reply["replyTo"] == {
        "id": said["id"],
        "number": 1,
        "senderId": person.pk,
        "senderName": person.username,
    }
    assert (await other.tell("chatMessage", {"roomId": group.pk, "message": "There!"}))["number"] == 3
    away = await world.client(person, "social")
    assert await refusal(away, "message:send", roomId=group.pk, text="From afar") == "NOT_JOINED"
    stranger = await world.client(await somebody(), "social")
    assert await refusal(stranger, "message:send", roomId=group.pk, text="x") == "NOT_MEMBER"
    assert await refusal(stranger, "message:send", roomId=2**62, text="x") == "ROOM_NOT_FOUND"
    assert await refusal(sender, "message:send", roomId=group.pk, text=" ") == "VALIDATION"
    assert await refusal(sender, "message:send", roomId=group.pk, text="x" * 4_001) == "VALIDATION"


async def a_message_sent_again_is_said_once(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    message = {"roomId": group.pk, "text": "Once."}
    first = await client.ask("message:send", message, request_id="the-same")
    client.frames.remove(first)
    second = await client.ask("message:send", message, request_id="the-same")
    assert second["data"] == first["data"]
    assert await make(group.messages.count) == 1


async def a_message_can_be_edited_reacted_to_and_deleted(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    writer, moderator = await talker(world, person, group), await talker(world, owner, group)
    said = await writer.tell("message:send", {"roomId": group.pk, "text": "Ahoi"})
    edited = await writer.tell("message:edit", {"messageId": said["id"], "text": "Ahoy"})
    assert (edited["text"], edited["editedAt"] is None) == ("Ahoy", False)
    assert (await moderator.event("message:updated"))["payload"]["text"] == "Ahoy"
    assert await refusal(moderator, "message:edit", messageId=said["id"], text="Mine") == "FORBIDDEN"
    for on, counts in ((True, {"love": 1}), (False, {})):
        answer = await moderator.tell("message:react", {"messageId": said["id"], "kind": "love", "on": on})
        assert answer == {"messageId": said["id"], "reactions": counts}
        told = (await writer.event("reaction:changed"))["payload"]
        assert (told["messageId"], told["roomId"], told["reactions"]) == (said["id"], group.pk, counts)
    theirs = await moderator.tell("message:send", {"roomId": group.pk, "text": "Quiet, please."})
    assert await refusal(writer, "message:delete", messageId=theirs["id"]) == "FORBIDDEN"
    await moderator.tell("message:delete", {"messageId": said["id"]})
    told = (await writer.event("message:deleted"))["payload"]
    assert (told["id"], told["number"], told["moderated"]) == (said["id"], 1, True)
    # Whoever comes later finds its place, and nothing of its words.
    late = await world.client(person, "social")
    joined = await late.tell("room:join", {"roomId": group.pk, "since": {"epoch": "", "seq": 0}})
    assert [(message["text"], message["deleted"]) for message in joined["messages"]] == [
        ("", True),
        ("Quiet, please.", False),
    ]
    assert not any("Ahoy" in str(frame) for frame in late.frames)


async def who_is_named_or_answered_is_told_in_the_bell(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    speaker, bell = await talker(world, owner, group), await world.client(person, "")
    said = await speaker.tell("message:send", {"roomId": group.pk, "text": f"Here, @{person.username}, @nobody."})
    assert said["mentions"] == [person.pk]
    told = (await bell.event("notification"))["payload"]
    assert (told["type"], told["groupId"], told["messageId"]) == ("GROUP_MENTION", group.pk, said["id"])
    assert told["url"] == f"/rooms/{group.slug}/#message-1"
    theirs = await make(rooms.message, group, person)
    await speaker.tell("message:send", {"roomId": group.pk, "text": "Indeed.", "replyToId": theirs.pk})
    assert (await bell.event("notification"))["payload"]["type"] == "GROUP_REPLY"


async def links_to_public_chapters_unfold(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    book, chapter = await make(book_and_chapter)
    private, _ = await make(book_and_chapter, visibility="private")
    text = f"Read https://livrya.example/books/{book.slug}/1/ and /books/{private.slug}/1/, or /books/none/7/."
    said = await client.tell("message:send", {"roomId": group.pk, "text": text})
    assert [(link["chapterId"], link["bookTitle"], link["url"]) for link in said["links"]] == [
        (chapter.pk, book.title, f"/books/{book.slug}/1/")
    ]


def book_and_chapter(**description: Any) -> tuple[Any, Any]:
    book = library.book(**description)
    return book, library.chapter(book)


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
    told = (await desktop.event("read:changed"))["payload"]
    assert told == {"roomId": group.pk, "number": 2, "unreadCount": 1}
    receipt = (await watcher.event("message:receipt"))["payload"]
    assert receipt == {"roomId": group.pk, "userId": person.pk, "number": 2}
    await phone.tell("message:send", {"roomId": group.pk, "text": "All read, then."})
    assert (await make(Membership.objects.get, group=group, user=person)).read_number == 4
    assert heard(phone, "read:changed") == []
    await desktop.tell("message:read", {"roomId": group.pk, "number": 1})
    assert (await phone.event("read:changed"))["payload"]["unreadCount"] == 3
    assert {told["userId"] for told in heard(watcher, "message:receipt")} == {person.pk}


async def typing_is_told_to_the_others_and_ends_with_the_message(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    writer, watcher = await talker(world, person, group), await talker(world, owner, group)
    await writer.tell("typing_start", {"groupId": group.pk})
    told = (await watcher.event("typing:changed"))["payload"]
    assert (told["roomId"], [user["userId"] for user in told["users"]]) == (group.pk, [person.pk])
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


async def history_comes_by_number_and_words_are_found(world: World) -> None:
    group, owner = await a_group()
    for number in range(1, 8):
        await make(rooms.message, group, text=f"Whale {number}" if number % 2 else f"Ship {number}")
    client = await world.client(owner, "social")
    page = await client.tell("room:history", {"roomId": group.pk, "limit": 3})
    assert ([message["number"] for message in page["messages"]], page["before"]) == ([5, 6, 7], 5)
    page = await client.tell("room:history", {"roomId": group.pk, "before": 3, "limit": 3})
    assert ([message["number"] for message in page["messages"]], page["before"]) == ([1, 2], None)
    found = await client.tell("message:search", {"query": "whale", "limit": 3})
    assert [message["number"] for message in found["messages"]] == [7, 5, 3]
    found = await client.tell("message:search", {"query": "whale", "limit": 3, "cursor": found["cursor"]})
    assert ([message["number"] for message in found["messages"]], found["cursor"]) == ([1], None)
    stranger = await world.client(await somebody(), "social")
    assert (await stranger.tell("message:search", {"query": "whale"}))["messages"] == []
    assert await refusal(stranger, "message:search", query="whale", roomId=group.pk) == "NOT_MEMBER"
    assert await refusal(stranger, "room:history", roomId=group.pk) == "NOT_MEMBER"


async def a_call_shows_who_takes_part_until_they_are_gone(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    watcher, caller = await talker(world, owner, group), await talker(world, person, group)
    state = await caller.tell("call:start", {"roomId": group.pk})
    assert ([user["userId"] for user in state["participants"]], state["participantCount"]) == ([person.pk], 1)
    told = (await watcher.event("call:changed"))["payload"]
    assert [user["userId"] for user in told["participants"]] == [person.pk]
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


async def who_is_kicked_hears_why_and_nothing_after(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    moderator, kicked = await talker(world, owner, group), await talker(world, person, group)
    other = await talker(world, await make(rooms.member_of, group), group)
    assert await refusal(kicked, "room:kick", roomId=group.pk, userId=owner.pk) == "FORBIDDEN"
    await moderator.tell("room:kick", {"roomId": group.pk, "userId": person.pk, "reason": "Spoilers"})
    told = await kicked.wait(
        lambda frame: frame.get("type") == "member:removed" and frame["room"] == f"user:{person.pk}", anywhere=True
    )
    assert (told["payload"]["reason"], told["payload"]["banned"]) == ("Spoilers", False)
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
    told = (await other.event("member:updated"))["payload"]
    assert told == {"roomId": group.pk, "userId": first.pk, "role": "moderator", "banned": False}
    await other.tell("room:kick", {"roomId": group.pk, "userId": second.pk})
    await client.tell("room:role", {"roomId": group.pk, "userId": first.pk, "role": "owner"})
    assert await make(rooms.owner_of, group) == first
    # An owner who leaves passes that on.
    await other.tell("room:leave", {"roomId": group.pk})
    assert await make(rooms.owner_of, group) == owner


async def a_group_that_is_deleted_says_so_and_is_gone(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    client, other = await talker(world, owner, group), await talker(world, person, group)
    stranger = await world.client(await somebody(), "social")
    assert await refusal(other, "room:delete", roomId=group.pk) == "FORBIDDEN"
    await client.tell("deleteRoom", {"roomId": group.pk, "reason": "The book is done."})
    told = (await other.event("room:deleted"))["payload"]
    assert told == {"roomId": group.pk, "reason": "The book is done."}
    left = await other.wait(lambda frame: frame.get("type") == "room:left", anywhere=True)
    assert left["room"] == f"group:{group.pk}"
    assert (await about(stranger, "room:removed", id=group.pk))["room"] == "group:directory"
    assert await refusal(other, "room:join", roomId=group.pk) == "ROOM_NOT_FOUND"
    assert await make(Message.objects.filter(group=group).exists) is False
    assert await make(Group.objects.filter(pk=group.pk).exists) is True
    staff = await world.client(await make(library.somebody, is_staff=True), "social")
    another, _ = await a_group(is_private=True)
    await staff.tell("room:delete", {"roomId": another.pk})


async def an_ephemeral_group_counts_who_is_there_and_ends_once_with_the_last(world: World) -> None:
    owner, guest = await somebody(), await somebody()
    watcher = await world.client(await somebody(), "social")
    maker = await world.client(owner, "social")
    created = await maker.tell("room:create", {"name": "Tonight", "persistent": False, "maxUsers": 2})
    room_id = created["room"]["id"]
    await maker.tell("room:join", {"roomId": room_id})
    visitor = await world.client(guest, "social")
    assert (await visitor.tell("room:join", {"roomId": room_id}))["room"]["userCount"] == 2
    third = await world.client(await somebody(), "social")
    assert await refusal(third, "room:join", roomId=room_id) == "ROOM_FULL"
    # A seat is kept for the grace, and given back after it.
    await visitor.close()
    assert await refusal(third, "room:join", roomId=room_id) == "ROOM_FULL"
    await world.seats()
    told = await maker.wait(lambda frame: frame.get("type") == "member:left", within=30)
    assert (told["payload"]["userId"], told["payload"]["disconnected"]) == (guest.pk, True)
    await third.tell("room:join", {"roomId": room_id})
    await third.tell("room:leave", {"roomId": room_id})
    await maker.close()
    await world.seats()
    await about(watcher, "room:removed", id=room_id)
    persistent, keeper = await a_group(name="For good")
    await make(leave, keeper, persistent)
    await watcher.tell("room:join", {"roomId": persistent.pk})
    assert await make(rooms.owner_of, persistent) != keeper
    assert [told for told in heard(watcher, "room:removed") if told["id"] == room_id] == [{"id": room_id}]


def leave(person: User, group: Group) -> None:
    from social.services.entering import leave_group

    leave_group(actor=person, group_id=group.pk)


async def an_ephemeral_group_ends_with_its_creator_where_it_was_made_so(world: World) -> None:
    owner, guest = await somebody(), await somebody()
    maker, visitor = await world.client(owner, "social"), await world.client(guest, "social")
    wanted = {"name": "My reading", "persistent": False, "autoDelete": True}
    room_id = (await maker.tell("room:create", wanted))["room"]["id"]
    await maker.tell("room:join", {"roomId": room_id})
    await visitor.tell("room:join", {"roomId": room_id})
    await maker.tell("room:leave", {"roomId": room_id})
    assert (await visitor.event("room:deleted"))["payload"]["roomId"] == room_id
    assert await refusal(visitor, "room:join", roomId=room_id) == "ROOM_NOT_FOUND"
    assert await refusal(maker, "room:create", name="x", persistent=True, autoDelete=True) == "VALIDATION"


async def joining_is_limited(world: World) -> None:
    person = await somebody()
    client = await world.client(person, "social")
    groups = [(await a_group(is_private=True, password="tide"))[0] for _ in range(11)]
    for group in groups[:10]:
        await client.tell("room:join", {"roomId": group.pk, "password": "tide"})
    refused = await client.ask("room:join", {"roomId": groups[10].pk, "password": "tide"})
    assert refused["error"]["code"] == "RATE_LIMITED"
    assert refused["error"]["retryAfter"] > 0
    # Coming again to where one belongs is no joining.
    await client.tell("room:join", {"roomId": groups[0].pk})


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


async def how_it_arrives(group: Group, speaker: JsonClient, listener: JsonClient) -> str:
    """Has one say something, and returns what stands in its place for another."""
    said = await speaker.tell("message:send", {"roomId": group.pk, "text": "Who can hear me?"})
    seq = (await about(speaker, "message:new", id=said["id"]))["seq"]
    arrived = await listener.wait(
        lambda frame: frame.get("room") == f"group:{group.pk}" and frame.get("seq") == seq, anywhere=True
    )
    kind: str = arrived["type"]
    return kind


async def what_is_wrong_is_answered_and_the_connection_lives(world: World) -> None:
    group, owner = await a_group()
    client = await talker(world, owner, group)
    for command, payload, code in (
        ("message:send", {"roomId": group.pk, "text": 7}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "\0"}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "sender": 1}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "type": "poem"}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "text": "x", "replyToId": 2**62}, "VALIDATION"),
        ("message:send", {"roomId": group.pk, "attachments": [2**62]}, "VALIDATION"),
        ("message:edit", {"messageId": 2**62, "text": "x"}, "NOT_FOUND"),
        ("message:react", {"messageId": 2**62}, "NOT_FOUND"),
        ("message:read", {"roomId": group.pk, "number": -1}, "VALIDATION"),
        ("message:search", {"query": "x", "cursor": "what?"}, "VALIDATION"),
        ("room:create", {"name": ""}, "VALIDATION"),
        ("room:create", {"name": "x" * 81}, "VALIDATION"),
        ("room:create", {"name": "x", "maxUsers": 1}, "VALIDATION"),
        ("room:invite", {"roomId": group.pk, "userId": 2**62}, "VALIDATION"),
        ("room:role", {"roomId": group.pk, "userId": owner.pk, "role": "king"}, "VALIDATION"),
        ("room:role", {"roomId": group.pk, "userId": owner.pk, "role": "member"}, "CONFLICT"),
        ("room:kick", {"roomId": group.pk, "userId": 2**62}, "NOT_FOUND"),
        ("room:ban", {"roomId": group.pk, "userId": owner.pk}, "CONFLICT"),
        ("room:slowmode", {"roomId": group.pk, "seconds": 3_601}, "VALIDATION"),
        ("room:burn", {}, "UNKNOWN_COMMAND"),
    ):
        answer = await client.ask(command, payload)
        assert (answer["success"], answer["error"]["code"]) == (False, code), (command, payload, answer)
    assert (await client.tell("session:ping"))["time"]


LINES = [
    what_is_there_is_told_on_connect,
    a_new_public_group_is_told_to_everybody_and_a_private_one_to_nobody,
    a_group_can_be_changed_by_its_owner,
    joining_answers_with_the_group_its_people_and_what_was_said,
    coming_back_with_a_position_brings_what_was_missed,
    who_may_not_enter_hears_why,
    an_invitation_opens_a_private_group_once_and_can_be_declined,
    a_link_opens_a_group_until_it_expires,
    leaving_ends_the_membership_and_being_away_does_not,
    what_is_said_is_heard_by_all_the_sender_too,
    a_message_sent_again_is_said_once,
    a_message_can_be_edited_reacted_to_and_deleted,
    who_is_named_or_answered_is_told_in_the_bell,
    links_to_public_chapters_unfold,
    slow_mode_makes_members_wait,
    how_far_one_has_read_is_known_on_all_devices_and_to_small_groups,
    typing_is_told_to_the_others_and_ends_with_the_message,
    a_connection_that_is_lost_types_no_more,
    history_comes_by_number_and_words_are_found,
    a_call_shows_who_takes_part_until_they_are_gone,
    who_is_kicked_hears_why_and_nothing_after,
    parts_are_given_by_the_owner,
    a_group_that_is_deleted_says_so_and_is_gone,
    an_ephemeral_group_counts_who_is_there_and_ends_once_with_the_last,
    an_ephemeral_group_ends_with_its_creator_where_it_was_made_so,
    joining_is_limited,
    those_who_are_apart_are_not_invited_nor_heard_by_each_other,
    what_is_wrong_is_answered_and_the_connection_lives,
]
