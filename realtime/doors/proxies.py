"""What is in front of the server: whose address a request has, and whether its way was encrypted.

Proxies of ours say it in `X-Forwarded-For` and `X-Forwarded-Proto`; anybody else may write there what they like.

Both applications hand on the coroutine of the one behind them: one of their own around it would be in memory for as
long as a socket is open.
"""

import re
from collections.abc import Awaitable
from ipaddress import IPv6Address, ip_address
from typing import Any

import msgspec
from asgiref.sync import markcoroutinefunction

from realtime.conf import realtime_settings
from realtime.errors import ApplicationError, Forbidden, ValidationFailed
from realtime.transport.asgi import Application, Receive, Scope, Send

_ENCRYPTED = {"http": "https", "websocket": "wss"}
_PLAIN = {"http": "http", "websocket": "ws"}
UNKEPT = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
"""What an answer of a door or of what is in front of it says: nobody keeps it, or takes it for something else."""
_WITH_PORT = re.compile(r"\[(?P<v6>[^\[\]]+)\](?::[0-9]{1,5})?|(?P<v4>[0-9.]+):[0-9]{1,5}")


class BehindProxies:
    """Puts the client's own address and scheme into the scope, for everything behind it: pages, API and sockets.

    Each proxy appends the address that it was asked from, so of `REALTIME["TRUSTED_PROXIES"]` proxies the first one's
    word is that many places from the end; what comes before it is the client's own invention. What is no
    address there is refused: counted as the proxy's own, which is often this machine, it would have no limit at all.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    @markcoroutinefunction
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        trusted = realtime_settings().trusted_proxies
        if trusted and scope["type"] in _PLAIN:
            try:
                # In place: the server's own log of requests names the client, too.
                scope.update(_forwarded(scope, trusted))
            except ValidationFailed as error:
                return _refuse(scope, receive, send, error)
        return self._application(scope, receive, send)


class EncryptedOnly:
    """Refuses what came over plain HTTP where `REALTIME["REQUIRE_TLS"]` is set: a credential would travel readably.

    A page is redirected to HTTPS before anything else; a socket or stream cannot be, it gets 403.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    @markcoroutinefunction
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not realtime_settings().require_tls or scope.get("scheme") == _ENCRYPTED[scope["type"]]:
            return self._application(scope, receive, send)
        return _refuse(scope, receive, send, Forbidden("Use HTTPS here."))


async def _refuse(scope: Scope, receive: Receive, send: Send, error: ApplicationError) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = msgspec.json.encode(error.as_dict())
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *UNKEPT]
    await send({"type": "http.response.start", "status": error.http_status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _forwarded(scope: Scope, trusted: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    addresses = _values(scope, b"x-forwarded-for")
    if addresses:
        address = _address(addresses[-min(trusted, len(addresses))])
        if not address:
            raise ValidationFailed("A proxy in front does not tell whose request this is.")
        found["client"] = (address, 0)
    if schemes := _values(scope, b"x-forwarded-proto"):
        encrypted = schemes[-min(trusted, len(schemes))].lower() in ("https", "wss")
        found["scheme"] = (_ENCRYPTED if encrypted else _PLAIN)[scope["type"]]
    return found


def _values(scope: Scope, name: bytes) -> list[str]:
    values = b",".join(value for key, value in scope["headers"] if key == name).decode("latin-1").split(",")
    return [value.strip() for value in values if value.strip()]


def _address(text: str) -> str:
    """Returns the address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`; "" for anything else.

    One way of writing each: IPv4 inside IPv6 is IPv4, and an interface (`%eth0`) is somebody else's.
    """
    if written := _WITH_PORT.fullmatch(text):
        text = written["v6"] or written["v4"]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)
