"""Engine.IO over HTTP: long-polling, and what browsers of other origins ask first.

Source: the Engine.IO protocol, revision 4, "HTTP long-polling"; ASGI HTTP connection scope.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

import msgspec

from realtime.doors.engineio.binding import new_cookie, shown_by
from realtime.doors.engineio.links import polled
from realtime.doors.engineio.server import EngineServer
from realtime.doors.errors import Refusal, RequestRefused
from realtime.errors import ApplicationError, TooLarge
from realtime.transport.asgi import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)

_TEXT = (b"content-type", b"text/plain; charset=UTF-8")
_JSON = (b"content-type", b"application/json")


class ClientGone(Exception):
    """The request was given up by its client; there is nobody to answer."""


def query_of(scope: Scope) -> dict[str, str]:
    """Returns the query's parameters, the last one of each name."""
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


def header_of(scope: Scope, name: bytes) -> str | None:
    """Returns the first header of that lower-case name."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def check_query(query: Mapping[str, str], transport: str) -> None:
    """Raises RequestRefused unless the request speaks our version over `transport`."""
    if query.get("transport") not in ("polling", "websocket"):
        raise RequestRefused(Refusal.UNKNOWN_TRANSPORT)
    if query.get("EIO") != "4":
        raise RequestRefused(Refusal.UNSUPPORTED_VERSION)
    if query["transport"] != transport:
        raise RequestRefused(Refusal.BAD_REQUEST)


def cross_origin_headers(scope: Scope, *, trusted: Callable[[Scope], bool]) -> Headers:
    """Returns what lets the asking origin read the answer.

    Cookies go with requests of trusted origins only; any other origin gets in with a token, or as nobody.
    """
    origin = header_of(scope, b"origin")
    if origin is None:
        return []
    if not trusted(scope):
        return [(b"access-control-allow-origin", b"*"), (b"vary", b"origin")]
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    ]


async def answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Sends a whole response; a client that is gone is no error."""
    length = (b"content-length", str(len(body)).encode())
    # Servers disagree on what sending to a lost client raises.
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """Reads a request's body. Raises TooLarge as soon as it passes `limit` bytes, ClientGone if it breaks off."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        part = event.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        if not event.get("more_body"):
            return b"".join(parts)


async def serve_polling(
    server: EngineServer, scope: Scope, receive: Receive, send: Send, *, trusted: Callable[[Scope], bool]
) -> None:
    """Answers one HTTP request of the endpoint."""
    headers = cross_origin_headers(scope, trusted=trusted)
    if scope["method"] == "OPTIONS":
        preflight = [
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", b"content-type, authorization"),
            (b"access-control-max-age", b"600"),
        ]
        await answer(send, 204, b"", headers + preflight if headers else headers)
        return
    try:
        body, kind = await _carry_out(server, scope, receive)
        if "sid" not in query_of(scope):
            headers += new_cookie(scope)
    except ClientGone:
        return
    except RequestRefused as error:
        logger.debug("%s of %.64r is refused: %s", scope["method"], query_of(scope).get("sid"), error.why)
        await answer(send, error.http_status, msgspec.json.encode(error.body), [*headers, _JSON])
    except ApplicationError as error:
        await answer(send, error.http_status, msgspec.json.encode(error.as_dict()), [*headers, _JSON])
    else:
        await answer(send, 200, body, [*headers, kind, (b"cache-control", b"no-store")])


async def _carry_out(server: EngineServer, scope: Scope, receive: Receive) -> tuple[bytes, tuple[bytes, bytes]]:
    query, method = query_of(scope), scope["method"]
    check_query(query, "polling")
    sid = query.get("sid")
    if sid is None:
        if method != "GET":
            raise RequestRefused(Refusal.BAD_METHOD)
        return polled([(await server.begin(scope)).open_packet()]), _TEXT
    if method == "GET":
        return await _until_gone(server.owner(sid).poll(sid, shown_by(scope)), receive), _TEXT
    if method == "POST":
        owner = server.owner(sid)
        await owner.post(sid, shown_by(scope), await read_body(receive, limit=server.options.max_payload))
        return b"ok", (b"content-type", b"text/html")
    raise RequestRefused(Refusal.BAD_REQUEST)


async def _until_gone(poll: Awaitable[bytes], receive: Receive) -> bytes:
    """Returns what `poll` brings; cancels it and raises ClientGone when the client gives up first."""
    polling = asyncio.ensure_future(poll)
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait((polling, gone), return_when=asyncio.FIRST_COMPLETED)
        if not polling.done():
            raise ClientGone
        return polling.result()
    finally:
        # Both are done with here, also when the server ends this request by cancelling it.
        polling.cancel()
        gone.cancel()
        await asyncio.gather(polling, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
