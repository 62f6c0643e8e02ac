"""Contacts: who follows each other hears once of coming and going, of whom shows it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from django.test import override_settings

from livrya.accounts.models import User
from livrya.accounts.services import blocking, following, people
from livrya.settings import REALTIME
from realtime.hub import Hub, current_hub
from realtime.people.part import people_here
from realtime.people.presence.online import ONLINE
from realtime.testing.client import JsonClient
from tests.livrya.accounts.doors import Enter, enter, in_thread
from tests.livrya.accounts.people import person

__all__ = ["enter"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    """A hub whose grace is over at once."""
    with override_settings(REALTIME=REALTIME | {"PRESENCE_GRACE_SECONDS": 0.05}):
        running = await current_hub()
        yield running
        await running.stop()


def befriend(*everybody: User) -> None:
    for one in everybody:
        for other in everybody:
            if one != other:
                following.follow(actor=one, user=other)


def heard(client: JsonClient) -> list[tuple[str, str]]:
    return [
        (frame["type"].removeprefix("contact:"), frame["payload"]["username"])
        for frame in client.frames
        if frame.get("type") in ("contact:online", "contact:offline")
    ]


async def test_a_contact_is_online_with_the_first_and_offline_after_the_last_connection(enter: Enter) -> None:
    ada, bob, carl, fan = [await in_thread(person)(name) for name in ("ada", "bob", "carl", "fan")]
    await in_thread(befriend)(ada, bob, carl)
    await in_thread(following.follow)(actor=fan, user=ada)
    watcher, of_fan = await enter(bob), await enter(fan)
    phone = await enter(ada)
    payload = (await watcher.event("contact:online"))["payload"]
    assert (payload["userId"], payload["username"], payload["displayName"]) == (ada.pk, "ada", "ada")
    desk = await enter(ada, "/books")
    listed = await watcher.tell("contact:list")
    assert [contact["username"] for contact in listed["contacts"]] == ["ada"]
    for namespace in ("/social", "/rooms"):
        greeting = await (await enter(bob, namespace)).event("contact:list")
        assert (greeting["room"], greeting["payload"]) == (f"user:{bob.pk}", listed)
    await phone.close(1000)
    await desk.close(1000)
    assert (await watcher.event("contact:offline"))["payload"]["version"] > payload["version"]
    assert (await watcher.tell("contact:list"))["contacts"] == []
    await enter(carl)
    await watcher.event("contact:online")
    assert heard(watcher) == [("online", "ada"), ("offline", "ada"), ("online", "carl")]
    assert heard(of_fan) == []


async def test_who_hides_goes_offline_at_once_and_comes_back_when_they_show_themselves(enter: Enter) -> None:
    ada, bob = await in_thread(person)("ada"), await in_thread(person)("bob")
    await in_thread(befriend)(ada, bob)
    watcher, _ = await enter(bob), await enter(ada)
    await watcher.event("contact:online")
    await in_thread(people.set_privacy)(actor=ada, user=ada, hide_online=True)
    await watcher.event("contact:offline")
    assert (await watcher.tell("contact:list"))["contacts"] == []
    await in_thread(people.set_privacy)(actor=ada, user=ada, hide_online=False)
    await watcher.event("contact:online")


async def test_nobody_hears_of_people_whom_they_mute_nor_across_a_block(enter: Enter) -> None:
    ada, bob, carl, muter = [await in_thread(person)(name) for name in ("ada", "bob", "carl", "muter")]
    await in_thread(befriend)(ada, bob, carl, muter)
    await in_thread(blocking.block)(actor=ada, user=bob)
    await in_thread(blocking.mute)(actor=muter, user=ada)
    of_bob, of_muter = await enter(bob), await enter(muter)
    await of_bob.event("contact:online")
    of_ada = await enter(ada)
    await enter(carl)
    for client in (of_bob, of_muter, of_ada):
        await client.wait(lambda frame: frame.get("payload", {}).get("username") == "carl")
    assert "ada" not in {name for client in (of_bob, of_muter) for _, name in heard(client)}
    assert "bob" not in {name for _, name in heard(of_ada)}
    assert {contact["username"] for contact in (await of_muter.tell("contact:list"))["contacts"]} == {"bob", "carl"}


async def counted(user: User, *, connections: int) -> None:
    """Waits until the person is counted through so many connections."""
    while True:
        rooms = people_here().presence._rooms
        owners = list(rooms[ONLINE].owners.values()) if ONLINE in rooms else []
        if owners.count(user.pk) == connections:
            return
        await asyncio.sleep(0.005)


async def test_somebody_who_changes_the_page_never_seems_to_go(enter: Enter, hub: Hub) -> None:
    ada, bob = await in_thread(person)("ada"), await in_thread(person)("bob")
    await in_thread(befriend)(ada, bob)
    watcher = await enter(bob)
    people_here().presence._grace_seconds = 60
    for _ in range(3):
        page = await enter(ada)
        await counted(ada, connections=1)
        await page.close(1000)
        await counted(ada, connections=0)
    page = await enter(ada)
    await counted(ada, connections=1)
    people_here().presence._grace_seconds = 0.01
    await page.close(1000)
    await watcher.event("contact:offline")
    assert heard(watcher) == [("online", "ada"), ("offline", "ada")]
