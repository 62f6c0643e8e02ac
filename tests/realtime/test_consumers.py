"""The JSON door: what it takes of a client, from the first message on."""

import asyncio

import msgspec
import pytest

from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.models import Lease
from realtime.routing import websocket_application
from realtime.testing.client import ApplicationTransport
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.sessions.saying import say

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("offered", "accepted"),
    [(["livrya.v1", "livrya.token.7"], "livrya.v1"), (["livrya.token.7"], None), (["another"], None), ([], None)],
)
async def test_only_the_protocol_is_accepted_never_a_token_that_was_offered_as_one(
    hub: Hub, offered: list[str], accepted: str | None
) -> None:
    scope = {
        "type": "websocket",
        "path": "/ws/halls/",
        "query_string": b"",
        "headers": [],
        "subprotocols": offered,
        "client": ("127.0.0.1", 1),
        "extensions": {},
    }
    link = ApplicationTransport(websocket_application, scope)
    assert await link.accepted() == accepted
    await link.close(1000)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "VALIDATION"),
        ("[]", "VALIDATION"),
        ('{"type":"hall:say"}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":"one","text":"x"}}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":1,"text":"x","more":1}}', "VALIDATION"),
        ('{"type":"hall:say","payload":{"hallId":1,"text":"x"},"more":1}', "VALIDATION"),
        ('{"type":"nonsense"}', "UNKNOWN_COMMAND"),
        ('{"type":"hall:refuse"}', "CONFLICT"),
        ('{"type":"room:subscribe","payload":{"room":"hall:01"}}', "NOT_FOUND"),
        ('{"type":"room:subscribe","payload":{"room":"vault:1"}}', "NOT_FOUND"),
        ('{"type":"room:subscribe","payload":{"room":"bench:1"}}', "NOT_FOUND"),
        ('{"requestId":"","type":"hall:refuse"}', "VALIDATION"),
        ('{"type":"auth:refresh","payload":{"token":"8"}}', "UNAUTHENTICATED"),
        ('{"type":"session:resume","payload":{"rooms":{"hall:1":{"epoch":"x"}}}}', "VALIDATION"),
        ('{"type":"sync-events","payload":{"since":"4f9d2c"}}', "VALIDATION"),
        ('{"type":"join_hall","payload":{"placeId":1,"hallId":2}}', "VALIDATION"),
        ("[" * 5000, "VALIDATION"),
        (b"\x00\x01", "VALIDATION"),
        ("x" * 70_000, "TOO_LARGE"),
    ],
)
async def test_a_bad_command_gets_a_code_and_the_connection_lives(
    connect: Connect, message: str | bytes, code: str
) -> None:
    client = await connect()
    await client.ready()
    await client.send(message)
    refused = await client.wait(lambda frame: frame.get("success") is False)
    assert refused["error"]["code"] == code
    assert refused["requestId"] is None or refused["requestId"] == ""
    assert (await client.ask("session:ping"))["success"]


async def test_a_refusal_names_the_request_even_when_its_payload_is_wrong(connect: Connect) -> None:
    client = await connect()
    answer = await client.ask("hall:say", {"hallId": None, "text": "x"}, request_id="mine")
    assert answer["error"]["code"] == "VALIDATION"
    assert "hallId" in answer["error"]["message"]


async def test_coming_back_to_automatic_rooms_misses_and_repeats_nothing(connect: Connect) -> None:
    client = await connect("/foyer")
    position = (await client.ready())["rooms"]["hall:1"]["position"]
    await client.close()
    await say("away")
    again = await connect("/foyer", query="resume")
    await say("coming")
    await again.send({"requestId": "r", "type": "session:resume", "payload": {"rooms": {"hall:1": position}}})
    rooms = (await again.ready())["rooms"]
    await say("back")
    await again.wait(lambda frame: frame.get("payload", {}).get("text") == "back")
    assert again.texts("hall:1") == ["away", "coming", "back"]
    assert (rooms["hall:1"]["recovered"], rooms["hall:1"]["replayed"]) == (True, 2)
    assert "hall:2" in rooms


async def test_who_wanted_to_resume_but_says_something_else_gets_a_session_too(connect: Connect) -> None:
    client = await connect("/foyer", query="resume")
    assert (await client.ask("session:ping"))["success"]


@pytest.fixture
def in_a_hurry(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline of a first message is now."""
    monkeypatch.setattr(hub, "settings", msgspec.structs.replace(hub.settings, auth_deadline_seconds=0.05))


@pytest.mark.usefixtures("in_a_hurry")
async def test_who_comes_back_and_says_nothing_must_leave(connect: Connect) -> None:
    client = await connect("/halls", "resume")
    assert await client.ended() == CloseCode.HEARTBEAT_TIMEOUT
    assert [frame["type"] for frame in client.frames] == ["error", "bye"]


@pytest.mark.usefixtures("in_a_hurry")
async def test_who_says_something_in_time_stays(connect: Connect) -> None:
    client = await connect("/halls", "resume")
    await client.send({"requestId": "r", "type": "session:resume", "payload": {"rooms": {}}})
    await client.ready()
    await asyncio.sleep(0.1)
    assert (await client.ask("session:ping"))["success"]


async def test_whoever_signs_in_and_is_not_let_in_is_told_and_must_leave(connect: Connect) -> None:
    await Lease.objects.acreate(name="banned:7", holder="test", expires_at="2030-01-01T00:00:00Z")
    client = await connect("/members")
    await client.send({"requestId": "a", "type": "auth", "payload": {"token": "7"}})
    assert await client.ended() == CloseCode.UNAUTHENTICATED
    assert [frame.get("type") for frame in client.frames] == [None, "error", "bye"]
