"""The door at /events/: server-sent events, read-only, for pages whose sockets are blocked and for curl.

`GET /events/?rooms=book:1,chapter:5@<epoch>:<seq>`: each room from its position, or from now. Every event of the
log carries as its id the position in every room of the stream, so a browser that comes back with
`Last-Event-ID` goes on exactly where it was. The data is what the JSON door sends.

Source: HTML Living Standard, "Server-sent events".
"""

import asyncio
import contextlib
import hashlib
import logging
import math
import random
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from channels.consumer import AsyncConsumer
from django.core import signing

from realtime.conf import realtime_settings
from realtime.doors.engineio.http import Headers, answer, cross_origin_headers, header_of, query_of
from realtime.doors.errors import close_code
from realtime.doors.origin import with_origin
from realtime.doors.places import read_places, write_place
from realtime.errors import (
    ApplicationError,
    CloseCode,
    Forbidden,
    Internal,
    NotFound,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
)
from realtime.hub import Hub, current_hub, say_why_not_started
from realtime.identity import ANONYMOUS, Identity
from realtime.namespaces import Namespace
from realtime.positions import Position
from realtime.rooms import ROOM_TYPES
from realtime.sessions.authentication import Credentials, authenticate, cookies_of, credentials_of, origin_allowed
from realtime.sessions.session import Session, check_number_of_rooms
from realtime.transport.asgi import Receive, Scope, Send
from realtime.transport.connection import Connection
from realtime.transport.packets import Packet
from realtime.transport.wire import JSON, Wire, WireEvent
from realtime.transport.write_batch import WriteBatch

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
_HEARTBEAT = b":\n\n"
_SALT = "realtime.sse.ticket"
_STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_REOPEN_SECONDS = 24 * 3600


class EventPacket(Packet):
    """One event of a stream, without the empty line that ends it; `places` are the positions that it changes."""

    __slots__ = ("places",)

    def __init__(self, text: bytes, places: Mapping[str, Position | None] | None = None) -> None:
        super().__init__(text)
        self.places = places


class EventStreamWire(Wire):
    """The wire of server-sent events: `event` is the type, `data` one line of JSON."""

    def key(self, namespace: str) -> str:
        return "sse"

    def durable(self, namespace: str, event: WireEvent, position: Position) -> Packet:
        return EventPacket(_block(event.type, JSON.durable(namespace, event, position).text), {event.room: position})

    def ephemeral(self, namespace: str, event: WireEvent) -> Packet:
        return EventPacket(_block(event.type, JSON.ephemeral(namespace, event).text))

    def hidden(self, namespace: str, room: str, position: Position) -> Packet:
        return EventPacket(_block("hidden", JSON.hidden(namespace, room, position).text), {room: position})

    def notice(self, namespace: str, name: str, payload: Any, room: str | None = None) -> Packet:
        block = _block(name, JSON.notice(namespace, name, payload, room).text)
        if name == "bye" and "retryAfter" in payload:
            block += b"retry: %d\n" % payload["retryAfter"]
        return EventPacket(block, _moves_of(name, payload, room))


def _block(name: str, data: bytes) -> bytes:
    return b"event: %b\ndata: %b\n" % (name.encode(), data)


def _moves_of(name: str, payload: Any, room: str | None) -> dict[str, Position | None] | None:
    """Returns the places that a word of the engine names; None for a room that is left."""
    match name:
        case "session:ready" | "rooms:entered":
            return {name: outcome["position"] for name, outcome in payload["rooms"].items() if "position" in outcome}
        case "room:reset" if room is not None:
            return {room: payload["position"]}
        case "room:left" if room is not None:
            return {room: None}
    return None


EVENT_STREAM = EventStreamWire()


class StreamConnection(Connection):
    """The response of one stream."""

    __slots__ = ("_body", "_ending", "_limit", "_places", "_wake")

    def __init__(self, write_batch: WriteBatch, *, limit: int, address: str) -> None:
        super().__init__(write_batch, address=address)
        self._limit = limit
        self._places: dict[str, str] = {}
        self._body = bytearray()
        self._ending = False
        self._wake = asyncio.Event()

    def _send(self, packets: list[Packet]) -> None:
        for packet in packets:
            self._body += packet.text
            if isinstance(packet, EventPacket) and packet.places:
                self._move(packet.places)
                self._body += f"id: {' '.join(self._places.values())}\n".encode()
            self._body += b"\n"
        self._wake.set()
        if len(self._body) > self._limit:
            self.became_congested()

    def _move(self, places: Mapping[str, Position | None]) -> None:
        for room, position in places.items():
            if position is None:
                self._places.pop(room, None)
            else:
                self._places[room] = write_place(room, position)

    def buffered(self) -> int:
        return super().buffered() + len(self._body)

    def close(self, code: int, reason: str = "") -> None:
        self.flush()
        self._ending = True
        self._wake.set()

    def abort(self) -> None:
        self._body.clear()
        self.close(CloseCode.NORMAL)

    async def run(self, send: Send) -> None:
        """Sends what there is, and a sign of life when there is nothing, until the stream is closed."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            body, self._body = bytes(self._body), bytearray()
            await send({"type": "http.response.body", "body": body or _HEARTBEAT, "more_body": True})
            if self.congested and not self._body:
                self.became_drained()
            if self._ending and not self._body:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return


class EventStreamConsumer(AsyncConsumer):  # type: ignore[misc]  # channels is untyped
    """Serves one stream."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = with_origin(scope)
        headers = cross_origin_headers(scope, trusted=lambda scope: origin_allowed(dict(scope)))
        try:
            hub = await current_hub()
        except Exception as error:
            say_why_not_started(error)
            await _refuse(scope, send, headers, Unavailable(retry_after_ms=_soon_ms()))
            return
        try:
            if hub.draining:
                raise Unavailable(retry_after_ms=_soon_ms())
            connection, session, reopening = await _open(hub, scope)
        except ApplicationError as error:
            await _refuse(scope, send, headers, error)
            return
        except Exception:
            logger.exception("Opening a stream failed.")
            await _refuse(scope, send, headers, Internal(retry_after_ms=_soon_ms()))
            return
        try:
            await _stream(connection, receive, send, [*headers, *reopening])
        finally:
            connection.lost()
            hub.remove_connection(connection)
            await hub.spawn(session.close(clean=False))


def _soon_ms() -> int:
    return random.randint(*realtime_settings().retry_after_ms)  # noqa: S311  # spreads load, guards nothing


async def _refuse(scope: Scope, send: Send, headers: Headers, error: ApplicationError) -> None:
    """Answers a stream that does not begin.

    EventSource takes every status but 200 for final. To it, what is temporary is a stream that says when to come back
    and ends; any other client gets it as HTTP has it.
    """
    if error.retryable and "text/event-stream" in (header_of(scope, b"accept") or ""):
        retry_ms = error.retry_after_ms or _soon_ms()
        bye = {"code": int(close_code(error)), "reason": str(error), "retryAfter": retry_ms}
        body = EVENT_STREAM.notice("", "bye", bye).text + b"\n"
        await answer(send, 200, body, [*headers, *_STREAM_HEADERS])
        return
    headers.append((b"content-type", b"application/json"))
    if error.retryable:
        headers.append((b"retry-after", b"%d" % math.ceil((error.retry_after_ms or 1000) / 1000)))
    await answer(send, error.http_status, msgspec.json.encode(error.as_dict()), headers)


async def _open(hub: Hub, scope: Scope) -> tuple[StreamConnection, Session, Headers]:
    """Opens a session on the asked rooms; its stream has not begun. Raises ApplicationError, and nothing is open.

    Returns also the headers that let a ticket's stream be opened again.
    """
    if scope["method"] != "GET":
        raise ValidationFailed("Streams are read with GET.")
    query = query_of(scope)
    asked = _asked(query.get("rooms", ""))
    if not asked:
        raise ValidationFailed("Name the rooms: /events/?rooms=book:1,chapter:5.", details={"field": "rooms"})
    check_number_of_rooms(hub, len(asked))
    last_id = header_of(scope, b"last-event-id") or query.get("lastEventId") or ""
    known = read_places(last_id.split(" ")) or {}
    client = scope.get("client")
    address = client[0] if client else ""
    connection = StreamConnection(hub.write_batch, limit=hub.settings.outbound_limit_bytes, address=address)
    hub.add_connection(connection)
    try:
        await hub.seat(connection, ANONYMOUS)
        identity, reopening = await _authenticate(hub, connection, scope, sorted(asked))
        # Every room, by its own policy; nobody sends commands here.
        namespace = Namespace("/events", rooms=list(ROOM_TYPES.values()), listed=False)
        session = Session(hub, connection, EVENT_STREAM, namespace, identity)
        await session.open({room: known.get(room, position) for room, position in asked.items()})
        if missing := [room for room in asked if room not in session.memberships]:
            refusal = NotFound if identity.is_anonymous is False else Unauthenticated
            raise refusal(details={"rooms": missing})
    except BaseException:
        hub.remove_connection(connection)
        for opened in list(connection.sessions.values()):
            await hub.spawn(opened.close(clean=True))
        raise
    return connection, session, reopening


def _asked(rooms: str) -> dict[str, Position | None]:
    """Reads `rooms`: names separated by commas, each with its position behind an @ where the client has one."""
    asked: dict[str, Position | None] = {}
    for part in filter(None, rooms.split(",")):
        room, _, place = part.partition("@")
        asked[room] = None
        if place:
            read = read_places([f"{room}={place}"])
            if read is None:
                raise ValidationFailed("A position is <epoch>:<seq>.", details={"room": room[:100]})
            asked |= read
    return asked


async def _authenticate(hub: Hub, connection: Connection, scope: Scope, rooms: list[str]) -> tuple[Identity, Headers]:
    """Returns who reads, and the headers that let a stream which a ticket opened be opened again.

    A ticket is good once, and EventSource repeats its URL: a cookie of this stream's own lets it in again. The URL
    and the ids of events are in logs and lists; they alone let nobody in.
    """
    credentials = credentials_of(dict(scope))
    if credentials.token or not credentials.ticket:
        return await authenticate(hub, connection, credentials, dict(scope)), []
    mark = hashlib.sha256(credentials.ticket.encode()).hexdigest()[:32]
    bound = hashlib.sha256(",".join(rooms).encode()).hexdigest()[:32]
    name = f"realtime-stream-{mark[:16]}"
    if (again := _reopened(cookies_of(scope).get(name, ""), mark, bound)) is not None:
        return again, []
    identity = await authenticate(hub, connection, Credentials(ticket=credentials.ticket), dict(scope))
    value = signing.dumps([mark, bound, msgspec.to_builtins(identity)], salt=_SALT, compress=True)
    secure = "; Secure" if scope["scheme"] == "https" else ""
    terms = f"Path={scope['path']}; Max-Age={_REOPEN_SECONDS}; HttpOnly; SameSite=Strict{secure}"
    return identity, [(b"set-cookie", f"{name}={value}; {terms}".encode())]


def _reopened(cookie: str, mark: str, rooms: str) -> Identity | None:
    """Returns whose stream the cookie opens again; None for one that is not ours, or older than a day."""
    try:
        ticket, bound, identity = signing.loads(cookie, salt=_SALT, max_age=_REOPEN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if ticket != mark:
        return None
    if bound != rooms:
        raise Forbidden("The ticket belongs to another stream.")
    who = msgspec.convert(identity, Identity)
    if who.expires_at_ms is not None and who.expires_at_ms <= time.time_ns() // 1_000_000:
        raise Unauthenticated
    return who


async def _stream(connection: StreamConnection, receive: Receive, send: Send, headers: Headers) -> None:
    """Sends the stream until it is closed, or its client gone."""
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *_STREAM_HEADERS]})
    sending = asyncio.ensure_future(connection.run(send))
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        sending.cancel()
        gone.cancel()
        for ended in await asyncio.gather(sending, gone, return_exceptions=True):
            # Servers disagree on what sending to a lost client raises.
            if isinstance(ended, Exception) and not isinstance(ended, OSError | RuntimeError):
                logger.error("A stream failed.", exc_info=ended)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
