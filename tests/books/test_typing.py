"""How who types in a chapter or a draft is written for the others."""

import pytest

from books.events import ChapterRoom, DraftRoom
from books.events.typing import COMMENTING, WRITING, EditorsTyping, TypingPerson
from realtime.people import Typists
from realtime.people.typing.store import Typist

pytestmark = pytest.mark.either_database

TYPISTS = Typists((Typist(7, "ada", "c1", 17, display_name="Ada L."), Typist(8, "bob", "c2")), version=3)


def test_editors_see_each_others_carets() -> None:
    assert WRITING.event(DraftRoom(5), TYPISTS) == EditorsTyping(
        chapter_id=5,
        kind="writing",
        typing=[
            TypingPerson(user_id=7, username="ada", display_name="Ada L.", position=17),
            TypingPerson(user_id=8, username="bob", display_name="bob", position=None),
        ],
        version=3,
    )


def test_where_somebody_is_in_their_comment_is_nobodys_business() -> None:
    shown = COMMENTING.event(ChapterRoom(5), TYPISTS)
    assert (shown.kind, [person.position for person in shown.typing]) == ("commenting", [None, None])
