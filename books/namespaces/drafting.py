"""Writing a chapter together: the commands of its draft."""

from books.drafting import document  # noqa: F401  # declares what a draft is
from books.events import DraftRoom
from books.events.describing import clash_fields
from books.events.drafting import (
    ClashContent,
    Clashes,
    ClashSettled,
    ListClashes,
    OpenDraft,
    PointInDraft,
    SettleClash,
    SyncDraft,
    UpdateDraft,
)
from books.selectors.chapters import chapter_by_id
from books.selectors.clashes import open_clashes
from books.services.clashes import settle_clash
from livrya.accounts.selectors import signed_in
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


@drafting.handles(ListClashes)
def list_clashes(call: Call, wanted: ListClashes) -> Clashes:
    viewer = signed_in(call.identity)
    found = open_clashes(viewer, chapter_by_id(viewer, wanted.chapter_id))
    return Clashes(clashes=[ClashContent(**clash_fields(clash)) for clash in found])


def _draft_lane(wanted: SettleClash) -> DraftRoom:
    return DraftRoom(wanted.chapter_id)


@drafting.handles(SettleClash, lane=_draft_lane)
def on_settle_clash(call: Call, wanted: SettleClash) -> ClashSettled:
    is_ours = settle_clash(actor=signed_in(call.identity), chapter_id=wanted.chapter_id, clash_id=wanted.clash_id)
    return ClashSettled(clash_id=wanted.clash_id, is_ours=is_ours)
