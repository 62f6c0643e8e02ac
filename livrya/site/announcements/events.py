"""The room of announcements and its events."""

from livrya.site.announcements.models import Announcement
from realtime.contracts import Id, Payload, command, event
from realtime.rooms import Room


class BroadcastRoom(Room, pattern="admin:broadcast"):
    """Where everybody connected to `/` gets what staff announce."""


@event("announcement", rooms=[BroadcastRoom])
class Announced(Payload):
    """Staff have something to say to everybody, in force until `until`.

    Also sent, without a position, to a session that comes while it is in force; `id` tells whether it is known
    already.
    """

    id: int
    text: str
    created_at: int
    until: int


@event("announcement:withdrawn", rooms=[BroadcastRoom])
class AnnouncementWithdrawn(Payload):
    """An announcement holds no longer."""

    id: int


@command("announce", reply=Announced, durable=True, cost=5)
class Announce(Payload):
    """Say something to everybody; for staff. Without `until` (Unix milliseconds) it is in force for a day."""

    text: str
    until: int | None = None


@command("announcement:withdraw", durable=True)
class Withdraw(Payload):
    """Take an announcement back before its time; for staff."""

    id: Id


def as_announced(announcement: Announcement) -> Announced:
    """Returns the announcement as it goes out."""
    return Announced(
        id=announcement.pk,
        text=announcement.text,
        created_at=int(announcement.created_at.timestamp() * 1000),
        until=int(announcement.until.timestamp() * 1000),
    )
