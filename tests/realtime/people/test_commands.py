"""What people say of themselves over a session, and ask of others: who is there, away, here again."""

import pytest

from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_in_the_background_makes_its_person_away_until_it_is_in_front_again(connect: Connect) -> None:
    person, watcher = await connect(token="7"), await connect(token="8")
    for client in (person, watcher):
        await client.tell("hall:join", {"hallId": 1})
    for command, away in (("presence:away", True), ("presence:here", False)):
        await person.tell(command, {})
        seen = await watcher.wait(
            lambda frame, away=away: (
                frame.get("payload", {}).get("userId") == 7 and frame["payload"].get("away") is away
            ),
            anywhere=command == "presence:away",
        )
        assert seen["room"] == "hall:1"
        listed = await watcher.tell("presence:list", {"room": "hall:1"})
        assert {user["userId"]: user["away"] for user in listed["users"]} == {7: away, 8: False}
