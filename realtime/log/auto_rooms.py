"""Rooms that sessions enter by themselves, and how open sessions learn that theirs are others now."""

from realtime.contracts import Payload, event
from realtime.log.revocation import UserRoom
from realtime.log.writing import HasKey, emit


@event("realtime:roomsChanged", rooms=[UserRoom], internal=True)
class RoomsChanged(Payload):
    """The rooms that this person's sessions enter by themselves are others now; hubs ask again."""


def refresh_rooms(user: HasKey | int) -> None:
    """Makes every open session of `user`, in every process, enter and leave what its namespace now says.

    Part of the transaction that changed the answer (a subscription, a follow). Raises as `emit` does.
    """
    emit(UserRoom(user if isinstance(user, int) else user.pk), RoomsChanged())
