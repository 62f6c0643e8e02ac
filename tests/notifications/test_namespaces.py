"""The bell over sockets: a test for each line of its table of events."""

import pytest

from livrya.accounts.models import User
from livrya.accounts.services import following
from notifications import services
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import person

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

somebody = in_thread(person)


async def followed(user: User, *names: str) -> None:
    for name in names:
        await in_thread(following.follow)(actor=await somebody(name), user=user)


async def test_the_bell_rings_in_its_own_namespace_and_in_the_default_one(enter: Enter) -> None:
    ada = await somebody("ada")
    clients = [await enter(ada, "/notifications"), await enter(ada, "/")]
    await followed(ada, "bob")
    for client in clients:
        event = await client.event("notification")
        assert event["room"] == f"notifications:{ada.pk}"
        assert event["payload"]["message"] == "bob follows you."
        assert (await client.event("notification:count"))["payload"] == {"unread": 1}


async def test_a_new_session_is_told_how_much_is_unread(enter: Enter) -> None:
    ada = await somebody("ada")
    await followed(ada, "bob", "eve")
    client = await enter(ada, "/notifications")
    count = await client.wait(lambda frame: frame.get("type") == "notification:count", anywhere=True)
    assert count["payload"] == {"unread": 2}


async def test_the_list_comes_in_pages_and_can_be_of_the_unread(enter: Enter) -> None:
    ada = await somebody("ada")
    await followed(ada, "bob", "eve", "dan")
    client = await enter(ada, "/notifications")
    first = await client.tell("notification:list", {"limit": 2})
    second = await client.tell("notification:list", {"limit": 2, "cursor": first["next"]})
    messages = [row["message"] for page in (first, second) for row in page["notifications"]]
    assert messages == ["dan follows you.", "eve follows you.", "bob follows you."]
    assert (first["unread"], second["next"]) == (3, None)
    read = first["notifications"][0]["id"]
    assert await client.tell("notification:read", {"ids": [read]}) == {"unread": 2}
    unread = await client.tell("notification:list", {"unread": True})
    assert [row["message"] for row in unread["notifications"]] == ["eve follows you.", "bob follows you."]


async def test_reading_is_heard_on_the_other_devices_only(enter: Enter) -> None:
    ada = await somebody("ada")
    await followed(ada, "bob")
    here, there = await enter(ada, "/notifications"), await enter(ada)
    await here.tell("notification:read", {"all": True})
    payload = (await there.event("notification:read"))["payload"]
    assert (payload["ids"], payload["unread"]) == (None, 0)
    assert (await there.event("notification:count"))["payload"] == {"unread": 0}
    await followed(ada, "eve")
    await here.event("notification")
    assert "notification:read" not in [frame.get("type") for frame in here.frames]


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("notification:read", {}),
        ("notification:read", {"ids": [1], "all": True}),
        ("notification:read", {"ids": [0]}),
        ("notification:read", {"ids": [2**63]}),
        ("notification:read", {"ids": ["1"]}),
        ("notification:list", {"limit": 0}),
        ("notification:list", {"cursor": "nonsense"}),
        ("notification:list", {"cursor": "x" * 501}),
        ("notification:list", {"unread": "yes"}),
    ],
)
async def test_what_makes_no_sense_is_refused(enter: Enter, command: str, payload: dict[str, object]) -> None:
    client = await enter(await somebody("ada"), "/notifications")
    answer = await client.ask(command, payload)
    assert answer["error"]["code"] == "VALIDATION"


async def test_a_reading_repeated_by_its_client_gets_the_same_answer(enter: Enter) -> None:
    ada = await somebody("ada")
    await followed(ada, "bob")
    client = await enter(ada)
    first = await client.ask("notification:read", {"all": True}, request_id="same")
    await followed(ada, "eve")
    assert await client.ask("notification:read", {"all": True}, request_id="same") == first
    assert (await client.tell("notification:list"))["unread"] == 1


async def test_nobody_enters_the_namespace_without_signing_in(enter: Enter) -> None:
    from realtime.routing import websocket_application
    from realtime.testing.client import JsonClient

    client = await JsonClient.in_process(websocket_application, "/ws/notifications/")
    answer = await client.ask("notification:list")
    assert answer["error"]["code"] == "UNAUTHENTICATED"
    await client.close()


async def test_nobody_hears_anothers_bell(enter: Enter) -> None:
    ada, bob = await somebody("ada"), await somebody("bob")
    client = await enter(bob)
    answer = await client.ask("room:subscribe", {"room": f"notifications:{ada.pk}"})
    assert answer["error"]["code"] in {"NOT_FOUND", "FORBIDDEN"}


async def test_what_came_while_one_was_away_is_replayed(enter: Enter) -> None:
    ada = await somebody("ada")
    room = f"notifications:{ada.pk}"
    client = await enter(ada, "/notifications")
    await followed(ada, "bob")
    heard = await client.event("notification")
    await client.close()
    await followed(ada, "eve")
    await in_thread(services.mark_read)(actor=ada)
    again = await enter(ada, "/notifications")
    position = {"epoch": heard["epoch"], "seq": heard["seq"]}
    answer = await again.tell("session:resume", {"rooms": {room: position}})
    assert answer[room]["recovered"] is True
    missed = [(await again.event(kind))["seq"] for kind in ("notification", "notification:read")]
    assert missed == [heard["seq"] + 1, heard["seq"] + 2]
