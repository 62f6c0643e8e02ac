"""Who is writing, reviewing or commenting this moment."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from books.events.rooms import ChapterRoom, DraftRoom
from realtime.contracts import Alias, Id, Payload, command, event
from realtime.people import Typists, declare_typing

SECONDS = 3.0
"""Typing that is not repeated ends after this long."""

Kind = Literal["writing", "reviewing", "commenting"]
Caret = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
"""A place in the text, in characters as the writing client counts them."""


@command("text:typing", aliases=[Alias("text:typing", ("chapterId", "position"))])
class TypeText(Payload):
    """Tell the others that you are typing; to be repeated at least every 3 seconds while you are.

    `writing` is shown in the chapter's draft room, with the caret; `reviewing` and `commenting` in its room, without.
    Without a kind it is `writing` for those who have joined the draft, `commenting` otherwise. Nothing is
    shown in rooms of more than 100 people, nor of people who keep their typing to themselves.
    """

    chapter_id: Id
    position: Caret | None = None
    kind: Kind | None = None


@command("text:stopTyping", aliases=[Alias("text:stopTyping", ("chapterId",))])
class StopTypingText(Payload):
    """Tell the others that you stopped; without a kind, everything that you type in that chapter."""

    chapter_id: Id
    kind: Kind | None = None


class TypingPerson(Payload):
    """Somebody who types, and where (in a draft)."""

    user_id: int
    username: str
    display_name: str
    position: int | None = None


@event("editors:typing", rooms=[ChapterRoom, DraftRoom], durable=False, conflate_by=["kind"])
class EditorsTyping(Payload):
    """Everybody else who types in a chapter in one way, each time it changes; whoever stops falls out by themselves.

    Sent to all in the room. On the connection on which one types oneself one is left out; other devices of the
    same person leave out their own id. An older `version` than the one known is to be ignored.
    """

    chapter_id: int
    kind: str
    typing: list[TypingPerson]
    version: int


def _event_of(kind: Kind, *, caret: bool) -> Callable[[ChapterRoom | DraftRoom, Typists], EditorsTyping]:
    def event(room: ChapterRoom | DraftRoom, typists: Typists) -> EditorsTyping:
        people = [
            TypingPerson(
                user_id=typist.user_id,
                username=typist.username,
                display_name=typist.display_name or typist.username,
                position=typist.position if caret else None,
            )
            for typist in typists.people
        ]
        return EditorsTyping(chapter_id=room.chapter_id, kind=kind, typing=people, version=typists.version)

    return event


WRITING = declare_typing(
    "writing", rooms=[DraftRoom], lasts_seconds=SECONDS, payload=EditorsTyping, event=_event_of("writing", caret=True)
)
REVIEWING = declare_typing(
    "reviewing",
    rooms=[ChapterRoom],
    lasts_seconds=SECONDS,
    payload=EditorsTyping,
    event=_event_of("reviewing", caret=False),
)
COMMENTING = declare_typing(
    "commenting",
    rooms=[ChapterRoom],
    lasts_seconds=SECONDS,
    payload=EditorsTyping,
    event=_event_of("commenting", caret=False),
)
