"""What a client of the bell sees: one scenario for each line of its commands and events."""

from livrya.accounts.models import User
from notifications import services
from tests.books import library
from tests.world import World, heard, make


async def followed(world: World, user: User, times: int = 1) -> None:
    """Lets people follow over sockets: the count, which is ephemeral, leaves the server where it arises."""
    for _ in range(times):
        follower = await world.client(await make(library.somebody), "")
        await follower.tell("user:follow", {"userId": user.pk})


async def the_bell_rings_where_it_hangs_and_in_the_default_namespace(world: World) -> None:
    person = await make(library.somebody)
    clients = [await world.client(person, namespace) for namespace in ("notifications", "")]
    await followed(world, person)
    for client in clients:
        event = await client.event("notification")
        assert event["room"] == f"notifications:{person.pk}"
        assert {"id", "type", "message", "url", "count"} <= set(event["payload"])
        # An ephemeral count comes in no promised order beside it, and is sent on entering too.
        await client.wait(
            lambda frame: frame.get("type") == "notification:count" and frame["payload"] == {"unread": 1},
            anywhere=True,
        )


async def the_list_comes_in_pages_and_of_the_unread_alone(world: World) -> None:
    person = await make(library.somebody)
    await followed(world, person, 3)
    client = await world.client(person, "notifications")
    first = await client.tell("notification:list", {"limit": 2})
    second = await client.tell("notification:list", {"limit": 2, "cursor": first["next"]})
    ids = [row["id"] for page in (first, second) for row in page["notifications"]]
    assert (ids, second["next"], first["unread"]) == (sorted(ids, reverse=True), None, 3)
    assert len(set(ids)) == 3
    assert await client.tell("notification:read", {"ids": ids[:1]}) == {"unread": 2}
    unread = await client.tell("notification:list", {"unread": True})
    assert [row["id"] for row in unread["notifications"]] == ids[1:]


async def what_is_read_here_is_read_on_the_other_devices(world: World) -> None:
    person = await make(library.somebody)
    await followed(world, person, 2)
    here, there = await world.client(person, "notifications"), await world.client(person, "")
    [newest, _] = (await here.tell("notification:list"))["notifications"]
    await here.tell("notification:read", {"ids": [newest["id"]]})
    payload = (await there.event("notification:read"))["payload"]
    assert (payload["ids"], payload["unread"]) == ([newest["id"]], 1)
    await here.tell("notification:read", {"all": True})
    payload = (await there.event("notification:read"))["payload"]
    assert (payload["ids"], payload["unread"]) == (None, 0)
    await followed(world, person)
    await here.event("notification")
    assert heard(here, "notification:read") == []


async def more_of_the_same_soon_after_is_one_notification(world: World) -> None:
    chapter = await make(lambda: library.chapter(library.book()))
    client = await world.client(await make(library.author_of, chapter.book), "notifications")
    for _ in range(2):
        await make(library.comment, chapter)
    first, second = [(await client.event("notification"))["payload"] for _ in range(2)]
    assert (first["count"], second["count"]) == (1, 2)
    assert second["id"] == first["id"]
    assert (await client.tell("notification:list"))["unread"] == 1


async def what_came_while_one_was_away_is_replayed(world: World) -> None:
    person = await make(library.somebody)
    client = await world.client(person, "notifications")
    await followed(world, person)
    last = await client.event("notification")
    await client.close()
    await followed(world, person)
    await make(services.mark_read, actor=person)
    again = await world.client(person, "notifications")
    since = {"epoch": last["epoch"], "seq": last["seq"]}
    answer = await again.tell("session:resume", {"rooms": {last["room"]: since}})
    assert answer[last["room"]]["recovered"] is True
    missed = [(await again.event(kind))["seq"] for kind in ("notification", "notification:read")]
    assert missed == [last["seq"] + 1, last["seq"] + 2]


async def a_bell_is_for_its_person_alone(world: World) -> None:
    person = await make(library.somebody)
    stranger, guest = await world.client(await make(library.somebody), ""), await world.client()
    for client in (stranger, guest):
        answer = await client.ask("room:subscribe", {"room": f"notifications:{person.pk}"})
        assert answer["error"]["code"] == "NOT_FOUND"


LINES = [
    the_bell_rings_where_it_hangs_and_in_the_default_namespace,
    the_list_comes_in_pages_and_of_the_unread_alone,
    what_is_read_here_is_read_on_the_other_devices,
    more_of_the_same_soon_after_is_one_notification,
    what_came_while_one_was_away_is_replayed,
    a_bell_is_for_its_person_alone,
]
