"""Who hears announcements, and who makes them."""

from collections.abc import Sequence

from livrya.accounts.models import User
from livrya.announcements.events import BroadcastRoom
from realtime.errors import Forbidden
from realtime.identity import Identity
from realtime.rooms import Grant, authorises


def require_staff(actor: User | None) -> None:
    """Refuses everybody but staff and the system (None). Raises Forbidden."""
    if actor is not None and not (actor.is_active and actor.is_staff):
        raise Forbidden


@authorises(BroadcastRoom)
def may_hear(identity: Identity, rooms: Sequence[BroadcastRoom]) -> dict[BroadcastRoom, Grant | None]:
    return dict.fromkeys(rooms, Grant())
