"""The events of the library."""

from books.events.rooms import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from realtime import UserRoom
from realtime.contracts import Payload, event


@event("book:updated", rooms=[BookRoom])
class BookUpdated(Payload):
    """The book's description, people or order of chapters changed; fetch it again over HTTP."""

    book_id: int
    title: str
    slug: str


@event("chapter:available", rooms=[BookRoom, FollowersRoom])
class ChapterAvailable(Payload):
    """A chapter is out, for those on the book and, of a public book, the followers of its authors.

    `audio_url` and `narrator_name` are null until it is narrated. `silent`: nobody was notified beside.
    """

    book_id: int
    chapter_id: int
    title: str
    number: int
    audio_url: str | None
    narrator_name: str | None
    book_title: str
    book_slug: str
    volume: str
    word_count: int
    published_at: int
    silent: bool


@event("chapter:updated", rooms=[BookRoom, ChapterRoom, DraftRoom])
class ChapterUpdated(Payload):
    """A chapter was changed; that of an unpublished one goes to its `draft:` room only. The text is fetched over HTTP.

    `changed_paragraphs` are ids in the order of the new text; null: too many to list. `title` only when it changed.
    """

    book_id: int
    chapter_id: int
    version: int
    changed_paragraphs: list[str] | None
    word_count: int
    title: str | None = None


@event("chapter:removed", rooms=[BookRoom, DraftRoom])
class ChapterRemoved(Payload):
    """A chapter was taken back or deleted (then `deleted`)."""

    book_id: int
    chapter_id: int
    deleted: bool


@event("chapter:scheduled", rooms=[AuthorRoom, DraftRoom])
class ChapterScheduled(Payload):
    """For those who write: the chapter comes out at `publish_at`; null: it is off the schedule."""

    book_id: int
    chapter_id: int
    publish_at: int | None


@event("chapter:commentsLocked", rooms=[ChapterRoom])
class CommentsLockedChanged(Payload):
    """The author closed the chapter's comments, or opened them again."""

    chapter_id: int
    locked: bool


@event("subscription:changed", rooms=[UserRoom])
class SubscriptionChanged(Payload):
    """Your subscription to a book, on all your devices; `level` null: it has ended."""

    book_id: int
    level: str | None


@event("credit:changed", rooms=[UserRoom])
class CreditChanged(Payload):
    """Your part in a book: `state` is offered, accepted or ended; `rights` are names."""

    book_id: int
    book_title: str
    credit_id: int
    kind: str
    rights: list[str]
    state: str


@event("invitation:changed", rooms=[UserRoom])
class InvitationChanged(Payload):
    """You have been invited to read a private book."""

    book_id: int
    book_title: str
    invitation_id: int


@event("shelf:changed", rooms=[UserRoom])
class ShelfChanged(Payload):
    """On which of your shelves a book is, sent to all your devices; null: on none."""

    book_id: int
    shelf: str | None


@event("progress:changed", rooms=[UserRoom], durable=False, conflate_by=["chapter_id"])
class ProgressChanged(Payload):
    """Your place in a chapter, for your other devices; `position` is the part read, 0.0 to 1.0."""

    book_id: int
    chapter_id: int
    position: float
    paragraph: str | None
    updated_at: int


class CommentContent(Payload):
    """A comment as everybody sees it; `author` is a username, `depth` 0 for no reply."""

    id: int
    chapter_id: int
    text: str
    author: str
    author_id: int
    author_name: str
    created_at: int
    parent_id: int | None
    paragraph: str | None
    depth: int
    path: str


@event("comment:new", rooms=[ChapterRoom])
class CommentNew(CommentContent):
    """Somebody commented on the chapter."""


@event("comment:updated", rooms=[ChapterRoom])
class CommentUpdated(CommentContent):
    """A comment was edited, or is to be seen again; the whole of it, as it is now."""

    edited_at: int | None


@event("comment:deleted", rooms=[ChapterRoom])
class CommentDeleted(Payload):
    """A comment was deleted, or (then `moderated`) taken out of sight by a moderator."""

    id: int
    chapter_id: int
    moderated: bool


@event("reaction:changed", rooms=[ChapterRoom])
class ReactionChanged(Payload):
    """How many of each kind a comment has now; kinds that nobody gave are left out."""

    comment_id: int
    chapter_id: int
    reactions: dict[str, int]


class ReviewContent(Payload):
    """A review as everybody sees it, and what the book's reviews come to with it."""

    id: int
    book_id: int
    rating: int
    text: str
    author: str
    author_id: int
    author_name: str
    created_at: int
    average_rating: float | None
    review_count: int


@event("review:new", rooms=[BookRoom])
class ReviewNew(ReviewContent):
    """Somebody reviewed the book."""


@event("review:updated", rooms=[BookRoom])
class ReviewUpdated(ReviewContent):
    """A review was edited, or is to be seen again; the whole of it, as it is now."""

    edited_at: int | None


@event("review:deleted", rooms=[BookRoom])
class ReviewDeleted(Payload):
    """A review was deleted, or (then `moderated`) taken out of sight."""

    id: int
    book_id: int
    moderated: bool
    average_rating: float | None
    review_count: int


@event("author:alert", rooms=[AuthorRoom], durable=False)
class AuthorAlert(Payload):
    """Something happens around one of your books right now; no entry of the bell.

    `kind` is comment, review or subscription.
    """

    kind: str
    book_id: int
    chapter_id: int | None
    count: int
