"""What is temporary ends nobody for good: each cause at each door, in this process.

Socket.IO's own way with it: `socketio/test_holding.py`. The same with clients that nobody here has written:
`test_temporary_stock.py`, over every transport.
"""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime.errors import CloseCode, Unavailable
from realtime.hub import Hub
from realtime.log.revocation import revoke
from realtime.testing.client import JsonClient
from tests.realtime.app.weather import Weather
from tests.realtime.doors.in_process import Open, open_socket
from tests.realtime.doors.temporary import CAUSES, COME_BACK, seatless, weather
from tests.realtime.doors.test_sse import Read, read
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub", "open_socket", "read", "seatless", "weather"]

pytestmark = pytest.mark.django_db(transaction=True)

# Every door


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
    found = [record for record in caplog.records if record.getMessage().startswith("The hub does not start")]
    assert [bool(record.exc_info) for record in found] == [not outage] * 3


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
    """Returns the `bye` of a stream that does not begin, sent as EventSource takes it."""
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
