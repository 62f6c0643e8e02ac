"""Entering and leaving the rooms of books, chapters and drafts."""

from typing import Any

from books.events import BookRoom, ChapterRoom, DraftRoom
from books.events.commands import JoinBook, JoinChapter, JoinDraft, LeaveBook, LeaveChapter, LeaveDraft
from realtime.namespaces import Call, Commands

entering = Commands()


@entering.handles(JoinBook)
async def join_book(call: Call, wanted: JoinBook) -> dict[str, Any]:
    return await call.session.join(BookRoom(wanted.book_id), wanted.since, present=True)


@entering.handles(LeaveBook)
async def leave_book(call: Call, wanted: LeaveBook) -> dict[str, Any]:
    await call.session.leave(room := BookRoom(wanted.book_id))
    return {"room": room.name}


@entering.handles(JoinChapter)
async def join_chapter(call: Call, wanted: JoinChapter) -> dict[str, Any]:
    return await call.session.join(ChapterRoom(wanted.chapter_id), wanted.since, present=True)


@entering.handles(LeaveChapter)
async def leave_chapter(call: Call, wanted: LeaveChapter) -> dict[str, Any]:
    await call.session.leave(room := ChapterRoom(wanted.chapter_id))
    return {"room": room.name}


@entering.handles(JoinDraft)
async def join_draft(call: Call, wanted: JoinDraft) -> dict[str, Any]:
    return await call.session.join(DraftRoom(wanted.chapter_id), wanted.since, present=True)


@entering.handles(LeaveDraft)
async def leave_draft(call: Call, wanted: LeaveDraft) -> dict[str, Any]:
    await call.session.leave(room := DraftRoom(wanted.chapter_id))
    return {"room": room.name}
