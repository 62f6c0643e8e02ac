"""What stands in an address (an id, a spent ticket, the last event's id) does not make anybody of its reader."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter

import realtime
from realtime.doors.routing import websocket_urlpatterns
from realtime.hub import Hub
from realtime.identity import Identity
from realtime.sessions import tickets
from realtime.testing.client import ApplicationTransport, Closed
from tests.realtime.app.events import HallRoom, Said
from tests.realtime.doors.plain_http import Answered, ask
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

POLLING = "/socket.io/?EIO=4&transport=polling"
SIGNED_IN = {"Cookie": "sessionid=7", "Host": "localhost", "Sec-Fetch-Site": "same-origin"}
BY_TOKEN = {"Authorization": "Bearer 7"}
ELSEWHERE = "192.0.2.66"


class Polling:
    """One polling client, and somebody who has read its address in a log."""

    def __init__(self, opened: Answered, headers: dict[str, str], client: str) -> None:
        self.opened = opened
        self.sid = json.loads(opened.body[1:])["sid"]
        self.address = f"{POLLING}&sid={self.sid}"
        self.headers = headers
        self.client = client

    @classmethod
    async def open(cls, headers: dict[str, str] | None = None, *, client: str = "192.0.2.1") -> "Polling":
        opened = await ask(POLLING, headers=headers, client=client)
        assert opened.status == 200, opened
        return cls(opened, headers or {}, client)

    async def say(self, packet: str, **request: Any) -> int:
        request = {"headers": self.headers, "client": self.client} | request
        return (await ask(self.address, packet.encode(), **request)).status

    async def hear(self, **request: Any) -> Answered:
        request = {"headers": self.headers, "client": self.client} | request
        return await ask(self.address, **request)

    async def enter(self, **auth: Any) -> None:
        assert await self.say(f"40/halls,{json.dumps(auth)}") == 200
        await self.until(b"session:ready")

    async def until(self, words: bytes) -> None:
        async with asyncio.timeout(30):
            while words not in (await self.hear()).body:
                pass


def unknown(answer: Answered) -> bool:
    return (answer.status, json.loads(answer.body)) == (400, {"code": 1, "message": "Session ID unknown"})


@pytest.mark.parametrize("headers", [SIGNED_IN, BY_TOKEN], ids=["cookie", "token"])
async def test_an_id_is_nothing_without_what_signed_its_session_in(hub: Hub, headers: dict[str, str]) -> None:
    client = await Polling.open(headers)
    await client.enter()
    for shown in ({}, {"Cookie": "sessionid=8"}, {"Authorization": "Bearer 8"}):
        assert unknown(await client.hear(headers=shown))
        assert await client.say('42/halls,["hall:say",{"hallId":1,"text":"not me"}]', headers=shown) == 400
    # Its session has not noticed.
    await client.say('42/halls,0["hall:join",{"hallId":1}]')
    await client.until(b"43/halls,0")


async def test_an_id_is_nothing_without_the_cookie_that_its_client_keeps(hub: Hub) -> None:
    client = await Polling.open()
    client.headers = {"Cookie": client.opened.cookie}
    await client.enter(token="7")
    assert unknown(await client.hear(headers={}))
    assert unknown(await client.hear(headers={"Cookie": client.opened.cookie + "x"}))
    # A phone that changes its network keeps its cookie.
    client.client = ELSEWHERE
    await client.say('42/halls,0["hall:join",{"hallId":1}]')
    await client.until(b"43/halls,0")


async def test_where_a_client_keeps_no_cookie_an_id_counts_at_its_address_alone(hub: Hub) -> None:
    """Stock clients in Node keep none by themselves."""
    client = await Polling.open()
    await client.enter(token="7")
    assert unknown(await client.hear(client=ELSEWHERE))
    # Nor does somebody else's cookie take the session over.
    assert unknown(await client.hear(client=ELSEWHERE, headers={"Cookie": "realtime-door=mine"}))
    await client.say('42/halls,0["hall:join",{"hallId":1}]')
    await client.until(b"43/halls,0")


async def test_what_a_session_still_had_to_say_is_for_its_client(hub: Hub) -> None:
    client = await Polling.open(SIGNED_IN)
    await client.enter()
    [session] = hub.sessions()
    session.end(1012, "The server restarts.", retry_after_ms=1)
    for connection in list(hub.connections.values()):
        connection.close(1012, "")
    assert unknown(await client.hear(headers={}))
    assert b'"bye"' in (await client.hear()).body


async def test_tabs_of_one_browser_share_the_cookie(hub: Hub) -> None:
    first = await Polling.open()
    first.headers = {"Cookie": first.opened.cookie}
    await first.enter()
    second = await Polling.open(first.headers)
    assert "set-cookie" not in second.opened.headers
    await second.enter()
    assert await first.say('42/halls,["hall:join",{"hallId":1}]') == 200


async def test_who_is_signed_in_by_cookie_gets_no_other(hub: Hub) -> None:
    assert "set-cookie" not in (await Polling.open(SIGNED_IN)).opened.headers
    cookie = (await Polling.open(BY_TOKEN)).opened.headers["set-cookie"]
    assert {"HttpOnly", "Path=/"} <= set(cookie.split("; "))


async def upgrade(client: Polling, headers: dict[str, str], address: str) -> bool:
    scope = {
        "type": "websocket",
        "path": "/socket.io/",
        "scheme": "ws",
        "query_string": f"EIO=4&transport=websocket&sid={client.sid}".encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [],
        "client": (address, 1),
        "extensions": {},
    }
    link = ApplicationTransport(URLRouter(websocket_urlpatterns), scope)
    try:
        await link.accepted()
        await link.send("2probe")
        taken = await link.receive() == "3probe"
    except Closed:
        taken = False
    await link.close(1006)
    return taken


async def test_an_upgrade_needs_it_too_as_far_as_browsers_can_show_it(hub: Hub) -> None:
    signed_in = await Polling.open(SIGNED_IN)
    await signed_in.enter()
    assert not await upgrade(signed_in, {}, "192.0.2.1")
    assert await upgrade(signed_in, {"Cookie": "sessionid=7"}, ELSEWHERE)

    # A page's own headers go with its polls, but never with its WebSocket: there the cookie stands for them.
    by_token = await Polling.open(BY_TOKEN)
    by_token.headers = {**BY_TOKEN, "Cookie": by_token.opened.cookie}
    await by_token.enter()
    assert not await upgrade(by_token, {}, "192.0.2.1")
    assert not await upgrade(by_token, {"Authorization": "Bearer 8"}, "192.0.2.1")
    assert await upgrade(by_token, {"Cookie": by_token.opened.cookie}, ELSEWHERE)


async def test_the_id_of_an_event_opens_nothing(hub: Hub) -> None:
    ticket = await sync_to_async(tickets.issue_ticket)(Identity(7, "guest7", credential="jwt:7"))
    address = f"/events/?rooms=hall:1@:0&ticket={ticket}"
    await realtime.aemit(HallRoom(1), Said(text="one"))
    stream = await ask(address, until=b"hall:said")
    assert stream.status == 200
    ids = {line.removeprefix(b"id: ").decode() for line in stream.body.split(b"\n") if line.startswith(b"id: ")}
    for last in ids:
        assert (await ask(address, headers={"Last-Event-ID": last})).status == 401
        assert (await ask(f"{address}&lastEventId={last.replace(' ', '+')}")).status == 401
    # EventSource repeats its address with the cookies of its browser.
    assert {"HttpOnly", "SameSite=Strict", "Path=/events/"} <= set(stream.headers["set-cookie"].split("; "))
    again = await ask(address, headers={"Cookie": stream.cookie}, until=b"session:ready")
    assert b'"userId":7' in again.body
