"""A paper that several people write at once: the tests' own shared document."""

from collections.abc import Mapping, Sequence
from typing import Any

import pycrdt

from realtime import documents
from realtime.contracts import Id, Payload, command, event
from realtime.documents import (
    Clashed,
    Document,
    OpenedDocument,
    Pointed,
    Role,
    Shape,
    SyncedDocument,
    Updated,
    UpdatedDocument,
)
from realtime.identity import Identity
from realtime.models import Lease
from realtime.namespaces import Call, Commands
from realtime.rooms import Grant, Room, authorises

BEGINNING = "In the beginning."
SERVER = 1
"""The client id of what the paper begins with, the same whoever makes it."""


class PaperRoom(Room, pattern="paper:{paper_id}"):
    """A paper; anonymous people stay outside."""

    paper_id: int


@authorises(PaperRoom)
def _readers(identity: Identity, rooms: Sequence[PaperRoom]) -> dict[PaperRoom, Grant | None]:
    return {room: None if identity.is_anonymous else Grant() for room in rooms}


@event("paper:update", rooms=[PaperRoom], binary="update")
class PaperUpdate(Updated):
    """The paper has changed."""


@event("paper:awareness", rooms=[PaperRoom], durable=False, conflate_by=["client_id"])
class PaperAwareness(Pointed):
    """Somebody's caret has moved."""


class Paper(Document, room=PaperRoom, updated=PaperUpdate, pointed=PaperAwareness):
    """Users below 90 write, those from 90 on read; a lease `barred:<user>` takes the pen away."""

    shape = Shape(roots=frozenset({"text"}), elements=frozenset(), marks=frozenset({"bold"}))
    settled_texts: list[str] = []
    told: list[Clashed] = []

    def initial(self) -> bytes:
        doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=SERVER)
        doc["text"] = pycrdt.XmlFragment([pycrdt.XmlText(BEGINNING)])
        return doc.get_update()

    def roles(self, identities: Sequence[Identity]) -> Mapping[Identity, Role]:
        barred = set(Lease.objects.filter(name__startswith="barred:").values_list("name", flat=True))
        return {
            identity: Role.WRITE if identity.user_id < 90 and f"barred:{identity.user_id}" not in barred else Role.READ
            for identity in identities
            if identity.user_id is not None
        }

    def clashed(self, clashes: Sequence[Clashed]) -> None:
        self.told.extend(clashes)
        Lease.objects.get_or_create(name="clashed", defaults={"holder": "x", "expires_at": "2099-01-01T00:00Z"})

    def settled(self, doc: pycrdt.Doc[Any]) -> None:
        self.settled_texts.append(text_of(doc))


def text_of(doc: pycrdt.Doc[Any]) -> str:
    """Returns what stands on a paper."""
    return "".join(map(str, doc.get("text", type=pycrdt.XmlFragment).children))


@command("paper:join", reply=dict[str, Any])
class JoinPaper(Payload):
    """Enters a paper's room."""

    paper_id: Id


@command("paper:open", reply=OpenedDocument)
class OpenPaper(Payload):
    """Gets the paper."""

    paper_id: Id
    epoch: str | None = None
    vector: bytes | None = None


@command("paper:sync", reply=SyncedDocument)
class SyncPaper(Payload):
    """Gets what is lacking."""

    paper_id: Id
    epoch: str
    vector: bytes


@command("paper:change", reply=UpdatedDocument)
class ChangePaper(Payload):
    """Changes the paper."""

    paper_id: Id
    epoch: str
    update: bytes


@command("paper:point")
class PointInPaper(Payload):
    """Shows where one's caret is."""

    paper_id: Id
    client_id: Id
    clock: int
    state: dict[str, Any] | None = None


commands = Commands()


@commands.handles(JoinPaper)
async def join(call: Call, wanted: JoinPaper) -> dict[str, Any]:
    return await call.session.join(PaperRoom(wanted.paper_id), present=True)


@commands.handles(OpenPaper)
async def open_paper(call: Call, wanted: OpenPaper) -> OpenedDocument:
    return await documents.open_document(call, PaperRoom(wanted.paper_id), epoch=wanted.epoch, vector=wanted.vector)


@commands.handles(SyncPaper)
async def sync_paper(call: Call, wanted: SyncPaper) -> SyncedDocument:
    return await documents.sync_document(call, PaperRoom(wanted.paper_id), epoch=wanted.epoch, vector=wanted.vector)


@commands.handles(ChangePaper)
async def change_paper(call: Call, wanted: ChangePaper) -> UpdatedDocument:
    return await documents.update_document(call, PaperRoom(wanted.paper_id), epoch=wanted.epoch, update=wanted.update)


@commands.handles(PointInPaper)
async def point_in_paper(call: Call, wanted: PointInPaper) -> None:
    room = PaperRoom(wanted.paper_id)
    await documents.point(call, room, client_id=wanted.client_id, clock=wanted.clock, state=wanted.state)
