"""Who is at the other end of a socket: the project's `Authenticator`."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model
from django.utils import timezone

from livrya.accounts.models import LoginSession, TokenFamily, User
from livrya.accounts.services import tokens
from livrya.accounts.sessions import may_be_key
from realtime.identity import ANONYMOUS, Identity

M = TypeVar("M", bound=Model)


class SocketAuthenticator:
    """Knows login sessions and access tokens; see `realtime.identity.Authenticator`."""

    def from_session(self, session_key: str) -> Identity:
        """Returns the identity of a login session, in one query; ANONYMOUS when it is unknown or has ended."""
        if not may_be_key(session_key):
            return ANONYMOUS
        session = LoginSession.objects.select_related("user").filter(session_key=session_key).first()
        if session is None or session.user is None or not _is_valid(session):
            return ANONYMOUS
        return _identity(session.user, f"session:{session.fingerprint}", None)

    def from_token(self, token: str) -> Identity:
        """Returns the identity of an access token, in one query. Raises Unauthenticated or TokenExpired."""
        claims = tokens.verify(token)
        return _identity(claims.user, claims.credential, claims.expires_at_ms)

    def still_valid(self, identities: list[Identity]) -> list[bool]:
        """Answers for each identity whether it may go on as it is, in at most two queries.

        A person whose role changed since may not: what the connection was allowed must be asked afresh.
        """
        of_sessions = _named(identities, "session:")
        of_tokens = {int(name) for name in _named(identities, "jwt:") if name.isdigit()}
        people: dict[str, User] = {}
        if of_sessions:
            sessions = LoginSession.objects.select_related("user").filter(fingerprint__in=of_sessions)
            people |= {
                f"session:{found.fingerprint}": found.user for found in sessions if found.user and _is_valid(found)
            }
        if of_tokens:
            families = TokenFamily.objects.select_related("user").filter(pk__in=of_tokens)
            people |= {tokens.family_credential(found.pk): found.user for found in families if tokens.is_valid(found)}
        now_ms = int(timezone.now().timestamp() * 1000)
        return [_holds(identity, people.get(identity.credential), now_ms) for identity in identities]


def _identity(user: User, credential: str, expires_at_ms: int | None) -> Identity:
    return Identity(user.pk, user.username, user.is_staff, credential, expires_at_ms, user.display_name)


def _is_valid(session: LoginSession) -> bool:
    user = session.user
    if user is None or not user.is_active or session.expire_date <= timezone.now():
        return False
    return session.auth_hash in [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]


def _holds(identity: Identity, user: User | None, now_ms: int) -> bool:
    if identity.is_anonymous:
        return True
    if identity.expires_at_ms is not None and identity.expires_at_ms <= now_ms:
        return False
    return user is not None and (user.pk, user.is_staff) == (identity.user_id, identity.is_staff)


def _named(identities: Iterable[Identity], prefix: str) -> set[str]:
    return {found.credential.removeprefix(prefix) for found in identities if found.credential.startswith(prefix)}
