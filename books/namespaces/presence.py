"""Who reads, who types: commands about people in the rooms of books, chapters and drafts."""

from books.events import BookRoom, ChapterRoom, DraftRoom
from books.events.commands import CountReaders, ReaderCount
from books.events.typing import COMMENTING, REVIEWING, WRITING, Kind, StopTypingText, TypeText
from realtime import people
from realtime.errors import NotFound, Unauthenticated
from realtime.namespaces import Call, Commands
from realtime.people import TypingKind
from realtime.rooms import Room, authorise

presence = Commands()

_KINDS: dict[Kind, TypingKind] = {"writing": WRITING, "reviewing": REVIEWING, "commenting": COMMENTING}


@presence.handles(CountReaders)
async def count_readers(call: Call, wanted: CountReaders) -> ReaderCount:
    room = BookRoom(wanted.book_id)
    if not call.session.grant(room):
        granted = await call.read(authorise, call.identity, [room])
        if not granted[room]:
            raise NotFound
    counts = (await call.roster(room)).counts
    return ReaderCount(count=counts.user_count, guest_count=counts.guest_count)


@presence.handles(TypeText)
async def type_text(call: Call, wanted: TypeText) -> None:
    if call.identity.is_anonymous:
        raise Unauthenticated
    draft = DraftRoom(wanted.chapter_id)
    kind = wanted.kind or ("writing" if call.session.grant(draft) else "commenting")
    room = _room(kind, wanted.chapter_id)
    await people.start_typing(call.session, room, _KINDS[kind], wanted.position if kind == "writing" else None)


@presence.handles(StopTypingText)
async def stop_typing_text(call: Call, wanted: StopTypingText) -> None:
    for kind in [wanted.kind] if wanted.kind else _KINDS:
        await people.stop_typing(call.session, _room(kind, wanted.chapter_id), _KINDS[kind])


def _room(kind: Kind, chapter_id: int) -> Room:
    return DraftRoom(chapter_id) if kind == "writing" else ChapterRoom(chapter_id)
