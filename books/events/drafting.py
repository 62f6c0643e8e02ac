"""The draft of a chapter, written by several at once: its changes, its carets, and what one may say to it."""

from typing import Annotated, Any

import msgspec

from books.events.rooms import DraftRoom
from realtime.contracts import Id, Payload, command, event
from realtime.documents import OpenedDocument, Pointed, SyncedDocument, Updated, UpdatedDocument

Epoch = Annotated[str, msgspec.Meta(max_length=32)]
Clock = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


@event("draft:update", rooms=[DraftRoom], binary="update")
class DraftUpdate(Updated):
    """The draft has changed; to be applied to one's copy. All in its room get it but the connection that wrote it."""


@event("draft:awareness", rooms=[DraftRoom], durable=False, conflate_by=["client_id"])
class DraftAwareness(Pointed):
    """Somebody's caret in the draft has moved, or is gone. Everybody in the draft's room gets it but for themselves."""


@command("draft:open", reply=OpenedDocument, cost=2)
class OpenDraft(Payload):
    """Get the draft, or what one's copy lacks; its room has to be joined before, so that nothing is missed in between.

    `vector` is the copy's state vector, `epoch` the document that it is of; an older one is refused for good
    (DOCUMENT_CHANGED). Whatever the answer's `vector` lacks is to be sent with `draft:update`. To be repeated whenever
    the room was reset, and after every reconnection.
    """

    chapter_id: Id
    epoch: Epoch | None = None
    vector: bytes | None = None


@command("draft:sync", reply=SyncedDocument, cost=2)
class SyncDraft(Payload):
    """Get what a copy with that state vector lacks."""

    chapter_id: Id
    epoch: Epoch
    vector: bytes


@command("draft:update", reply=UpdatedDocument)
class UpdateDraft(Payload):
    """Change the draft; it is answered once the change is committed, and that is what saved means.

    Twice is harmless. OUT_OF_SYNC: it builds on something that is not here; send everything beyond `details.vector`.
    """

    chapter_id: Id
    epoch: Epoch
    update: bytes


@command("draft:awareness")
class PointInDraft(Payload):
    """Show the others where one's caret is: `state` is `{cursor: {anchor, head} | null}`, null on leaving.

    At most twenty a second of one copy are passed on, the newest.
    """

    chapter_id: Id
    epoch: Epoch
    client_id: Id
    clock: Clock
    state: dict[str, Any] | None = None


@event("draft:clash", rooms=[DraftRoom])
class ClashChanged(Payload):
    """Merging has lost or doubled words, more of them, or they are settled: `draft:clashes` tells what there is."""

    chapter_id: int
    clash_id: int
    kind: str
    is_settled: bool


class ClashContent(Payload):
    """Words to be looked at. `kind`: `swallowed`, typed into what somebody took out; `doubled`, put in by two at once.

    `before` and `after` are letters around the words, at most 60, as their author saw them; empty where not known.
    Nobody is the author of what the server wrote.
    """

    clash_id: int
    kind: str
    words: str
    before: str
    after: str
    created_at: int
    user_id: int | None
    username: str | None
    display_name: str | None


class Clashes(Payload):
    """What is not settled, the oldest first; at most 50."""

    clashes: list[ClashContent]


@command("draft:clashes", reply=Clashes, cost=2)
class ListClashes(Payload):
    """Get the words of the draft that merging has lost or doubled. For those who may write it."""

    chapter_id: Id


class ClashSettled(Payload):
    """`is_ours` is false where somebody else was first: they have put the words back, or thrown them away."""

    clash_id: int
    is_ours: bool


@command("draft:settle", reply=ClashSettled, durable=True)
class SettleClash(Payload):
    """Take words off that list: before they are put back, for only one may do that, or because nobody misses them."""

    chapter_id: Id
    clash_id: Id


class OfVersion(Payload):
    """A version of the draft, and who did something with it; nobody where the server did."""

    chapter_id: int
    version_id: int
    kind: str
    name: str
    created_at: int
    user_id: int | None
    username: str | None
    display_name: str | None


@event("draft:versionNamed", rooms=[DraftRoom])
class VersionNamed(OfVersion):
    """Somebody has kept what the draft says under a name."""


@event("draft:versionRestored", rooms=[DraftRoom])
class VersionRestored(OfVersion):
    """Somebody has made the draft say again what it said then; the change itself is an update like any other."""
