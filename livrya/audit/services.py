"""Writing down what staff do."""

import realtime
from livrya.accounts.models import User
from livrya.audit.models import AuditEntry

SYSTEM = "system"


def record(*, actor: User | None, act: str, target: str = "", **details: str | int | float | bool | None) -> AuditEntry:
    """Writes an act down in the transaction that does it; `actor` None is a command on the server."""
    with realtime.atomic():
        return AuditEntry.objects.create(
            actor=actor, actor_name=actor.username if actor else SYSTEM, act=act, target=target, details=details
        )
