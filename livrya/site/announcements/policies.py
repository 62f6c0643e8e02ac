"""Who gets announcements, and who makes them."""

from collections.abc import Sequence

from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.site.announcements.events import BroadcastRoom
from realtime.errors import Forbidden
from realtime.identity import Identity
from realtime.rooms import Grant, authorises


def require_announcer(actor: User | None) -> None:
    """Refuses everybody but staff who may make announcements and the system (None). Raises Forbidden."""
    if actor is not None and not staff_may(actor, "announcements.add_announcement"):
        raise Forbidden


@authorises(BroadcastRoom)
def may_hear(identity: Identity, rooms: Sequence[BroadcastRoom]) -> dict[BroadcastRoom, Grant | None]:
    return dict.fromkeys(rooms, Grant())
