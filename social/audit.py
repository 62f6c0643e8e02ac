"""What staff do in other people's groups, written down."""

from typing import Any

from django.dispatch import receiver

from livrya.accounts.models import User
from livrya.audit.services import record
from social import signals
from social.models import Message


@receiver(signals.message_deleted)
def _message_removed(message: Message, moderated: bool, actor: User | None, **_: Any) -> None:
    """A group's own moderators answer to its owner."""
    if moderated and actor is not None and actor.is_staff:
        record(actor=actor, act="message:delete", target=f"message:{message.pk}", group=message.group_id)
