"""Entering and leaving the rooms of books, chapters and drafts."""

from typing import Any, TypeAlias

from books.events import BookRoom, ChapterRoom, DraftRoom
from books.events.commands import JoinBook, JoinChapter, JoinDraft, LeaveBook, LeaveChapter, LeaveDraft
from realtime.namespaces import Call, Commands
from realtime.rooms import Room

entering = Commands()

Join: TypeAlias = JoinBook | JoinChapter | JoinDraft
Leave: TypeAlias = LeaveBook | LeaveChapter | LeaveDraft


@entering.handles(JoinBook)
@entering.handles(JoinChapter)
@entering.handles(JoinDraft)
async def join(call: Call, wanted: Join) -> dict[str, Any]:
    return await call.session.join(_room_of(wanted), wanted.since, present=True)


@entering.handles(LeaveBook)
@entering.handles(LeaveChapter)
@entering.handles(LeaveDraft)
async def leave(call: Call, wanted: Leave) -> dict[str, Any]:
    await call.session.leave(room := _room_of(wanted))
    return {"room": room.name}


def _room_of(wanted: Join | Leave) -> Room:
    match wanted:
        case JoinBook() | LeaveBook():
            return BookRoom(wanted.book_id)
        case JoinChapter() | LeaveChapter():
            return ChapterRoom(wanted.chapter_id)
        case JoinDraft() | LeaveDraft():
            return DraftRoom(wanted.chapter_id)
