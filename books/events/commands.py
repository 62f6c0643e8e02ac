"""What one may say to the library, and what is answered."""

from typing import Annotated, Any

import msgspec

from books import limits, paragraphs
from books.events.facts import CommentContent, ReviewContent
from realtime.contracts import Alias, Id, Payload, command
from realtime.positions import Position

Text = Annotated[str, msgspec.Meta(max_length=limits.COMMENT * 2)]
"""Longer than any limit of the services, which say precisely what is too long."""
ParagraphId = Annotated[str, msgspec.Meta(pattern=f"^{paragraphs.ID.pattern}$")]


@command(
    "book:join",
    reply=dict[str, Any],
    cost=2,
    aliases=[Alias("book:join", ("bookId", None)), Alias("join", ("bookId",))],
)
class JoinBook(Payload):
    """Enter a book's room and be counted among its readers. With `since`, what was missed comes first.

    The answer has `room`, `position`, `userCount`, `guestCount` and, with `since`, `recovered`.
    """

    book_id: Id
    since: Position | None = None


@command("book:leave", reply=dict[str, Any], aliases=[Alias("book:leave", ("bookId", None))])
class LeaveBook(Payload):
    """Leave a book's room."""

    book_id: Id


@command("chapter:join", reply=dict[str, Any], cost=2, aliases=[Alias("chapter:join", ("chapterId", None))])
class JoinChapter(Payload):
    """Enter a chapter's room and be counted among its readers; the answer is that of `book:join`."""

    chapter_id: Id
    since: Position | None = None


@command("chapter:leave", reply=dict[str, Any], aliases=[Alias("chapter:leave", ("chapterId", None))])
class LeaveChapter(Payload):
    """Leave a chapter's room."""

    chapter_id: Id


@command("draft:join", reply=dict[str, Any], cost=2)
class JoinDraft(Payload):
    """Enter the room of a chapter's writing; the answer is that of `book:join`."""

    chapter_id: Id
    since: Position | None = None


@command("draft:leave", reply=dict[str, Any])
class LeaveDraft(Payload):
    """Leave the room of a chapter's writing."""

    chapter_id: Id


class ReaderCount(Payload):
    """People in a book's room over all processes, and anonymous visitors."""

    count: int
    guest_count: int


@command("get:readerCount", reply=ReaderCount)
class CountReaders(Payload):
    """How many people are in a book's room."""

    book_id: Id


class SubscriptionState(Payload):
    """The subscription as it is now; `level` null: there is none."""

    book_id: int
    level: str | None


@command("book:subscribe", reply=SubscriptionState, durable=True, cost=2)
class Subscribe(Payload):
    """Follow a book; `level` is all, chapters or muted."""

    book_id: Id
    level: str = "all"


@command("book:unsubscribe", reply=SubscriptionState, durable=True, cost=2)
class Unsubscribe(Payload):
    """Follow a book no longer."""

    book_id: Id


class ChapterVersion(Payload):
    """Which version of the chapter there is now."""

    chapter_id: int
    version: int


class ChapterChange(Payload):
    """The parts of a chapter that change; a longer text than a frame holds is saved over HTTP."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    text: str | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    volume: str | msgspec.UnsetType = msgspec.UNSET
    silent: bool | msgspec.UnsetType = msgspec.UNSET
    version: int | None = None


@command(
    "chapter:update",
    reply=ChapterVersion,
    durable=True,
    cost=4,
    aliases=[Alias("chapter:update", (None, "chapterId", "data"))],
)
class UpdateChapter(ChapterChange, kw_only=True):
    """Change a chapter, given either here or as one object in `data`; `version` is the one started from."""

    chapter_id: Id
    data: ChapterChange | None = None


class ChapterRelease(Payload):
    """When the chapter came out."""

    chapter_id: int
    book_id: int
    number: int
    published_at: int


@command(
    "chapter:publish",
    reply=ChapterRelease,
    durable=True,
    cost=4,
    aliases=[Alias("chapter:published", (None, "chapterId"))],
)
class PublishChapter(Payload):
    """Release a chapter now; `silent` notifies nobody (null: as the chapter says)."""

    chapter_id: Id
    silent: bool | None = None


@command("comment:post", reply=CommentContent, durable=True, cost=4)
class PostComment(Payload):
    """Say something under a chapter, at one of its paragraphs (by its id), or in reply; the answer is the comment."""

    chapter_id: Id
    text: Text
    parent_id: Id | None = None
    paragraph: ParagraphId | None = None


@command("comment:edit", reply=CommentContent, durable=True, cost=4)
class EditComment(Payload):
    """Change what you have said; the answer is the comment."""

    comment_id: Id
    text: Text


class CommentGone(Payload):
    """The comment that is no longer there."""

    comment_id: int


@command("comment:delete", reply=CommentGone, durable=True, cost=2)
class DeleteComment(Payload):
    """Take back what you have said; moderators take away what others said."""

    comment_id: Id


class Reactions(Payload):
    """How many of each kind the comment has now."""

    comment_id: int
    reactions: dict[str, int]


@command("comment:react", reply=Reactions, durable=True)
class React(Payload):
    """Add your reaction (like, love, laugh, wow, sad) to a comment, or take it back with `on` false."""

    comment_id: Id
    kind: str = "like"
    on: bool = True


@command("review:post", reply=ReviewContent, durable=True, cost=4)
class PostReview(Payload):
    """Say what you think of a book of which you have opened a chapter, once; the answer is the review."""

    book_id: Id
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)]
    text: Text = ""


class ProgressState(Payload):
    """The place as it was saved."""

    chapter_id: int
    position: float
    paragraph: str | None
    updated_at: int


@command("progress:save", reply=ProgressState)
class SaveProgress(Payload):
    """Save your place in a chapter: `position` is the part read, 0.0 to 1.0; the last save counts."""

    chapter_id: Id
    position: Annotated[float, msgspec.Meta(ge=0, le=1)]
    paragraph: ParagraphId | None = None
