"""Commands that write: one service call each."""

from typing import Any

import msgspec

import realtime
from books.broadcasts import ref
from books.events import BookRoom, ChapterRoom
from books.events.commands import (
    ChapterChange,
    ChapterRelease,
    ChapterVersion,
    CommentGone,
    DeleteComment,
    EditComment,
    PostComment,
    PostReview,
    ProgressState,
    PublishChapter,
    React,
    Reactions,
    SaveProgress,
    Subscribe,
    SubscriptionState,
    Unsubscribe,
    UpdateChapter,
)
from books.events.describing import comment_fields, review_fields
from books.events.facts import CommentContent, ReviewContent
from books.events.typing import COMMENTING
from books.selectors.comments import reactions_of
from books.services.chapters import update_chapter
from books.services.comments import delete_comment, edit_comment, post_comment, react_to_comment
from books.services.reading import save_progress
from books.services.releases import publish_chapter
from books.services.reviews import post_review
from books.services.subscriptions import subscribe, unsubscribe
from livrya.accounts.selectors import signed_in
from livrya.kit.api.fields import unix_ms
from realtime.namespaces import Call, Commands
from realtime.people import typing_arrived
from realtime.rooms import Room

changes = Commands()


def _book_lane(wanted: Subscribe | Unsubscribe | PostReview) -> Room:
    return BookRoom(wanted.book_id)


def _chapter_lane(wanted: UpdateChapter | PublishChapter | PostComment) -> Room:
    return ChapterRoom(wanted.chapter_id)


@changes.handles(Subscribe, lane=_book_lane)
def on_subscribe(call: Call, wanted: Subscribe) -> SubscriptionState:
    subscription = subscribe(actor=signed_in(call.identity), book_id=wanted.book_id, level=wanted.level)
    return SubscriptionState(book_id=wanted.book_id, level=subscription.level)


@changes.handles(Unsubscribe, lane=_book_lane)
def on_unsubscribe(call: Call, wanted: Unsubscribe) -> SubscriptionState:
    unsubscribe(actor=signed_in(call.identity), book_id=wanted.book_id)
    return SubscriptionState(book_id=wanted.book_id, level=None)


@changes.handles(UpdateChapter, lane=_chapter_lane)
def on_update_chapter(call: Call, wanted: UpdateChapter) -> ChapterVersion:
    change: ChapterChange = wanted.data or wanted
    given: dict[str, Any] = {
        name: value
        for name in ("title", "text", "note", "volume", "silent")
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    chapter = update_chapter(
        actor=signed_in(call.identity), chapter_id=wanted.chapter_id, version=change.version, **given
    )
    return ChapterVersion(chapter_id=chapter.pk, version=chapter.version)


@changes.handles(PublishChapter, lane=_chapter_lane)
def on_publish_chapter(call: Call, wanted: PublishChapter) -> ChapterRelease:
    chapter = publish_chapter(actor=signed_in(call.identity), chapter_id=wanted.chapter_id, silent=wanted.silent)
    assert chapter.published_at is not None
    return ChapterRelease(
        chapter_id=chapter.pk,
        book_id=chapter.book_id,
        number=chapter.number,
        published_at=unix_ms(chapter.published_at),
    )


@changes.handles(PostComment, lane=_chapter_lane)
def on_post_comment(call: Call, wanted: PostComment) -> CommentContent:
    comment = post_comment(
        actor=signed_in(call.identity),
        chapter_id=wanted.chapter_id,
        text=wanted.text,
        parent_id=wanted.parent_id,
        paragraph=wanted.paragraph,
    )
    typing_arrived(call, ChapterRoom(wanted.chapter_id), COMMENTING, comment.author_id)
    return CommentContent(**comment_fields(comment))


@changes.handles(EditComment)
def on_edit_comment(call: Call, wanted: EditComment) -> CommentContent:
    comment = edit_comment(actor=signed_in(call.identity), comment_id=wanted.comment_id, text=wanted.text)
    realtime.about(ref(comment))  # what changes nothing emits no event, and gets the same answer
    return CommentContent(**comment_fields(comment))


@changes.handles(DeleteComment)
def on_delete_comment(call: Call, wanted: DeleteComment) -> CommentGone:
    delete_comment(actor=signed_in(call.identity), comment_id=wanted.comment_id)
    return CommentGone(comment_id=wanted.comment_id)


@changes.handles(React)
def on_react(call: Call, wanted: React) -> Reactions:
    react_to_comment(actor=signed_in(call.identity), comment_id=wanted.comment_id, kind=wanted.kind, on=wanted.on)
    counts = reactions_of([wanted.comment_id]).get(wanted.comment_id, {})
    return Reactions(comment_id=wanted.comment_id, reactions=counts)


@changes.handles(PostReview, lane=_book_lane)
def on_post_review(call: Call, wanted: PostReview) -> ReviewContent:
    review = post_review(actor=signed_in(call.identity), book_id=wanted.book_id, rating=wanted.rating, text=wanted.text)
    return ReviewContent(**review_fields(review, review.book))


@changes.handles(SaveProgress)
def on_save_progress(call: Call, wanted: SaveProgress) -> ProgressState:
    progress = save_progress(
        actor=signed_in(call.identity),
        chapter_id=wanted.chapter_id,
        position=wanted.position,
        paragraph=wanted.paragraph,
        connection_id=call.connection_id,
    )
    return ProgressState(
        chapter_id=progress.chapter_id,
        position=progress.position,
        paragraph=progress.paragraph,
        updated_at=unix_ms(progress.updated_at),
    )
