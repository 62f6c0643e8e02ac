"""Whom one has blocked is neither named nor shown writing, in everything that passes through a room."""

from typing import Any

import pytest

from livrya.accounts.services import blocking, people
from realtime.testing.client import JsonClient
from tests.books.library import book, chapter, somebody
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(client: JsonClient, room: str, user_id: int) -> list[str]:
    """Returns the ephemeral events about a person that the client got, by type."""
    passing = [frame for frame in client.frames if frame.get("room") == room and "seq" not in frame]
    return [frame["type"] for frame in passing if frame["payload"].get("userId") == user_id]


def ids(people: list[dict[str, Any]]) -> set[int]:
    return {person["userId"] for person in people}


async def test_neither_sees_the_other_and_third_people_see_both(enter: Enter) -> None:
    out = await in_thread(lambda: chapter(book()))()
    ada, bob, eve = [await in_thread(somebody)(display_name=name) for name in ("Ada", "Bob", "Eve")]
    await in_thread(blocking.block)(actor=ada, user=bob)
    room, asked = f"chapter:{out.pk}", {"chapterId": out.pk}
    of_ada, of_eve, of_bob = [await enter(user) for user in (ada, eve, bob)]
    await of_ada.tell("chapter:join", asked)
    await of_eve.tell("chapter:join", asked)
    await of_ada.tell("text:typing", asked)
    joined = await of_bob.tell("chapter:join", asked)
    assert (ids(joined["users"]), joined["userCount"]) == ({bob.pk, eve.pk}, 3)
    assert "typing" not in joined or joined["typing"]["commenting"]["typing"] == []

    payload = (await of_eve.wait(lambda frame: frame.get("payload", {}).get("userId") == bob.pk))["payload"]
    assert (payload["displayName"], payload["userCount"]) == ("Bob", 3)
    numbers = (await of_ada.wait(lambda frame: frame.get("type") == "presence:changed"))["payload"]
    assert numbers == {"userCount": 3, "guestCount": 0, "version": payload["version"]}
    assert ids((await of_ada.tell("presence:list", {"room": room}))["users"]) == {ada.pk, eve.pk}

    await of_bob.tell("text:typing", asked)
    await of_eve.wait(lambda frame: ids(frame.get("payload", {}).get("typing", [])) == {ada.pk, bob.pk})
    await of_eve.tell("text:typing", asked)
    await of_ada.wait(lambda frame: ids(frame.get("payload", {}).get("typing", [])) == {eve.pk})
    await of_bob.wait(lambda frame: ids(frame.get("payload", {}).get("typing", [])) == {eve.pk})

    await of_bob.tell("presence:away")
    await of_bob.tell("presence:here")
    await of_bob.tell("chapter:leave", asked)
    await of_eve.event("user:left")
    assert kinds(of_eve, room, bob.pk) == ["user:joined", "user:away", "user:away", "user:left"]
    assert kinds(of_ada, room, bob.pk) == []


async def test_a_block_takes_effect_in_rooms_where_both_are_already_and_so_does_its_end(enter: Enter) -> None:
    out = await in_thread(lambda: chapter(book()))()
    ada, bob = await in_thread(somebody)(), await in_thread(somebody)()
    of_ada, of_bob = await enter(ada), await enter(bob)
    await of_ada.tell("chapter:join", {"chapterId": out.pk})
    await of_bob.tell("chapter:join", {"chapterId": out.pk})

    def alone(user_id: int):
        return lambda frame: ids(frame.get("payload", {}).get("users", [])) == {user_id}

    await of_ada.tell("user:block", {"userId": bob.pk})
    await of_ada.wait(alone(ada.pk))
    await of_bob.wait(alone(bob.pk))
    await of_ada.tell("user:unblock", {"userId": bob.pk})
    for client in (of_ada, of_bob):
        await client.wait(lambda frame: ids(frame.get("payload", {}).get("users", [])) == {ada.pk, bob.pk})


async def test_who_hides_is_named_on_no_path(enter: Enter) -> None:
    out = await in_thread(lambda: chapter(book()))()
    ada, bob = await in_thread(somebody)(), await in_thread(somebody)()
    await in_thread(people.set_privacy)(actor=ada, user=ada, hide_reading=True, hide_typing=True)
    of_ada, of_bob, of_eve = await enter(ada), await enter(bob), await enter(await in_thread(somebody)())
    room, asked = f"chapter:{out.pk}", {"chapterId": out.pk}
    await of_eve.tell("chapter:join", asked)
    assert (await of_bob.tell("chapter:join", asked))["users"] is not None
    await of_ada.tell("chapter:join", asked)
    for command in ("text:typing", "presence:away", "presence:here"):
        await of_ada.tell(command, asked if command == "text:typing" else None)
    await of_bob.wait(lambda frame: frame.get("payload", {}).get("guestCount") == 1)
    assert ada.pk not in ids((await of_bob.tell("presence:list", {"room": room}))["users"])
    await of_bob.tell("text:typing", asked)
    await of_eve.event("editors:typing")
    await of_ada.tell("chapter:leave", asked)
    await of_bob.wait(lambda frame: frame.get("payload", {}).get("guestCount") == 0)
    assert kinds(of_bob, room, ada.pk) == []
    for client in (of_ada, of_bob):
        assert "editors:typing" not in {frame.get("type") for frame in client.frames}
