"""Rooms and events of the halls."""

from collections.abc import Sequence

from realtime.contracts import Payload, event
from realtime.identity import Identity
from realtime.models import Lease
from realtime.rooms import Grant, Room, authorises
from tests.realtime.app.weather import meet


class HallRoom(Room, pattern="hall:{hall_id}"):
    """Open to everybody."""

    hall_id: int


class VaultRoom(Room, pattern="vault:{vault_id}"):
    """Open to those who hold a key: a lease named `key:<vault>:<user>`."""

    vault_id: int


@authorises(HallRoom)
def _everybody(identity: Identity, rooms: Sequence[HallRoom]) -> dict[HallRoom, Grant | None]:
    meet()
    return {room: Grant() for room in rooms}


@authorises(VaultRoom)
def _key_holders(identity: Identity, rooms: Sequence[VaultRoom]) -> dict[VaultRoom, Grant | None]:
    meet()
    names = {f"key:{room.vault_id}:{identity.user_id}": room for room in rooms}
    held = Lease.objects.filter(name__in=names).values_list("name", flat=True)
    return {names[name]: Grant() for name in held}


@event("hall:said", rooms=[HallRoom, VaultRoom])
class Said(Payload):
    """Somebody said something in a hall."""

    text: str


@event("hall:waved", rooms=[HallRoom, VaultRoom], durable=False)
class Waved(Payload):
    """Somebody waved, in passing."""

    who: str


@event("hall:level", rooms=[HallRoom], durable=False, conflate_by=())
class Level(Payload):
    """How loud it is now; only the newest matters."""

    level: int
