"""What is temporary ends nobody for good: each cause at each door, in this process.

The same with clients that nobody here has written: `test_temporary_stock.py`, over every transport.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime.doors.socketio import holding
from realtime.doors.socketio.door import current_door
from realtime.errors import CATALOGUE, CloseCode, Unavailable
from realtime.hub import Hub
from realtime.log.revocation import revoke
from realtime.testing.client import JsonClient
from tests.realtime.app.events import HallRoom, VaultRoom
from tests.realtime.app.weather import FILE, Weather
from tests.realtime.doors.in_process import BareClient, Open, open_socket
from tests.realtime.doors.test_sse import Read, read
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub", "open_socket", "read"]

pytestmark = pytest.mark.django_db(transaction=True)

CAUSES = pytest.mark.parametrize("cause", ["database", "rate", "defect"])
COME_BACK = {CloseCode.SERVICE_RESTART, *range(4000, 4500)}


@pytest.fixture
def weather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weather:
    monkeypatch.setenv(FILE, str(tmp_path / "weather"))
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 0.01)
    return Weather(tmp_path / "weather")


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # files and tasks of the hub
            await asyncio.sleep(0.005)


async def begin(client: BareClient, namespace: str, **auth: Any) -> None:
    await client.send(f"0{namespace},{json.dumps(auth)}")


def connected(client: BareClient, namespace: str) -> bool:
    return any(text.startswith(f"0{namespace},") for text in client.texts)


def about(client: BareClient, namespace: str) -> list[str]:
    """Returns everything that was said of a namespace."""
    return [text for text in client.texts if text[1:].startswith(f"{namespace},")]


@pytest.fixture
async def seatless(connect: Connect) -> list[JsonClient]:
    """Clients that have all the seats of person 7."""
    taken = [await connect(token="7") for _ in range(10)]
    for client in taken:
        await client.ready()
    return taken


# Socket.IO


@CAUSES
async def test_a_connect_is_held_until_it_can_be_answered(open_socket: Open, weather: Weather, cause: str) -> None:
    client = await open_socket()
    weather.turn(cause)
    await begin(client, "/halls", token="7")
    await until(lambda: weather.met >= 3)
    assert about(client, "/halls") == []
    weather.clear()
    await client.until(lambda: connected(client, "/halls"))
    assert (await client.ask("/halls", "session:ping", {}))["success"]


async def test_a_ticket_is_spent_once_however_often_the_rest_is_tried(open_socket: Open, weather: Weather) -> None:
    from realtime.identity import Identity
    from realtime.sessions import tickets

    ticket = await sync_to_async(tickets.issue_ticket)(Identity(7, "guest7", credential="jwt:7"))
    client = await open_socket()
    weather.turn("database")
    await begin(client, "/halls", ticket=ticket)
    await until(lambda: weather.met >= 2)
    weather.clear()
    await client.until(lambda: connected(client, "/halls"))


@CAUSES
async def test_after_its_time_a_lonely_connect_ends_the_transport_without_a_word(
    open_socket: Open, weather: Weather, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "HOLD_SECONDS", 0.2)
    client = await open_socket()
    weather.turn(cause)
    await begin(client, "/halls", token="7")
    await begin(client, "/members", token="7")
    await until(lambda: client.closed is not None)
    assert (client.texts, client.closed in COME_BACK) == ([], True)


async def test_a_lonely_connect_that_never_has_its_turn_is_not_held_for_longer(
    open_socket: Open, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try of those before it may take seconds while a database is away that does not even refuse."""
    monkeypatch.setattr(holding, "HOLD_SECONDS", 0.2)
    monkeypatch.setattr(holding, "LONGEST_WAIT_SECONDS", 0.05)
    patience = (await current_door()).backend._patience
    for _ in range(holding.TRIES_AT_ONCE):
        assert await patience.turn(1)
    client = await open_socket()
    weather.turn("database")
    await begin(client, "/halls", token="7")
    await until(lambda: client.closed is not None)
    assert (client.texts, client.closed in COME_BACK) == ([], True)


@CAUSES
async def test_while_another_namespace_lives_it_is_held_for_as_long_as_need_be(
    open_socket: Open, weather: Weather, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "HOLD_SECONDS", 0.02)
    monkeypatch.setattr(holding, "LONGEST_WAIT_SECONDS", 0.02)
    client = await open_socket()
    await client.enter("/members", token="7")
    weather.turn(cause)
    await begin(client, "/halls", token="7")
    await until(lambda: weather.met >= 5)
    assert (await client.ask("/members", "session:ping", {}))["success"]
    weather.clear()
    await client.until(lambda: connected(client, "/halls"))


async def test_when_the_other_namespace_is_left_the_transport_ends(
    open_socket: Open, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "HOLD_SECONDS", 0.02)
    client = await open_socket()
    await client.enter("/members", token="7")
    weather.turn("database")
    await begin(client, "/halls", token="7")
    await until(lambda: weather.met >= 3)
    await client.send("1/members,")
    await until(lambda: client.closed is not None)
    assert about(client, "/halls") == []


async def test_a_client_that_thinks_better_of_it_may_ask_anew_or_leave(
    open_socket: Open, weather: Weather, hub: Hub
) -> None:
    client = await open_socket()
    weather.turn("database")
    await begin(client, "/halls", token="7")
    await until(lambda: weather.met >= 1)
    await begin(client, "/halls", token="8")
    await begin(client, "/members", token="7")
    await client.send("1/members,")
    weather.clear()
    await client.until(lambda: connected(client, "/halls"))
    await client.until(lambda: client.events("/halls", "session:ready"))
    assert [ready["username"] for ready, *_ in client.events("/halls", "session:ready")] == ["guest8"]
    assert about(client, "/members") == []
    assert len(hub.sessions()) == 1


async def test_only_so_many_try_again_at_once(open_socket: Open, weather: Weather, hub: Hub) -> None:
    trying, most = 0, 0
    begun = hub.handlers.run

    async def counted(function: Any, *arguments: Any) -> Any:
        nonlocal trying, most
        trying += 1
        most = max(most, trying)
        try:
            return await begun(function, *arguments)
        finally:
            trying -= 1

    clients = [await open_socket() for _ in range(20)]
    weather.turn("database")
    for client in clients:
        await begin(client, "/halls", token="7")
    await until(lambda: weather.met >= 20)
    hub.handlers.run = counted  # type: ignore[method-assign]
    met = weather.met
    await until(lambda: weather.met >= met + 60)
    assert 0 < most <= holding.TRIES_AT_ONCE
    del hub.handlers.run  # type: ignore[method-assign]


async def test_no_room_is_missing_because_it_could_not_be_asked_about(open_socket: Open, weather: Weather) -> None:
    client = await open_socket()
    weather.turn("database")
    await begin(client, "/foyer")  # anonymous: only the policies of its automatic rooms are asked
    await until(lambda: weather.met >= 2)
    assert about(client, "/foyer") == []
    weather.clear()
    await client.until(lambda: client.events("/foyer", "session:ready"))
    [[ready]] = client.events("/foyer", "session:ready")
    assert all("position" in outcome for outcome in ready["rooms"].values())


async def test_who_finds_no_seat_is_sent_back_at_once_and_without_a_word(
    open_socket: Open, seatless: list[JsonClient]
) -> None:
    client = await open_socket()
    await begin(client, "/halls", token="7")
    await until(lambda: client.closed is not None)
    assert (client.texts, client.closed) == ([], CloseCode.TOO_MANY_CONNECTIONS)


async def test_who_finds_no_seat_beside_a_namespace_that_lives_waits_for_one(
    open_socket: Open, seatless: list[JsonClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.people.limits import limiter

    monkeypatch.setattr(limiter, "_SEAT_RETRY_MS", 20)
    monkeypatch.setattr(holding, "FIRST_WAIT_SECONDS", 0.01)
    client = await open_socket()
    await client.enter("/members", token="8")
    held = 0
    wait = holding.Patience.wait

    async def counted(self: holding.Patience, *arguments: Any) -> None:
        nonlocal held
        held += 1
        await wait(self, *arguments)

    monkeypatch.setattr(holding.Patience, "wait", counted)
    await begin(client, "/halls", token="7")
    await until(lambda: held >= 2)
    assert (await client.ask("/members", "session:ping", {}))["success"]
    assert about(client, "/halls") == []
    await seatless[0].close()
    await client.until(lambda: connected(client, "/halls"))


async def test_what_is_refused_for_good_is_told(open_socket: Open) -> None:
    client = await open_socket()
    assert (await client.enter("/halls", token="nobody"))["data"]["code"] == "UNAUTHENTICATED"
    assert (await client.enter("/halls", token="7:expired"))["data"]["code"] == "TOKEN_EXPIRED"
    assert (await client.enter("/members"))["data"]["code"] == "UNAUTHENTICATED"
    assert (await client.enter("/halls", rooms=7))["data"]["code"] == "VALIDATION"
    assert (await client.enter("/nowhere"))["message"] == "Invalid namespace"
    assert client.closed is None


async def test_a_process_that_leaves_takes_nobody_in(hub: Hub, connect: Connect, read: Read, open_socket: Open) -> None:
    hub.draining = True
    client = await connect(token="7")
    assert await client.ended() in COME_BACK
    assert client.frames[-1]["payload"]["retryAfter"] > 0
    assert (await (await read("rooms=hall:1")).refusal())[0] == 503
    assert (await told_to_event_source(read))["code"] == CloseCode.SERVICE_RESTART
    with pytest.raises(Exception, match="closed"):  # before accepting: its client tries again with growing delays
        await open_socket()


@pytest.mark.parametrize("outage", [True, False])
async def test_the_log_says_why_a_hub_does_not_start_and_of_an_outage_no_more_than_a_line(
    hub: Hub,
    connect: Connect,
    read: Read,
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    outage: bool,
) -> None:
    """Every client that comes causes one, also of a process that begins while PostgreSQL is away."""

    async def not_now(hub: Hub) -> None:
        raise Unavailable if outage else ZeroDivisionError("a defect")

    monkeypatch.setattr(Hub, "started", not_now)
    async with asyncio.timeout(5):
        assert await (await connect(token="7")).ended() in COME_BACK
    async with asyncio.timeout(5):
        assert (await (await read("rooms=hall:1")).refusal())[0] == 503
    async with asyncio.timeout(5):
        with pytest.raises(Exception, match="closed"):
            await open_socket()
    told = [record for record in caplog.records if record.getMessage().startswith("The hub does not start")]
    assert [bool(record.exc_info) for record in told] == [not outage] * 3


# WebSocket and JSON


@CAUSES
async def test_the_json_door_says_bye_and_that_one_may_come_back(
    connect: Connect, weather: Weather, cause: str
) -> None:
    weather.turn(cause)
    for client in (await connect(token="7"), await connect("/foyer")):
        assert await client.ended() in COME_BACK
        error, bye = client.frames
        assert (error["type"], error["payload"]["retryable"]) == ("error", True)
        assert (bye["type"], bye["payload"]["code"] in COME_BACK) == ("bye", True)
        assert bye["payload"].get("retryAfter") == error["payload"].get("retryAfter")


@CAUSES
async def test_so_it_does_when_what_comes_first_is_the_resuming(connect: Connect, weather: Weather, cause: str) -> None:
    client = await connect(query="resume", token="7")
    weather.turn(cause)
    await client.send({"requestId": "1", "type": "session:resume", "payload": {"rooms": {"hall:1": None}}})
    await client.send(
        {"requestId": "2", "type": "session:resume", "payload": {"rooms": {"hall:1": {"epoch": "", "seq": 0}}}}
    )
    assert await client.ended() in COME_BACK


async def test_who_finds_no_seat_hears_bye_and_may_come_back(connect: Connect, seatless: list[JsonClient]) -> None:
    client = await connect(token="7")
    assert await client.ended() == CloseCode.TOO_MANY_CONNECTIONS
    assert client.frames[-1]["payload"]["retryAfter"] > 0


# Server-sent events


async def told_to_event_source(read: Read, query: str = "rooms=hall:1", token: str | None = None) -> Any:
    """Returns the `bye` of a stream that does not begin, told as EventSource takes it."""
    stream = await read(query, token=token, Accept="text/event-stream")
    await stream.until(lambda: stream.ended)
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert [event["event"] for event in stream.events] == ["bye"]
    bye = json.loads(stream.events[0]["data"])["payload"]
    assert (stream.retry, stream.last_id) == (str(bye["retryAfter"]), "")
    return bye


@CAUSES
async def test_event_source_is_told_when_to_come_back_and_others_with_a_status(
    read: Read, weather: Weather, cause: str
) -> None:
    weather.turn(cause)
    for token in ("7", None):
        assert (await told_to_event_source(read, token=token))["code"] in COME_BACK
    stream = await read("rooms=hall:1")
    status, code = await stream.refusal()
    expected = {"rate": (429, "RATE_LIMITED"), "defect": (500, "INTERNAL")}.get(cause, (503, "UNAVAILABLE"))
    assert (status, code) == expected
    assert int(stream.headers["retry-after"]) >= 1


async def test_without_a_seat_event_source_comes_back_too(read: Read, seatless: list[JsonClient]) -> None:
    assert (await told_to_event_source(read, token="7"))["code"] == CloseCode.TOO_MANY_CONNECTIONS
    assert (await (await read("rooms=hall:1", token="7")).refusal()) == (429, "RATE_LIMITED")


async def test_event_source_is_refused_for_good_with_a_status(read: Read) -> None:
    assert (await (await read("rooms=vault:1", Accept="text/event-stream")).refusal())[0] == 401
    assert (await (await read("", Accept="text/event-stream")).refusal())[0] == 400


# What lives already


@CAUSES
async def test_a_sign_in_that_cannot_be_checked_again_ends_nobody_for_good(
    connect: Connect, weather: Weather, cause: str, hub: Hub
) -> None:
    client = await connect(token="7")
    await client.ready()
    weather.turn(cause)
    await sync_to_async(revoke)(user=7, reason="Something about you has changed.")
    assert await client.ended() in COME_BACK
    assert client.frames[-1]["payload"]["code"] in COME_BACK


async def test_a_room_that_cannot_be_asked_about_is_silent_until_it_can(
    connect: Connect, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.sessions import memberships
    from tests.realtime.sessions.test_session import say

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
    from realtime.models import Lease
    from realtime.sessions import memberships

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


def test_every_temporary_error_has_a_code_whose_range_says_come_back() -> None:
    from realtime.doors.errors import close_code

    wrong = [code for code, error in CATALOGUE.items() if error.retryable and close_code(error()) not in COME_BACK]
    assert wrong == []
