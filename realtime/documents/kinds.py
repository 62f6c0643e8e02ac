"""What an app declares of a kind of shared document: its room, who may do what, and how it begins."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

import pycrdt

from realtime.contracts import Payload
from realtime.documents.clashes import Clash
from realtime.documents.updates import Shape
from realtime.identity import Identity
from realtime.rooms import Room

KINDS: dict[type[Room], type["Document"]] = {}
"""By room type: a room is one document at most."""


class Role(StrEnum):
    """What somebody may do with a document; whoever comments or reads cannot change a letter of it."""

    WRITE = "write"
    COMMENT = "comment"
    READ = "read"


class Updated(Payload):
    """Base of a document's durable event: one change, as an update of Yjs (v1)."""

    update: bytes


class Pointed(Payload):
    """Base of a document's ephemeral event: where the caret of one open copy is.

    `client_id` is the copy's Yjs client. Name and colour are the server's. `state` is
    `{cursor: {anchor, head} | null}`, two relative positions of Yjs; null for who is gone.
    """

    client_id: int
    clock: int
    user_id: int
    username: str
    display_name: str
    color: str
    state: dict[str, Any] | None = None


class Clashed(NamedTuple):
    """Words that a merge has lost or doubled, and who wrote them; None for the server itself."""

    clash: Clash
    user_id: int | None


class Document:
    """Base of a kind of shared document, one for each room of a type.

    `class ChapterDocument(Document, room=DraftRoom, updated=DraftUpdate, pointed=DraftAwareness)`. `shape` closes what
    may be in it; `schema` is to be raised with every change of that, since a client of an older one would delete what
    it does not know. The methods are sync and called in a thread; all but `settled` inside a transaction.
    """

    room_type: ClassVar[type[Room]]
    updated: ClassVar[type[Updated]]
    pointed: ClassVar[type[Pointed]]
    shape: ClassVar[Shape]
    schema: ClassVar[int] = 1

    def __init_subclass__(cls, *, room: type[Room], updated: type[Updated], pointed: type[Pointed]) -> None:
        if room in KINDS:
            raise TypeError(f"Rooms like {room.pattern} are two kinds of documents.")
        cls.room_type, cls.updated, cls.pointed = room, updated, pointed
        KINDS[room] = cls

    def __init__(self, room: Room) -> None:
        self.room = room

    def initial(self) -> bytes:
        """Returns the update that makes the first state; b"" for an empty document."""
        return b""

    def roles(self, identities: Sequence[Identity]) -> Mapping[Identity, Role]:
        """Returns what each may do now; who is left out may nothing. Asked in the transaction of every change."""
        raise NotImplementedError

    def clashed(self, clashes: Sequence[Clashed]) -> None:
        """A change has lost or doubled words; see `Clash`. Called in the transaction that stores the change.

        So what it keeps is kept if and only if the change is. What it raises refuses the change.
        """

    def settled(self, doc: pycrdt.Doc[Any]) -> None:
        """The document has changed, and for a moment it has not changed any more, or for long without a pause.

        `doc` is what is committed; it may be read, within this call. Called in the process that took the last change;
        when that dies first, in the one that opens the document next. A refusal (an ApplicationError that is not
        retryable) is final; after anything else it is called again.
        """


def document_of(room: Room) -> Document | None:
    """Returns the document that a room is, None when it is none."""
    kind = KINDS.get(type(room))
    return kind(room) if kind else None
