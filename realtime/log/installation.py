"""The random id that this database got when it was made."""

import secrets
from functools import cache
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.dispatch import receiver


@cache
def database_id() -> str:
    """Returns the database's random id: 16 hexadecimal digits, the same for every process that uses it.

    Touches the database the first time in a process: call it there before an event loop needs it.
    """
    from realtime.models import Installation

    row, _ = Installation.objects.get_or_create(pk=1, defaults={"database_id": secrets.token_hex(8)})
    return row.database_id


@receiver(post_migrate)
def _identify(sender: AppConfig, **kwargs: Any) -> None:
    """Gives the database its id before several processes could each invent one; also after a flush."""
    if sender.name == "realtime":
        database_id.cache_clear()
        database_id()
