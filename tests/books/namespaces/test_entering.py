"""Entering and leaving the rooms of books, chapters and drafts."""

from typing import Any

import pytest

from books.events import BookRoom, ChapterRoom, DraftRoom
from books.events.commands import JoinBook, JoinChapter, JoinDraft, LeaveBook, LeaveChapter, LeaveDraft
from books.namespaces.entering import entering
from realtime.positions import Position
from realtime.rooms import Room
from tests.books.namespaces.calls import call_of

pytestmark = pytest.mark.either_database

SINCE = Position("e", 7)


@pytest.mark.parametrize(
    ("room", "join", "leave"),
    [
        (BookRoom(5), JoinBook(book_id=5, since=SINCE), LeaveBook(book_id=5)),
        (ChapterRoom(5), JoinChapter(chapter_id=5, since=SINCE), LeaveChapter(chapter_id=5)),
        (DraftRoom(5), JoinDraft(chapter_id=5, since=SINCE), LeaveDraft(chapter_id=5)),
    ],
)
async def test_each_command_enters_its_room_where_one_is_seen_and_leaves_it(room: Room, join: Any, leave: Any) -> None:
    call = call_of(None)
    kind = room.name.partition(":")[0]
    assert await entering.handlers[f"{kind}:join"].run(call, join) == {"room": room.name}
    assert await entering.handlers[f"{kind}:leave"].run(call, leave) == {"room": room.name}
    assert call.session.asked == [("join", room, SINCE, True), ("leave", room)]
