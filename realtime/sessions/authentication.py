"""Who comes in: credentials out of a handshake, and whose identity they prove."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.cookie import parse_cookie
from django.http.request import validate_host

from realtime.conf import realtime_settings
from realtime.errors import Forbidden, TokenExpired, Unauthenticated
from realtime.hub.hub import Hub
from realtime.identity import ANONYMOUS, Identity
from realtime.sessions import tickets
from realtime.transport.connection import Connection


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a handshake offers; at most one of them counts, in this order: token, ticket, cookie."""

    token: str | None = None
    ticket: str | None = None
    session_key: str | None = None

    def __bool__(self) -> bool:
        return bool(self.token or self.ticket or self.session_key)


def header(scope: dict[str, Any], name: bytes) -> str:
    """Returns a header of the handshake, "" when it is missing."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return ""


_SECRET = frozenset((b"authorization", b"cookie"))
_KEPT_HEADERS = _SECRET | {b"host", b"origin"}


def kept_of(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what is asked of a handshake for as long as its connection lasts: all that `credentials_of`,
    `cookies_of` and `origin_allowed` read. The scope itself is ten times as large. Not to be changed: clients that have
    nothing of their own in it share it."""
    query: bytes = scope.get("query_string", b"")
    offered = tuple(scope.get("subprotocols", ()))
    headers = tuple((name, value) for name, value in scope["headers"] if name in _KEPT_HEADERS)
    # A secret is to be forgotten with its connection, so whatever may hold one is kept by that alone.
    token = any(name.startswith(realtime_settings().token_subprotocol) for name in offered)
    if token or b"ticket" in query or not _SECRET.isdisjoint(dict(headers)):
        return _kept.__wrapped__(headers, query, offered)
    return _kept(headers, query, offered)


@lru_cache(maxsize=256)
def _kept(headers: tuple[tuple[bytes, bytes], ...], query: bytes, subprotocols: tuple[str, ...]) -> dict[str, Any]:
    return {"headers": headers, "query_string": query, "subprotocols": subprotocols}


def credentials_of(scope: dict[str, Any]) -> Credentials:
    """Reads the handshake's credentials: subprotocol or Authorization, ticket in the URL, session cookie."""
    prefix = realtime_settings().token_subprotocol
    token: str | None = next(
        (offered.removeprefix(prefix) for offered in scope.get("subprotocols", ()) if offered.startswith(prefix)), None
    )
    scheme, _, bearer = header(scope, b"authorization").partition(" ")
    if token is None and scheme.lower() == "bearer":
        token = bearer.strip()
    query: bytes = scope.get("query_string", b"")
    may_have_one = b"ticket" in query or b"%" in query  # taking apart what has none was a fiftieth of a connect
    ticket = parse_qs(query.decode("latin-1")).get("ticket", [None])[0] if may_have_one else None
    return Credentials(token or None, ticket, cookies_of(scope).get(settings.SESSION_COOKIE_NAME))


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Returns the cookies as a page's request has them: read by Django. Of several headers as of one.

    Any other parser disagrees with pages about some cookie that a stranger on a sibling domain can set, and then
    the page is signed in while its socket is not.
    """
    given = [bytes(value).decode("latin-1") for key, value in scope["headers"] if key == b"cookie"]
    return parse_cookie("; ".join(given))


def origin_allowed(scope: dict[str, Any]) -> bool:
    """Tells whether the page behind the handshake may use the visitor's cookie: same origin, or listed.

    Without an Origin header (not a browser) a cookie is refused too.
    """
    origin = header(scope, b"origin")
    if not origin:
        return False
    if origin in realtime_settings().allowed_origins or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    schemes = ("https",) if realtime_settings().require_tls else ("http", "https")
    try:
        parts = urlsplit(origin)
        return (
            parts.scheme in schemes
            and parts.netloc == header(scope, b"host")
            and validate_host(parts.hostname or "", settings.ALLOWED_HOSTS)
        )
    except ValueError:  # a bracket without its other half, or what is no address between them
        return False


async def authenticate(hub: Hub, connection: Connection, credentials: Credentials, scope: dict[str, Any]) -> Identity:
    """Returns whose the credentials are; ANONYMOUS without any, or when the login session has ended.

    What is no good is counted against the connection's address, whichever door it was tried at.

    Raises Unauthenticated or TokenExpired for a token or ticket that is no good, Forbidden for a cookie
    sent from a foreign page, RateLimited where too many were no good.
    """
    limits = connection.limits if credentials else None
    if limits is None:
        return await _look_up(hub, credentials, scope)
    await limits.before_looking_up()
    try:
        identity = await _look_up(hub, credentials, scope)
    except (Unauthenticated, TokenExpired):
        await limits.looked_up_in_vain()
        raise
    if identity.is_anonymous:
        await limits.looked_up_in_vain()
    return identity


async def _look_up(hub: Hub, credentials: Credentials, scope: dict[str, Any]) -> Identity:
    if credentials.token:
        return await hub.authorizer.from_token(credentials.token)
    if credentials.ticket:
        return await hub.handlers.run(tickets.redeem, credentials.ticket)
    if credentials.session_key:
        identity = await hub.authorizer.from_session(credentials.session_key)
        if not identity.is_anonymous and not origin_allowed(scope):
            raise Forbidden("This page may not use your sign-in here.")
        return identity
    return ANONYMOUS
