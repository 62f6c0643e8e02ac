"""Asking of a thousand connections whether what let them in is still valid, and ending all sign-ins of one person."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from benchmarks.choices.people import people
from benchmarks.choices.statements import statements
from benchmarks.choices.tables import interleaved, table
from livrya.accounts.models import LoginSession, TokenFamily, User
from livrya.accounts.services.tokens import family_credential
from livrya.accounts.sockets import SocketAuthenticator
from realtime.identity import Identity

CONNECTIONS = 1000
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _content(user: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def _identities(users: list[User]) -> list[Identity]:
    """Lets half of the people in by sessions, half by tokens."""
    later, now = timezone.now() + timedelta(days=1), timezone.now()
    half = len(users) // 2
    sessions = [
        LoginSession(
            session_key=f"choice{user.pk:026}",
            session_data="",
            expire_date=later,
            user=user,
            fingerprint=LoginSession.fingerprint_of(f"choice{user.pk:026}"),
            auth_hash=user.get_session_auth_hash(),
        )
        for user in users[:half]
    ]
    families = [
        TokenFamily(user=user, jti="x", rotated_at=now, expires_at=later, auth_hash=user.get_session_auth_hash())
        for user in users[half:]
    ]
    LoginSession.objects.bulk_create(sessions)
    credentials = [f"session:{session.fingerprint}" for session in sessions]
    credentials += [family_credential(family.pk) for family in TokenFamily.objects.bulk_create(families)]
    return [
        Identity(user.pk, user.username, credential=credential)
        for user, credential in zip(users, credentials, strict=True)
    ]


def _djangos(users: list[User]) -> list[str]:
    store = DjangosStore()
    rows = [
        Session(
            session_key=f"django{user.pk:026}",
            session_data=store.encode(_content(user)),
            expire_date=timezone.now() + timedelta(days=1),
        )
        for user in users
    ]
    return [row.session_key for row in Session.objects.bulk_create(rows)]


def _ask_django(key: str) -> None:
    request = HttpRequest()
    request.session = DjangosStore(key)
    assert get_user(request).is_authenticated


def measure() -> list[str]:
    """Returns statements, rows that had to be decoded, and time."""
    users = people(CONNECTIONS)
    identities, keys = _identities(users), _djangos(users)
    authenticator, person = SocketAuthenticator(), users[0]

    def rows_of_ours() -> None:
        assert all(authenticator.still_valid(identities))

    def rows_of_djangos() -> None:
        for key in keys:
            _ask_django(key)

    def find_ours() -> None:
        assert LoginSession.objects.filter(user=person).count() == 1

    def find_djangos() -> None:
        found = [row for row in Session.objects.all() if row.get_decoded().get(SESSION_KEY) == str(person.pk)]
        assert len(found) == 1

    compared: list[tuple[str, Callable[[], None], Callable[[], None], tuple[int, int]]] = [
        ("are 1,000 connections still let in", rows_of_ours, rows_of_djangos, (0, CONNECTIONS)),
        ("which of 1,000 sessions are one person's", find_ours, find_djangos, (0, CONNECTIONS)),
    ]
    rows: list[tuple[object, ...]] = []
    for question, ours, djangos, decoded in compared:
        taken = interleaved({"a row each (chosen)": ours, "Django's sessions": djangos}, 5)
        for (name, seconds), act, number in zip(taken.items(), (ours, djangos), decoded, strict=True):
            rows.append((question, name, statements(act), number, seconds * 1000))
    return table(("question", "way", "statements", "sessions decoded", "ms"), rows)
