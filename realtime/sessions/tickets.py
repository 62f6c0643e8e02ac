"""One-use tickets: the only credential that is ever accepted in a URL, where logs and histories keep it."""

import hashlib
import secrets
import time

import msgspec
from django.db import connection

from realtime.errors import Unauthenticated
from realtime.identity import Identity
from realtime.models import Ticket

TICKET_LIFETIME_MS = 60_000


def issue_ticket(identity: Identity) -> str:
    """Returns a new ticket for `identity`, good once within 60 s. The database keeps only its hash."""
    token = secrets.token_urlsafe(24)
    Ticket.objects.create(
        token_hash=_hash(token),
        identity=msgspec.json.encode(identity).decode(),
        expires_at_ms=_now_ms() + TICKET_LIFETIME_MS,
    )
    return token


def redeem(token: str) -> Identity:
    """Consumes a ticket and returns whom it lets in; of several who try at once, one succeeds.

    Raises Unauthenticated for a ticket that is unknown, used or expired; which one is not said.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM realtime_ticket WHERE token_hash = %s RETURNING identity, expires_at_ms", [_hash(token)]
        )
        rows = cursor.fetchall()
    if not rows or rows[0][1] <= _now_ms():
        raise Unauthenticated("This ticket is not valid (any more).")
    return msgspec.json.decode(rows[0][0], type=Identity)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
