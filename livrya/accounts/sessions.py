"""Django's database sessions, which know whose they are and take their sockets along when they end."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

import realtime


class SessionStore(DatabaseSessionStore):
    """The session engine (`SESSION_ENGINE = "livrya.accounts.sessions"`).

    A session is deleted by signing out, by flushing, and when its key changes (signing in again, a new
    password): each revokes, in the same transaction, the connections that the old key opened. The signal
    `user_logged_out` would be too early: it is sent while the session still exists.
    """

    @classmethod
    def get_model_class(cls) -> Any:
        from livrya.accounts.models import LoginSession

        return LoginSession

    def _validate_session_key(self, key: str | None) -> bool:
        # Before the database is asked: PostgreSQL raises on NUL, which a cookie can carry as "\000".
        return bool(super()._validate_session_key(key)) and key is not None and may_be_key(key)  # type: ignore[misc]  # undeclared

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return _with_person(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return _with_person(await super().acreate_model_instance(data), data)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is None:
            return
        with realtime.atomic():
            row: Any = self.model.objects.filter(session_key=key).first()
            if row is None:
                return
            row.delete()
            if row.user_id is not None:
                realtime.revoke(user=row.user_id, credential=credential(key), reason="signed out")

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)


def may_be_key(text: str) -> bool:
    """Tells whether the text can be a session's key at all: ours are ASCII letters and digits."""
    return text.isascii() and text.isalnum()


def credential(session_key: str) -> str:
    """Returns the name by which sockets know the session; the key itself opens accounts and stays secret."""
    from livrya.accounts.models import LoginSession

    return f"session:{LoginSession.fingerprint_of(session_key)}"


def _with_person(session: Any, data: dict[str, Any]) -> Any:
    user_id = data.get(SESSION_KEY)
    session.user_id = None if user_id is None else int(user_id)
    session.auth_hash = data.get(HASH_SESSION_KEY, "")
    session.fingerprint = type(session).fingerprint_of(session.session_key)
    return session
