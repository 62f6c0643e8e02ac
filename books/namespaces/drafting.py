"""Writing a chapter together: the commands of its draft."""

from books.drafting import document  # noqa: F401  # declares what a draft is
from books.events import DraftRoom
from books.events.drafting import OpenDraft, PointInDraft, SyncDraft, UpdateDraft
from realtime import documents
from realtime.documents import OpenedDocument, SyncedDocument, UpdatedDocument
from realtime.namespaces import Call, Commands

drafting = Commands()


@drafting.handles(OpenDraft)
async def open_draft(call: Call, wanted: OpenDraft) -> OpenedDocument:
    return await documents.open_document(call, DraftRoom(wanted.chapter_id), epoch=wanted.epoch, vector=wanted.vector)


@drafting.handles(SyncDraft)
async def sync_draft(call: Call, wanted: SyncDraft) -> SyncedDocument:
    return await documents.sync_document(call, DraftRoom(wanted.chapter_id), epoch=wanted.epoch, vector=wanted.vector)


@drafting.handles(UpdateDraft)
async def update_draft(call: Call, wanted: UpdateDraft) -> UpdatedDocument:
    return await documents.update_document(call, DraftRoom(wanted.chapter_id), epoch=wanted.epoch, update=wanted.update)


@drafting.handles(PointInDraft)
async def point_in_draft(call: Call, wanted: PointInDraft) -> None:
    room = DraftRoom(wanted.chapter_id)
    await documents.point(call, room, client_id=wanted.client_id, clock=wanted.clock, state=wanted.state)
