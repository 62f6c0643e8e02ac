"""The door: joining, coming back, invitations, links and leaving."""

from datetime import timedelta

from django.utils import timezone

from livrya.accounts.models import User
from social.models import Group, Invitation
from social.services.invitations import invite_person
from social.services.members import ban_user
from tests.books import library
from tests.books.lines import somebody
from tests.social import rooms
from tests.social.lines.scenes import a_group, about, refusal, talker
from tests.world import World, heard, make


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
    payload = (await watcher.event("member:joined"))["payload"]
    assert (payload["roomId"], payload["userId"], payload["userCount"]) == (group.pk, newcomer.pk, 2)
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
    assert await refusal(client, "room:join", roomId=private.pk) == "ROOM_NOT_FOUND"
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
    payload = (await invited.event("room:invited"))["payload"]
    assert (payload["roomId"], payload["roomName"], payload["invitedBy"]["id"]) == (group.pk, "The Orchard", owner.pk)
    assert (await bell.event("notification"))["payload"]["type"] == "GROUP_INVITATION"
    await invited.tell("invite:decline", {"roomId": group.pk})
    assert (await invited.event("room:uninvited"))["payload"] == {"roomId": group.pk}
    assert await refusal(invited, "room:join", roomId=group.pk) == "ROOM_NOT_FOUND"
    await inviter.tell("room:invite", {"roomId": group.pk, "userId": guest.pk})
    await inviter.tell("room:uninvite", {"roomId": group.pk, "userId": guest.pk})
    assert await refusal(invited, "room:join", roomId=group.pk) == "ROOM_NOT_FOUND"
    await inviter.tell("room:invite", {"roomId": group.pk, "userId": guest.pk})
    await invited.tell("room:join", {"roomId": group.pk})
    await invited.tell("room:leave", {"roomId": group.pk})
    assert await refusal(invited, "room:join", roomId=group.pk) == "ROOM_NOT_FOUND"
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
    assert await refusal(client, "room:join", roomId=group.pk, invite="guessed") == "ROOM_NOT_FOUND"
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
    payload = (await watcher.event("member:left"))["payload"]
    assert (payload["userId"], payload["userCount"], payload["disconnected"]) == (person.pk, 1, False)
    assert await make(rooms.count, group) == (1, 1)
    # On every device, also those that only received.
    await phone.wait(lambda frame: frame.get("type") == "room:left", anywhere=True)
    assert await refusal(desktop, "message:send", roomId=group.pk, text="Still here?") == "NOT_MEMBER"


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


LINES = [
    joining_answers_with_the_group_its_people_and_what_was_said,
    coming_back_with_a_position_brings_what_was_missed,
    who_may_not_enter_hears_why,
    an_invitation_opens_a_private_group_once_and_can_be_declined,
    a_link_opens_a_group_until_it_expires,
    leaving_ends_the_membership_and_being_away_does_not,
    joining_is_limited,
]
