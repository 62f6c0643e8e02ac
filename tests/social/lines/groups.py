"""Groups themselves: which events they have, how they are made, changed and deleted, and when they end."""

from livrya.accounts.models import User
from social.models import Group, Message
from social.services.entering import leave_group
from tests.books import library
from tests.books.lines import somebody
from tests.social import rooms
from tests.social.lines.scenes import a_group, about, refusal, talker
from tests.world import World, heard, make


async def what_is_there_is_told_on_connect(world: World) -> None:
    group, _ = await a_group(name="On connect")
    await make(rooms.group, is_private=True, name="Somebody's own")
    member = await make(rooms.member_of, group)
    for _ in range(3):
        await make(rooms.message, group)
    client = await world.client(member, "social")
    event = (await client.event("room:list"))["payload"]["rooms"]
    assert len(event) <= 20
    assert "Somebody's own" not in {room["name"] for room in event}
    mine = next(room for room in event if room["id"] == group.pk)
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
    payload = (await about(watcher, "room:available", id=room["id"]))["payload"]
    expected = {"id": room["id"], "name": "Open", "hasPassword": True, "userCount": 1, "maxUsers": 12}
    assert expected.items() <= payload.items()
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
        payload = (await about(hears, "room:changed", id=group.pk))["payload"]
        assert (payload["name"], payload["maxUsers"]) == ("Whalers", 5)
    assert await refusal(other, "room:update", roomId=group.pk, name="Mine") == "FORBIDDEN"
    assert await refusal(client, "room:update", roomId=group.pk, maxUsers=1) == "VALIDATION"
    await client.tell("room:update", {"roomId": group.pk, "isPrivate": True})
    assert (await about(stranger, "room:removed", id=group.pk))["room"] == "group:directory"


async def a_group_that_is_deleted_says_so_and_is_gone(world: World) -> None:
    group, owner = await a_group()
    person = await make(rooms.member_of, group)
    client, other = await talker(world, owner, group), await talker(world, person, group)
    stranger = await world.client(await somebody(), "social")
    assert await refusal(other, "room:delete", roomId=group.pk) == "FORBIDDEN"
    await client.tell("deleteRoom", {"roomId": group.pk, "reason": "The book is done."})
    payload = (await other.event("room:deleted"))["payload"]
    assert payload == {"roomId": group.pk, "reason": "The book is done."}
    left = await other.wait(lambda frame: frame.get("type") == "room:left", anywhere=True)
    assert left["room"] == f"group:{group.pk}"
    assert (await about(stranger, "room:removed", id=group.pk))["room"] == "group:directory"
    assert await refusal(other, "room:join", roomId=group.pk) == "ROOM_NOT_FOUND"
    assert await make(Message.objects.filter(group=group).exists) is False
    assert await make(Group.objects.filter(pk=group.pk).exists) is True
    staff = await world.client(await make(library.somebody, is_staff=True, is_superuser=True), "social")
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
    event = await maker.wait(lambda frame: frame.get("type") == "member:left", within=30)
    assert (event["payload"]["userId"], event["payload"]["disconnected"]) == (guest.pk, True)
    await third.tell("room:join", {"roomId": room_id})
    await third.tell("room:leave", {"roomId": room_id})
    await maker.close()
    await world.seats()
    await about(watcher, "room:removed", id=room_id)
    persistent, keeper = await a_group(name="For good")
    await make(leave, keeper, persistent)
    await watcher.tell("room:join", {"roomId": persistent.pk})
    assert await make(rooms.owner_of, persistent) != keeper
    assert [event for event in heard(watcher, "room:removed") if event["id"] == room_id] == [
        {"id": room_id, "creatorId": owner.pk}
    ]


def leave(person: User, group: Group) -> None:
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


LINES = [
    what_is_there_is_told_on_connect,
    a_new_public_group_is_told_to_everybody_and_a_private_one_to_nobody,
    a_group_can_be_changed_by_its_owner,
    a_group_that_is_deleted_says_so_and_is_gone,
    an_ephemeral_group_counts_who_is_there_and_ends_once_with_the_last,
    an_ephemeral_group_ends_with_its_creator_where_it_was_made_so,
]
