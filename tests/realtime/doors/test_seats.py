"""Every connection has a seat of its address from its beginning to its end, at every door, whatever it says or not."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.routing import ProtocolTypeRouter, URLRouter

from realtime.hub import Hub
from realtime.routing import http_urlpatterns, websocket_application
from tests.realtime.doors.in_process import open_socket
from tests.realtime.doors.plain_http import ask
from tests.realtime.halls import connect, hub

__all__ = ["connect", "hub", "open_socket"]

pytestmark = pytest.mark.django_db(transaction=True)

APPLICATION = ProtocolTypeRouter({"websocket": websocket_application, "http": URLRouter(http_urlpatterns)})
ADDRESS = "203.0.113.9"
SEATS = 2
PATIENCE_SECONDS = 20.0
POLLING = "/socket.io/?EIO=4&transport=polling"


class Visitor:
    """One connection from an address; says nothing by itself. `events` is what the application sent."""

    def __init__(self, kind: str, address: str, client: str) -> None:
        path, _, query = address.partition("?")
        scope: dict[str, Any] = {
            "type": kind,
            "path": path,
            "query_string": query.encode(),
            "headers": [],
            "client": (client, 1),
        }
        if kind == "websocket":
            scope |= {"subprotocols": ["livrya.v1"], "extensions": {"websocket.http.response": {}}}
        else:
            scope |= {"method": "GET", "scheme": "http"}
        self.kind = kind
        self.events: list[dict[str, Any]] = []
        self._arrived = asyncio.Event()
        self._inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbound.put_nowait({"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request"})
        self.task = asyncio.create_task(APPLICATION(scope, self._inbound.get, self._take))

    async def _take(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        self._arrived.set()
        if event["type"] == "websocket.close":
            self._inbound.put_nowait({"type": "websocket.disconnect", "code": event["code"]})

    async def first(self) -> dict[str, Any]:
        """Returns the first thing that came: an accept, a refusal, the beginning of an answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.events:
                self._arrived.clear()
                await self._arrived.wait()
        return self.events[0]

    @property
    def text(self) -> str:
        return "".join(event.get("text") or event.get("body", b"").decode() for event in self.events)

    async def hears(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in self.text:
                self._arrived.clear()
                await self._arrived.wait()

    async def goes(self) -> None:
        """Is gone without a word."""
        for _ in range(2):  # an answer that refuses waits for both ends
            self._inbound.put_nowait({"type": f"{self.kind}.disconnect", "code": 1006})
        await asyncio.wait([self.task], timeout=PATIENCE_SECONDS)
        assert self.task.done()
        if not self.task.cancelled():
            self.task.result()


Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def visit(hub: Hub) -> AsyncIterator[Visit]:
    """Opens connections at an address that has two seats."""
    assert hub.limiter is not None
    hub.limiter.limits = dataclasses.replace(hub.limiter.limits, seats_per_address=SEATS)
    visitors: list[Visitor] = []

    async def visited(kind: str, address: str, client: str = ADDRESS) -> Visitor:
        visitors.append(Visitor(kind, address, client))
        await visitors[-1].first()
        return visitors[-1]

    yield visited
    for visitor in visitors:
        await visitor.goes()


async def is_let_in(visit: Visit) -> bool:
    """Tells whether the address has a seat left, and leaves it free."""
    visitor = await visit("websocket", "/ws/halls/")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "session:ready" not in visitor.text and "RATE_LIMITED" not in visitor.text:
            visitor._arrived.clear()
            await visitor._arrived.wait()
    await visitor.goes()
    return "session:ready" in visitor.text


async def until_let_in(visit: Visit) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_let_in(visit):  # noqa: ASYNC110  # the end of another connection
            await asyncio.sleep(0.01)


WAYS = [
    ("websocket", "/ws/halls/"),
    ("websocket", "/ws/halls/?resume"),
    ("websocket", "/ws/members/"),
    ("websocket", "/socket.io/?EIO=4&transport=websocket"),
    ("http", "/events/?rooms=hall:1"),
]
NAMES = ["a session", "before its first message", "before signing in", "in no namespace", "a stream"]


@pytest.mark.parametrize(("kind", "address"), WAYS, ids=NAMES)
async def test_a_connection_has_a_seat_from_its_beginning_to_its_end(visit: Visit, kind: str, address: str) -> None:
    held = [await visit(kind, address) for _ in range(SEATS)]
    assert not await is_let_in(visit)
    other = await visit("websocket", "/ws/halls/", "198.51.100.7")
    await other.hears("session:ready")
    await held[0].goes()
    await until_let_in(visit)
    held[1].task.cancel()  # as a server that ends does
    await asyncio.wait([held[1].task])
    for _ in range(SEATS):
        await until_let_in(visit)


async def polled(method: str = "GET", body: bytes | None = None, sid: str = "") -> tuple[int, bytes]:
    answered = await ask(f"{POLLING}&sid={sid}" if sid else POLLING, body, client=ADDRESS)
    return answered.status, answered.body


async def test_so_has_one_on_polling_that_never_comes_back(visit: Visit, hub: Hub) -> None:
    sids = []
    for _ in range(SEATS):
        status, body = await polled()
        assert status == 200
        sids.append(json.loads(body[1:])["sid"])
    status, body = await polled()
    assert (status, json.loads(body)["code"]) == (429, "RATE_LIMITED")
    assert not await is_let_in(visit)
    assert await polled(body=b"1", sid=sids[0]) == (200, b"ok")
    await until_let_in(visit)
    connection = next(iter(hub.connections.values()))
    connection.abort()  # as its heartbeat does
    for _ in range(SEATS):
        await until_let_in(visit)


async def test_an_engineio_websocket_without_a_seat_is_not_accepted(visit: Visit) -> None:
    """429 or 403 at the handshake: stock clients come back by themselves."""
    for _ in range(SEATS):
        await visit("websocket", "/socket.io/?EIO=4&transport=websocket")
    refused = await visit("websocket", "/socket.io/?EIO=4&transport=websocket")
    assert (refused.events[0]["type"], refused.events[0]["status"]) == ("websocket.http.response.start", 429)


async def test_a_refused_stream_and_a_refused_session_leave_nothing_taken(visit: Visit) -> None:
    for address in ("/events/?rooms=hall:1,nothing:1", "/events/", "/events/?rooms=vault:1"):
        for _ in range(SEATS + 1):
            await (await visit("http", address)).goes()
    for _ in range(SEATS + 1):
        nowhere = await visit("websocket", "/ws/nowhere/")
        await nowhere.hears("bye")
        await nowhere.goes()
    await until_let_in(visit)
