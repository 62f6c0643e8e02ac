"""Who is at the other end of a socket: the project's `Authenticator`."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from livrya.accounts.models import LoginSession, User
from livrya.accounts.services import tokens
from livrya.accounts.sessions import may_be_key
from realtime.identity import ANONYMOUS, Identity


class SocketAuthenticator:
    """Knows login sessions and access tokens; see `realtime.identity.Authenticator` and `AuthenticatorForMany`."""

    def from_session(self, session_key: str) -> Identity:
        """Returns the identity of a login session, in one query; ANONYMOUS when it is unknown or has ended."""
        [identity] = self.from_sessions([session_key])
        return identity

    def from_sessions(self, session_keys: list[str]) -> list[Identity]:
        """Answers `from_session` for each, in one query."""
        asked = [key for key in session_keys if may_be_key(key)]
        found = {session.session_key: session for session in _valid_sessions(session_key__in=asked)} if asked else {}
        return [_of_session(found[key]) if key in found else ANONYMOUS for key in session_keys]

    def from_token(self, token: str) -> Identity:
        """Returns the identity of an access token, in one query. Raises Unauthenticated or TokenExpired."""
        [answer] = self.from_tokens([token])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def from_tokens(self, given: list[str]) -> list[Identity | Exception]:
        """Answers `from_token` for each, in one query."""
        return [
            claims if isinstance(claims, Exception) else _identity(claims.user, claims.credential, claims.expires_at_ms)
            for claims in tokens.verify_many(given)
        ]

    def still_valid(self, identities: list[Identity]) -> list[bool]:
        """Answers for each identity whether it may go on as it is, in at most two queries.

        A person whose role changed since may not: what the connection was allowed must be asked afresh.
        """
        of_sessions = _named(identities, "session:")
        of_tokens = {int(name) for name in _named(identities, "jwt:") if name.isdigit()}
        people: dict[str, User | None] = {}
        if of_sessions:
            found = _valid_sessions(fingerprint__in=of_sessions)
            people |= {f"session:{session.fingerprint}": session.user for session in found}
        families = tokens.valid_families(of_tokens)
        people |= {tokens.family_credential(pk): family.user for pk, family in families.items()}
        now_ms = int(timezone.now().timestamp() * 1000)
        return [_holds(identity, people.get(identity.credential), now_ms) for identity in identities]


def _identity(user: User, credential: str, expires_at_ms: int | None) -> Identity:
    return Identity(user.pk, user.username, user.is_staff, credential, expires_at_ms, user.display_name)


def _of_session(session: LoginSession) -> Identity:
    assert session.user is not None
    return _identity(session.user, f"session:{session.fingerprint}", None)


def _valid_sessions(**wanted: Any) -> list[LoginSession]:
    """Returns those of the login sessions that still let their person in, with the person."""
    found = LoginSession.objects.filter(**wanted).select_related("user")
    now = timezone.now()
    return [
        session
        for session in found.only("session_key", "fingerprint", "auth_hash", "expire_date", *tokens.IDENTIFYING)
        if session.user and session.expire_date > now and tokens.is_valid_for(session.user, session.auth_hash)
    ]


def _holds(identity: Identity, user: User | None, now_ms: int) -> bool:
    if identity.is_anonymous:
        return True
    if identity.expires_at_ms is not None and identity.expires_at_ms <= now_ms:
        return False
    return user is not None and (user.pk, user.is_staff) == (identity.user_id, identity.is_staff)


def _named(identities: Iterable[Identity], prefix: str) -> set[str]:
    return {found.credential.removeprefix(prefix) for found in identities if found.credential.startswith(prefix)}
