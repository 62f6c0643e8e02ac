"""A sheet that may hold what the random operations of Yjs' own tests make: elements, texts, attributes, embeds."""

from collections.abc import Mapping, Sequence

from realtime.contracts import event
from realtime.documents import Document, Pointed, Role, Shape, Updated
from realtime.identity import Identity
from realtime.rooms import Grant, Room, authorises


class SheetRoom(Room, pattern="sheet:{sheet_id}"):
    """A sheet; anonymous people stay outside."""

    sheet_id: int


@authorises(SheetRoom)
def _writers(identity: Identity, rooms: Sequence[SheetRoom]) -> dict[SheetRoom, Grant | None]:
    return {room: None if identity.is_anonymous else Grant() for room in rooms}


@event("sheet:update", rooms=[SheetRoom], binary="update")
class SheetUpdate(Updated):
    """The sheet has changed."""


@event("sheet:awareness", rooms=[SheetRoom], durable=False, conflate_by=["client_id"])
class SheetAwareness(Pointed):
    """Somebody's caret has moved."""


class Sheet(Document, room=SheetRoom, updated=SheetUpdate, pointed=SheetAwareness):
    """Begins empty; whoever is in the room writes."""

    # `xml` is the root that `yjs/testHelper` compares.
    shape = Shape(frozenset({"xml"}), frozenset({"p", "aside"}), frozenset({"bold", "em"}), has_embeds=True)

    def roles(self, identities: Sequence[Identity]) -> Mapping[Identity, Role]:
        return dict.fromkeys(identities, Role.WRITE)
