"""What shows that a request comes from whoever opened its session: the id alone is in addresses, and so in logs.

Polling has no connection, only the id in every request's address. So later requests must show one thing more that
is in no address, the best that their client can carry; docs/decisions/an-address-lets-nobody-in.md says which.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from realtime.identity import counted_as
from realtime.sessions.authentication import cookies_of, credentials_of

_PLAIN_NAME = "realtime-door"
# With the prefix browsers take it from this host alone, so no other host of the domain can put its own in its place.
_SECURE_NAME = f"__Host-{_PLAIN_NAME}"


class Shown(msgspec.Struct, frozen=True):
    """What one request shows: hashes of its login session, token and door's cookie ("": none), and its address.

    `can_carry` is False for the handshake of a WebSocket, to which browsers add no token of a page's own.
    """

    session: str = ""
    token: str = ""
    cookie: str = ""
    address: str = ""
    can_carry: bool = True


class Binding:
    """What the later requests of one polling session must show. Belongs to the loop."""

    __slots__ = ("_address", "_cookie", "_session", "_token")

    def __init__(self, opened: Shown) -> None:
        self._session = opened.session
        self._token = opened.token
        self._address = opened.address
        # Decided by the first later request: nobody else can know the id by then.
        self._cookie: str | None = None

    def admits(self, shown: Shown) -> bool:
        """Tells whether a request that shows this may speak for the session."""
        if self._cookie is None:
            self._cookie = shown.cookie
        if self._session:
            return hmac.compare_digest(self._session, shown.session)
        if self._token and (shown.token or shown.can_carry):
            return hmac.compare_digest(self._token, shown.token)
        if self._cookie:
            return hmac.compare_digest(self._cookie, shown.cookie)
        return shown.address == self._address


class _Nobody(Binding):
    """Admits no request at all."""

    __slots__ = ()

    def admits(self, shown: Shown) -> bool:
        return False


NOBODY = _Nobody(Shown())
"""Of a session that began on a WebSocket: it has no other requests, and whoever makes one gets `Session ID unknown`."""


def shown_by(scope: Mapping[str, Any]) -> Shown:
    """Returns what the request shows."""
    credentials = credentials_of(dict(scope))
    client = scope.get("client")
    address = client[0] if client else ""
    return Shown(
        _hash(credentials.session_key),
        _hash(credentials.token),
        _hash(cookies_of(scope).get(_name(scope))),
        counted_as(address) or address,
        scope["type"] == "http",
    )


def new_cookie(scope: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Returns the header that gives a new client the door's cookie; nothing for one that has it, or a sign-in's.

    It says nothing about anybody, and is the browser's, not the session's: tabs share it.
    """
    if cookies_of(scope).get(_name(scope)) or credentials_of(dict(scope)).session_key:
        return []
    secure = "; Secure" if _encrypted(scope) else ""
    cookie = f"{_name(scope)}={secrets.token_urlsafe(16)}; Path=/; HttpOnly; SameSite=Lax{secure}"
    return [(b"set-cookie", cookie.encode())]


def _name(scope: Mapping[str, Any]) -> str:
    return _SECURE_NAME if _encrypted(scope) else _PLAIN_NAME


def _encrypted(scope: Mapping[str, Any]) -> bool:
    return scope.get("scheme") in ("https", "wss")


def _hash(secret: str | None) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32] if secret else ""
