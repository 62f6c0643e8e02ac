"""What a session is in: rooms whose permission cannot be asked for at the moment."""

import pytest
from asgiref.sync import sync_to_async

from realtime.log.revocation import revoke
from realtime.models import Lease
from realtime.sessions import memberships
from tests.realtime.app.events import HallRoom, VaultRoom
from tests.realtime.app.weather import Weather
from tests.realtime.doors.temporary import until, weather
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.sessions.saying import say

__all__ = ["connect", "hub", "weather"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_room_that_cannot_be_asked_about_is_silent_until_it_can(
    connect: Connect, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memberships, "_ASK_AGAIN_SECONDS", 0.01)
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    weather.turn("database")
    await sync_to_async(revoke)(room=HallRoom(1), reason="Ask again.")
    await until(lambda: weather.met >= 2)
    await say("while nobody knows")
    assert (await client.ask("session:ping"))["success"]
    assert not any(client.texts())  # None: the place of the revocation itself
    weather.clear()
    await client.event("hall:said")
    await say("and on")
    await client.wait(lambda frame: frame.get("payload", {}).get("text") == "and on")
    assert list(filter(None, client.texts())) == ["while nobody knows", "and on"]
    assert not [frame for frame in client.frames if frame.get("type") == "room:left"]


async def test_a_room_that_is_closed_meanwhile_is_left_when_it_can_be_asked(
    connect: Connect, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memberships, "_ASK_AGAIN_SECONDS", 0.01)
    await Lease.objects.acreate(name="key:1:7", holder="test", expires_at="2030-01-01T00:00:00Z")
    client = await connect(token="7")
    await client.tell("room:subscribe", {"room": "vault:1"})
    weather.turn("database")
    await Lease.objects.filter(name="key:1:7").adelete()
    await sync_to_async(revoke)(room=VaultRoom(1), reason="The lock was changed.")
    await until(lambda: weather.met >= 2)
    weather.clear()
    left = await client.event("room:left")
    assert left["payload"] == {"reason": "The lock was changed."}
