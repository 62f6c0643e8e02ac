"""Server-sent events: rooms as a stream, gone on with exactly after a break, closed in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter

import realtime
from realtime.doors import sse
from realtime.errors import CloseCode
from realtime.hub import Hub
from realtime.identity import Identity
from realtime.models import Lease
from realtime.routing import http_urlpatterns
from realtime.servers.serving import drain
from realtime.sessions import tickets
from tests.realtime.app.events import HallRoom, Said, VaultRoom
from tests.realtime.halls import hub

__all__ = ["hub"]

pytestmark = pytest.mark.django_db(transaction=True)

_APPLICATION = URLRouter(http_urlpatterns)
_PATIENCE_SECONDS = 30.0

Event = dict[str, str]


class Stream:
    """One reader of a stream, as EventSource reads it; `last_id` is what it would send when it comes back."""

    def __init__(self, query: str, headers: dict[str, str]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.comments = 0
        self.last_id = ""
        self.events: list[Event] = []
        self.retry: str | None = None
        self.ended = False
        self.body = b""
        self._seen = 0
        self._arrived = asyncio.Event()
        self._inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/events/",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        self._inbound.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self._task = asyncio.create_task(_APPLICATION(scope, self._inbound.get, self._take))

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = {name.decode(): value.decode() for name, value in event["headers"]}
        else:
            self.body += event["body"]
            self._parse()
            self.ended = not event.get("more_body", False)
        self._arrived.set()

    def _parse(self) -> None:
        *blocks, self.body = self.body.split(b"\n\n")
        for block in blocks:
            event: Event = {}
            for line in block.decode().split("\n"):
                name, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.comments += 1
                elif name == "id":
                    self.last_id = value
                elif name == "retry":
                    self.retry = value
                else:
                    event[name] = value
            if "data" in event:
                self.events.append(event)

    async def until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not condition():
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"{self.status} {self.events} {self.body!r}") from None

    async def next(self, name: str) -> Any:
        """Returns the data of the next event of that name."""
        await self.until(lambda: any(event["event"] == name for event in self.events[self._seen :]))
        while True:
            event = self.events[self._seen]
            self._seen += 1
            if event["event"] == name:
                return json.loads(event["data"])

    async def refusal(self) -> tuple[int, str]:
        """Returns the status and code of a refused stream."""
        await self.until(lambda: self.ended)
        return self.status, json.loads(self.body)["code"]

    def texts(self) -> list[str]:
        return [json.loads(event["data"])["payload"]["text"] for event in self.events if event["event"] == "hall:said"]

    async def cut(self) -> None:
        self._inbound.put_nowait({"type": "http.disconnect"})
        await asyncio.wait([self._task])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.cut()


Read = Callable[..., Awaitable[Stream]]


@pytest.fixture
async def read(hub: Hub) -> AsyncIterator[Read]:
    """Opens streams: `await read("rooms=hall:1", token="7", last_id=…)`."""
    streams: list[Stream] = []

    async def open_stream(query: str, *, token: str | None = None, last_id: str = "", **headers: str) -> Stream:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        given |= {"Last-Event-ID": last_id} if last_id else {}
        stream = Stream(query, given | headers)
        streams.append(stream)
        await stream.until(lambda: stream.status > 0)
        return stream

    yield open_stream
    for stream in streams:
        await stream.cut()


async def say(hall: int, *texts: str) -> None:
    for text in texts:
        await realtime.aemit(HallRoom(hall), Said(text=text))


async def test_a_stream_carries_its_rooms_as_they_happen(read: Read) -> None:
    stream = await read("rooms=hall:1,hall:2")
    ready = await stream.next("session:ready")
    assert set(ready["payload"]["rooms"]) == {"hall:1", "hall:2"}
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-store"
    await say(1, "one")
    await say(3, "elsewhere")
    await say(2, "two")
    first, second = await stream.next("hall:said"), await stream.next("hall:said")
    assert (first["room"], first["payload"], first["seq"]) == ("hall:1", {"text": "one"}, 1)
    assert (second["room"], second["payload"]) == ("hall:2", {"text": "two"})


async def test_a_reader_that_comes_back_misses_and_repeats_nothing_in_any_room(read: Read) -> None:
    stream = await read("rooms=hall:1,hall:2")
    await stream.next("session:ready")
    await say(1, "one")
    await say(2, "two")
    await stream.until(lambda: stream.texts() == ["one", "two"])
    await stream.cut()
    await say(2, "three")
    await say(1, "four")
    again = await read("rooms=hall:1,hall:2", last_id=stream.last_id)
    await say(1, "five")
    await again.until(lambda: len(again.texts()) == 3)
    assert sorted(again.texts()) == ["five", "four", "three"]
    assert (await again.next("session:ready"))["payload"]["rooms"]["hall:1"]["recovered"] is True


async def test_a_break_after_any_event_is_gone_on_with_exactly(read: Read) -> None:
    """Every event carries an id of its own: also the first of several that left together."""
    await say(1, "before")
    stream = await read("rooms=hall:1@:0,hall:2")
    await stream.next("hall:said")
    ids = {}
    for text in ("a", "b", "c"):
        await say(1, text)
        await stream.until(lambda expected=text: stream.texts()[-1:] == [expected])
        ids[text] = stream.last_id
    for text, missed in (("a", ["b", "c"]), ("b", ["c"])):
        again = await read("rooms=hall:1,hall:2", last_id=ids[text])
        await again.until(lambda again=again, missed=missed: again.texts() == missed)


async def test_a_position_may_come_with_the_room(read: Read) -> None:
    await say(1, "one", "two", "three")
    stream = await read("rooms=hall:1@:0")
    await stream.until(lambda: stream.texts() == ["one", "two", "three"])
    position = (await stream.next("session:ready"))["payload"]["rooms"]["hall:1"]["position"]
    other = await read(f"rooms=hall:1@{position['epoch']}:1")
    await other.until(lambda: other.texts() == ["two", "three"])


@pytest.mark.parametrize(
    ("query", "token", "expected"),
    [
        ("", None, (400, "VALIDATION")),
        ("rooms=", None, (400, "VALIDATION")),
        ("rooms=hall:1@nonsense", None, (400, "VALIDATION")),
        ("rooms=" + ",".join(f"hall:{number}" for number in range(1, 300)), None, (400, "VALIDATION")),
        ("rooms=vault:1", None, (401, "UNAUTHENTICATED")),
        ("rooms=hall:1,vault:1", "7", (404, "NOT_FOUND")),
        ("rooms=nothing:1", "7", (404, "NOT_FOUND")),
        ("rooms=hall:1", "nobody", (401, "UNAUTHENTICATED")),
        ("rooms=hall:1", "7:expired", (401, "TOKEN_EXPIRED")),
        ("rooms=hall:1&ticket=unknown", None, (401, "UNAUTHENTICATED")),
    ],
)
async def test_a_stream_that_may_not_be_read_is_refused_with_its_reason(
    read: Read, query: str, token: str | None, expected: tuple[int, str]
) -> None:
    assert await (await read(query, token=token)).refusal() == expected


async def test_a_private_room_is_read_by_who_holds_the_key(read: Read) -> None:
    await Lease.objects.acreate(name="key:1:7", holder="test", expires_at="2030-01-01T00:00:00Z")
    stream = await read("rooms=vault:1", token="7")
    await stream.next("session:ready")
    await realtime.aemit(VaultRoom(1), Said(text="secret"))
    assert (await stream.next("hall:said"))["payload"] == {"text": "secret"}


async def test_a_page_of_the_same_site_reads_with_its_cookie(read: Read) -> None:
    cookie = {"Cookie": "sessionid=7", "Host": "localhost"}
    same = await read("rooms=hall:1", **cookie, **{"Sec-Fetch-Site": "same-origin"})
    assert (await same.next("session:ready"))["payload"]["userId"] == 7
    foreign = await read("rooms=hall:1", **cookie, **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    assert await foreign.refusal() == (403, "FORBIDDEN")


async def test_a_ticket_opens_one_stream_and_that_one_again(read: Read) -> None:
    ticket = await sync_to_async(tickets.issue_ticket)(Identity(7, "guest7", credential="jwt:7"))
    url = f"rooms=hall:1&ticket={ticket}"
    stream = await read(url)
    assert (await stream.next("session:ready"))["payload"]["userId"] == 7
    await say(1, "one")
    await stream.next("hall:said")
    await stream.cut()
    await say(1, "two")
    cookie = stream.headers["set-cookie"].partition(";")[0]
    again = await read(url, last_id=stream.last_id, Cookie=cookie)
    assert (await again.next("session:ready"))["payload"]["userId"] == 7
    await again.until(lambda: again.texts() == ["two"])
    assert (await (await read(url, last_id=stream.last_id)).refusal())[0] == 401
    assert (await (await read(f"rooms=hall:2&ticket={ticket}", Cookie=cookie)).refusal())[0] == 403
    assert (await (await read("rooms=hall:1&ticket=other", Cookie=cookie)).refusal())[0] == 401


async def test_a_ticket_s_stream_is_not_opened_again_for_who_has_left(read: Read) -> None:
    ticket = await sync_to_async(tickets.issue_ticket)(Identity(7, "guest7", credential="jwt:7"))
    stream = await read(f"rooms=hall:1&ticket={ticket}")
    await stream.next("session:ready")
    await Lease.objects.acreate(name="banned:7", holder="test", expires_at="2030-01-01T00:00:00Z")
    cookie = stream.headers["set-cookie"].partition(";")[0]
    assert (await (await read(f"rooms=hall:1&ticket={ticket}", Cookie=cookie)).refusal())[0] == 401


async def test_a_silent_stream_shows_that_it_lives(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_SECONDS", 0.01)
    stream = await read("rooms=hall:1")
    await stream.until(lambda: stream.comments >= 2)


async def test_a_server_that_leaves_ends_its_streams_in_order(read: Read, hub: Hub) -> None:
    stream = await read("rooms=hall:1")
    await stream.next("session:ready")
    await drain(hub, 5)
    bye = await stream.next("bye")
    assert bye["payload"]["code"] == CloseCode.SERVICE_RESTART
    await stream.until(lambda: stream.ended)
    assert stream.retry == str(bye["payload"]["retryAfter"])
    assert not hub.connections


async def test_a_reader_that_goes_leaves_nothing_behind(read: Read, hub: Hub) -> None:
    stream = await read("rooms=hall:1")
    await stream.next("session:ready")
    await stream.cut()
    assert not hub.connections
    assert not hub.rooms["hall:1"].members
