"""Who is at the other end of a session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Protocol, runtime_checkable

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from realtime.conf import realtime_settings
from realtime.errors import TokenExpired, Unauthenticated


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, or nobody in particular (`user_id` None: anonymous, read-only, never in lists).

    `credential` names what let them in: `session:<hash of the session key>`, `jwt:<refresh family>` or
    "anonymous"; revoking it ends every connection that it opened. `expires_at_ms` is Unix milliseconds,
    None when it lasts as long as the login session. `display_name` is what they were called when they came; lists of
    people show it.
    """

    user_id: int | None
    username: str = ""
    is_staff: bool = False
    credential: str = "anonymous"
    expires_at_ms: int | None = None
    display_name: str = ""

    def __hash__(self) -> int:
        return hash((self.user_id, self.credential))  # crowds are looked up by it, and these tell all apart

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None


ANONYMOUS = Identity(user_id=None)


class Authenticator(Protocol):
    """Turns credentials into identities; the project names its own in `REALTIME["AUTHENTICATOR"]`.

    Sync and touching the database: called from an executor, never from the loop, in a snapshot that may not write.
    """

    def from_session(self, session_key: str) -> Identity:
        """Returns the identity of a login session; ANONYMOUS when it is unknown or has ended."""

    def from_token(self, token: str) -> Identity:
        """Returns the identity of an access token. Raises Unauthenticated or TokenExpired."""

    def still_valid(self, identities: list[Identity]) -> list[bool]:
        """Answers for each identity whether its credential still holds, in a constant number of queries."""


@runtime_checkable
class AuthenticatorForMany(Protocol):
    """What an `Authenticator` may have besides: many sign-ins in a constant number of queries, as after a restart."""

    def from_sessions(self, session_keys: list[str]) -> Sequence[Identity | Exception]:
        """Answers `from_session` for each; what it would raise is an answer."""

    def from_tokens(self, tokens: list[str]) -> Sequence[Identity | Exception]:
        """Answers `from_token` for each; what it would raise is an answer."""


@lru_cache(maxsize=1)
def authenticator() -> Authenticator:
    """Returns the project's authenticator."""
    made: Authenticator = import_string(realtime_settings().authenticator)()
    return made


def from_sessions(session_keys: list[str]) -> Sequence[Identity | Exception]:
    """Returns the identities of login sessions, see `Authenticator.from_session`."""
    known = authenticator()
    if isinstance(known, AuthenticatorForMany):
        return known.from_sessions(session_keys)
    return [_tried(known.from_session, key) for key in session_keys]


def from_tokens(tokens: list[str]) -> Sequence[Identity | Exception]:
    """Returns the identities of access tokens; what is no good is an answer, see `Authenticator.from_token`."""
    known = authenticator()
    if isinstance(known, AuthenticatorForMany):
        return known.from_tokens(tokens)
    return [_tried(known.from_token, token) for token in tokens]


def _tried(look_up: Callable[[str], Identity], credential: str) -> Identity | Exception:
    try:
        return look_up(credential)
    except (Unauthenticated, TokenExpired) as error:
        return error


@receiver(setting_changed)
def _forget(setting: str, **kwargs: Any) -> None:
    if setting == "REALTIME":
        authenticator.cache_clear()


UNKNOWN = "unknown"
"""All whose address nobody knows count as one: behind a proxy that does not say it, anybody could be among them."""


def client_counted_as(address: str) -> str:
    """Returns the name under which a connection's seats and points are counted, "" for none.

    None for this machine itself, where nothing is in front of it: a developer's browser, a benchmark. Behind
    proxies (`REALTIME["TRUSTED_PROXIES"]`) what still comes from it is a client that no proxy has named.
    """
    parsed = _parsed(address)
    if parsed is not None and parsed.is_loopback and not realtime_settings().trusted_proxies:
        return ""
    return _counted(parsed) or UNKNOWN


def tries_counted_as(address: str) -> str:
    """Returns the name under which tries over HTTP are counted: loopback counts as one, and so do all unknown ones."""
    return counted_as(address) or address or UNKNOWN


def counted_as(address: str) -> str:
    """Returns the name under which an address is counted, "" for one that is no client's own (loopback, unknown).

    Whoever has an IPv6 address has 2^64 of them: what is counted is the network.
    """
    return _counted(_parsed(address))


@lru_cache(maxsize=4096)  # each connection asks three times about its own, and many come from one
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _counted(address: IPv4Address | IPv6Address | None) -> str:
    if address is None or address.is_loopback:
        return ""
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else str(address)
