"""Taking permissions away, everywhere at once: a durable event for hubs alone.

It reaches every process like any other event, by hint, gap read or sweep, and so without Redis too.
"""

from collections.abc import Sequence

from realtime.contracts import Payload, event
from realtime.identity import Identity
from realtime.log.events import BLANKED, HIDDEN
from realtime.log.writing import HasKey, emit
from realtime.rooms import Grant, Room, authorises


class UserRoom(Room, pattern="user:{user_id}"):
    """What concerns one person on all their devices; every signed-in session is internally a member."""

    user_id: int


@authorises(UserRoom)
def _own_room(identity: Identity, rooms: Sequence[UserRoom]) -> dict[UserRoom, Grant | None]:
    return {room: Grant() if room.user_id == identity.user_id else None for room in rooms}


@event("realtime:revoked", rooms=[Room], internal=True)
class Revoked(Payload):
    """Permission may have ended; hubs ask again and act on the answer.

    With `room`: whether `user_id` (None: everybody there) may still be in it. Without: the connections of
    `user_id` and all their rooms are checked; those opened by `credential`, or with `expel` all, are closed unasked.
    """

    user_id: int | None = None
    credential: str | None = None
    room: str | None = None
    reason: str = ""
    expel: bool = False


@event(BLANKED, rooms=[Room], internal=True)
class Blanked(Payload):
    """Something in this room's log has been emptied; hubs forget their copies."""


@event(HIDDEN, rooms=[Room])
class Hidden(Payload):
    """In place of an event that nobody may see any more, or that this session may not see."""


def revoke(
    *,
    user: HasKey | int | None = None,
    room: Room | None = None,
    credential: str | None = None,
    reason: str = "",
) -> None:
    """Makes every process ask again what it once allowed; part of the transaction that changed the answer.

    - `user`: are their sign-ins still valid, and what may they see, and hide, in their rooms? (ban, password change,
      deactivation, other privacy switches)
    - `user` and `credential`: the connections opened by that one sign-in end (sign-out, after the session is gone).
    - `user` and `room`: may they still be in that room? (kick, role change, end of a private subscription)
    - `room`: may everybody there still be in it? (the room became private)

    Takes effect within a second; with Redis down within one sweep. `reason` is sent to those who must leave.
    Raises TypeError for any other combination, ForeignTransaction as `emit` does.
    """
    user_id = user if user is None or isinstance(user, int) else user.pk
    if (user_id is None and room is None) or (credential is not None and (user_id is None or room is not None)):
        raise TypeError("Revoke from a user, a user's credential, a user in a room, or a room.")
    target = UserRoom(user_id) if user_id is not None else room
    assert target is not None
    emit(target, Revoked(user_id=user_id, credential=credential, room=room.name if room else None, reason=reason))


def disconnect(*, user: HasKey | int, reason: str = "") -> None:
    """Ends every open connection of a person, in every process, although their sign-ins hold; they may come again.

    Part of a transaction, and as fast as `revoke`. Raises as `emit` does.
    """
    user_id = user if isinstance(user, int) else user.pk
    emit(UserRoom(user_id), Revoked(user_id=user_id, reason=reason, expel=True))
