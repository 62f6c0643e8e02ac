"""Who may enter a bell's room: its owner alone."""

from collections.abc import Mapping, Sequence

from notifications.events import NotificationsRoom
from realtime.identity import Identity
from realtime.rooms import Grant, authorises


@authorises(NotificationsRoom)
def own_bell(identity: Identity, rooms: Sequence[NotificationsRoom]) -> Mapping[NotificationsRoom, Grant | None]:
    """Admits a person to their own bell; staff too have only theirs."""
    return {room: Grant() if room.user_id == identity.user_id else None for room in rooms}
