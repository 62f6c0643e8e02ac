"""A CONNECT that cannot be answered now is held, without a word, until it can."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime.doors.socketio import holding
from realtime.doors.socketio.door import current_door
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.testing.client import JsonClient
from tests.realtime.app.weather import Weather
from tests.realtime.doors.in_process import BareClient, Open, open_socket
from tests.realtime.doors.temporary import CAUSES, COME_BACK, seatless, until, weather
from tests.realtime.halls import connect, hub

__all__ = ["connect", "hub", "open_socket", "seatless", "weather"]

pytestmark = pytest.mark.django_db(transaction=True)


async def begin(client: BareClient, namespace: str, **auth: Any) -> None:
    await client.send(f"0{namespace},{json.dumps(auth)}")


def connected(client: BareClient, namespace: str) -> bool:
    return any(text.startswith(f"0{namespace},") for text in client.texts)


def about(client: BareClient, namespace: str) -> list[str]:
    """Returns everything that was said of a namespace."""
    return [text for text in client.texts if text[1:].startswith(f"{namespace},")]


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
