"""What the handlers of a document's commands call; each app declares the commands, with the fields of its room."""

from collections.abc import Mapping
from typing import Any

import msgspec

from realtime.documents.copies import Copy
from realtime.documents.kinds import Pointed, Role
from realtime.documents.part import documents_here
from realtime.documents.queue import Write
from realtime.errors import NotFound, NotJoined
from realtime.namespaces import Call
from realtime.rooms import Room
from realtime.sessions.session import Session


class OpenedDocument(msgspec.Struct, frozen=True, rename="camel"):
    """The answer to opening a document. `update`: what the caller lacks; `vector`: the state vector of what is here.

    `awareness`: who points where, as the ephemeral event tells it later.
    """

    epoch: str
    schema: int
    role: str
    update: bytes
    vector: bytes
    awareness: list[Pointed]


class SyncedDocument(msgspec.Struct, frozen=True, rename="camel"):
    """What the caller lacks, and the state vector of what is here."""

    update: bytes
    vector: bytes


class UpdatedDocument(msgspec.Struct, frozen=True):
    """The update is committed. `changed`: it was not known before."""

    changed: bool


async def open_document(call: Call, room: Room, *, epoch: str | None, vector: bytes | None) -> OpenedDocument:
    """Returns the document, for a session that has joined its room. Raises DocumentChanged for another epoch."""
    _check_joined(call, room)
    opened = documents_here().open(room)
    document = opened.document

    def read(copy: Copy) -> tuple[str, bytes, bytes, Role | None]:
        if epoch is not None:
            copy.check_epoch(epoch)
        return copy.epoch, copy.missing(vector), copy.vector, document.roles([call.identity]).get(call.identity)

    found_epoch, update, here, role = await opened.queue.read(read)
    if role is None:
        raise NotFound
    return OpenedDocument(found_epoch, document.schema, role.value, update, here, opened.carets.now())


async def sync_document(call: Call, room: Room, *, epoch: str, vector: bytes) -> SyncedDocument:
    """Returns what a copy with that state vector lacks."""
    _check_joined(call, room)

    def read(copy: Copy) -> SyncedDocument:
        copy.check_epoch(epoch)
        return SyncedDocument(copy.missing(vector), copy.vector)

    return await documents_here().open(room).queue.read(read)


async def update_document(call: Call, room: Room, *, epoch: str, update: bytes) -> UpdatedDocument:
    """Returns when the update is committed; that is what saved means."""
    _check_joined(call, room)
    write = Write(call.identity, call.connection_id, epoch, update)
    written = await documents_here().open(room).write(write)
    return UpdatedDocument(changed=written.changed)


async def point(call: Call, room: Room, *, client_id: int, clock: int, state: Mapping[str, Any] | None) -> None:
    """Tells the others where the caret of the caller's copy is; None for nowhere any more."""
    session = call.session
    if not session.is_present(room):
        raise NotJoined
    assert isinstance(session, Session)
    documents_here().open(room).carets.point(session, client_id, clock, state)


def _check_joined(call: Call, room: Room) -> None:
    if call.session.grant(room) is None:
        raise NotJoined
