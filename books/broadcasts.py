"""Publishes what happens in the library: receivers that turn its signals into events for rooms."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

import realtime
from books import signals
from books.events import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.events.describing import comment_fields, release_fields, review_fields, version_fields
from books.events.drafting import ClashChanged, VersionNamed, VersionRestored
from books.events.facts import (
    AuthorAlert,
    BookUpdated,
    ChapterAvailable,
    ChapterRemoved,
    ChapterScheduled,
    ChapterUpdated,
    CommentDeleted,
    CommentNew,
    CommentsLockedChanged,
    CommentUpdated,
    CreditChanged,
    InvitationChanged,
    ProgressChanged,
    ReactionChanged,
    ReviewDeleted,
    ReviewNew,
    ReviewUpdated,
    ShelfChanged,
    SubscriptionChanged,
)
from books.models import Book, Chapter, Clash, Comment, Credit, Invitation, ReadingProgress, Review, Version
from books.selectors.books import is_public
from books.selectors.comments import reactions_of
from books.selectors.people import authors_of
from livrya.accounts.models import Follow, User
from livrya.accounts.signals import user_followed, user_unfollowed
from livrya.kit.api.fields import unix_ms
from realtime import UserRoom, refresh_rooms

Actor = User | None

MOST_PARAGRAPHS = 2_000
"""More changed paragraphs than this are not listed: the reader fetches the chapter anyway."""


def ref(thing: Book | Chapter | Comment | Review | Version) -> str:
    """Returns the name under which the log knows what its events are about."""
    return f"{type(thing).__name__.lower()}:{thing.pk}"


@receiver((signals.book_updated, signals.chapters_reordered))
def emit_book_updated(book: Book, actor: Actor, **_: Any) -> None:
    realtime.emit(
        BookRoom(book.pk), BookUpdated(book_id=book.pk, title=book.title, slug=book.slug), ref=ref(book), actor=actor
    )


@receiver(signals.book_deleted)
def forget_book(book: Book, people: Iterable[int], actor: Actor, **_: Any) -> None:
    _blank_chapters(book)
    _ask_again(book, None)
    for user_id in people:
        refresh_rooms(user_id)


@receiver(signals.book_moderated)
def emit_moderated(book: Book, hidden: bool, actor: Actor, **_: Any) -> None:
    if not hidden:
        emit_book_updated(book=book, actor=actor)


@receiver(signals.reading_right_changed)
def ask_readers_again(book: Book, user_id: int | None, actor: Actor, **_: Any) -> None:
    """Also where a book opens: who hides is a guest where guests may be, and nobody elsewhere."""
    if user_id is None and not is_public(book):
        _blank_chapters(book)
    _ask_again(book, user_id)


@receiver((signals.credit_offered, signals.credit_changed))
def emit_credit(credit: Credit, actor: Actor, **_: Any) -> None:
    _emit_credit(credit, "accepted" if credit.accepted_at else "offered", actor)
    if credit.accepted_at:
        # The rights may be fewer than before: whoever writes a draft is asked again.
        for chapter_id in credit.book.chapters.values_list("pk", flat=True):
            realtime.revoke(user=credit.user_id, room=DraftRoom(chapter_id))
        emit_book_updated(book=credit.book, actor=actor)


@receiver(signals.credit_ended)
def emit_credit_ended(credit: Credit, actor: Actor, **_: Any) -> None:
    _emit_credit(credit, "ended", actor)
    if credit.accepted_at:
        emit_book_updated(book=credit.book, actor=actor)


@receiver(signals.reader_invited)
def emit_invitation(invitation: Invitation, actor: Actor, **_: Any) -> None:
    event = InvitationChanged(book_id=invitation.book_id, book_title=invitation.book.title, invitation_id=invitation.pk)
    realtime.emit(UserRoom(invitation.user_id), event, actor=actor)


@receiver(signals.chapter_updated)
def emit_chapter_updated(
    chapter: Chapter, title_changed: bool, changed_paragraphs: list[str], actor: Actor, **_: Any
) -> None:
    event = ChapterUpdated(
        book_id=chapter.book_id,
        chapter_id=chapter.pk,
        version=chapter.version,
        changed_paragraphs=changed_paragraphs if len(changed_paragraphs) <= MOST_PARAGRAPHS else None,
        word_count=chapter.word_count,
        title=chapter.title if title_changed else None,
    )
    realtime.emit(DraftRoom(chapter.pk), event, ref=ref(chapter), actor=actor)
    if chapter.is_published:
        realtime.emit(BookRoom(chapter.book_id), event, ref=ref(chapter), actor=actor)
        realtime.emit(ChapterRoom(chapter.pk), event, ref=ref(chapter), actor=actor)


@receiver(signals.chapter_published)
def emit_chapter_available(chapter: Chapter, authors: list[int], actor: Actor, **_: Any) -> None:
    event = ChapterAvailable(**release_fields(chapter))
    realtime.emit(BookRoom(chapter.book_id), event, ref=ref(chapter), actor=actor)
    # Followers of an author may not know of a private book.
    if is_public(chapter.book):
        for author_id in authors:
            realtime.emit(FollowersRoom(author_id), event, ref=ref(chapter), actor=actor)
    # Who was in it before, working on it, is among readers now.
    realtime.revoke(room=ChapterRoom(chapter.pk))


@receiver(signals.chapter_withdrawn)
def emit_chapter_removed(chapter: Chapter, was_published: bool, actor: Actor, **_: Any) -> None:
    deleted = not Chapter.objects.filter(pk=chapter.pk).exists()
    event = ChapterRemoved(book_id=chapter.book_id, chapter_id=chapter.pk, deleted=deleted)
    realtime.emit(DraftRoom(chapter.pk), event, actor=actor)
    if was_published:
        realtime.blank(ref=ref(chapter))
        realtime.emit(BookRoom(chapter.book_id), event, actor=actor)
        realtime.revoke(room=ChapterRoom(chapter.pk), reason="The chapter was taken back.")
    if deleted:
        realtime.revoke(room=DraftRoom(chapter.pk), reason="The chapter was deleted.")


@receiver(signals.chapter_scheduled)
def emit_chapter_scheduled(chapter: Chapter, actor: Actor, **_: Any) -> None:
    publish_at = unix_ms(chapter.publish_at) if chapter.publish_at else None
    event = ChapterScheduled(book_id=chapter.book_id, chapter_id=chapter.pk, publish_at=publish_at)
    realtime.emit(DraftRoom(chapter.pk), event, actor=actor)
    for author_id in authors_of(chapter.book_id):
        realtime.emit(AuthorRoom(author_id), event, actor=actor)


@receiver(signals.comments_locked)
def emit_comments_locked(chapter: Chapter, actor: Actor, **_: Any) -> None:
    event = CommentsLockedChanged(chapter_id=chapter.pk, locked=chapter.comments_locked)
    realtime.emit(ChapterRoom(chapter.pk), event, actor=actor)


@receiver((signals.clash_found, signals.clash_settled))
def emit_clash(clash: Clash, actor: Actor, **_: Any) -> None:
    event = ClashChanged(
        chapter_id=clash.chapter_id, clash_id=clash.pk, kind=clash.kind, is_settled=clash.settled_at is not None
    )
    realtime.emit(DraftRoom(clash.chapter_id), event, actor=actor)


@receiver(signals.version_named)
def emit_version_named(version: Version, actor: Actor, **_: Any) -> None:
    event = VersionNamed(**version_fields(version, actor))
    realtime.emit(DraftRoom(version.chapter_id), event, ref=ref(version), actor=actor)


@receiver(signals.version_restored)
def emit_version_restored(version: Version, actor: Actor, **_: Any) -> None:
    event = VersionRestored(**version_fields(version, actor))
    realtime.emit(DraftRoom(version.chapter_id), event, ref=ref(version), actor=actor)


@receiver(signals.version_deleted)
def forget_version(version: Version, **_: Any) -> None:
    realtime.blank(ref=ref(version))


@receiver(signals.subscription_changed)
def emit_subscription(book_id: int, user_id: int, level: str | None, actor: Actor, **_: Any) -> None:
    realtime.emit(UserRoom(user_id), SubscriptionChanged(book_id=book_id, level=level), actor=actor)
    refresh_rooms(user_id)
    count = Book.objects.values_list("subscriber_count", flat=True).get(pk=book_id)
    _alert_authors("subscription", book_id, None, count)


@receiver((user_followed, user_unfollowed))
def refresh_followed_rooms(follower: User | None = None, follow: Follow | None = None, **_: Any) -> None:
    who = follow.follower_id if follow is not None else follower
    if who is not None:
        refresh_rooms(who)


@receiver(signals.comment_posted)
def emit_comment(comment: Comment, actor: Actor, **_: Any) -> None:
    realtime.emit(ChapterRoom(comment.chapter_id), CommentNew(**comment_fields(comment)), ref=ref(comment), actor=actor)
    _alert_authors("comment", comment.chapter.book_id, comment.chapter_id, 1)


@receiver((signals.comment_edited, signals.comment_restored))
def emit_comment_updated(comment: Comment, actor: Actor, **_: Any) -> None:
    edited_at = unix_ms(comment.edited_at) if comment.edited_at else None
    event = CommentUpdated(**comment_fields(comment), edited_at=edited_at)
    realtime.emit(ChapterRoom(comment.chapter_id), event, ref=ref(comment), actor=actor)


@receiver(signals.comment_deleted)
def emit_comment_deleted(comment: Comment, moderated: bool, actor: Actor, **_: Any) -> None:
    realtime.blank(ref=ref(comment))
    event = CommentDeleted(id=comment.pk, chapter_id=comment.chapter_id, moderated=moderated)
    realtime.emit(ChapterRoom(comment.chapter_id), event, actor=actor)


@receiver(signals.comment_reacted)
def emit_reaction(comment: Comment, actor: Actor, **_: Any) -> None:
    counts = reactions_of([comment.pk]).get(comment.pk, {})
    event = ReactionChanged(comment_id=comment.pk, chapter_id=comment.chapter_id, reactions=counts)
    realtime.emit(ChapterRoom(comment.chapter_id), event, ref=f"reactions:{comment.pk}", actor=actor)


@receiver(signals.review_posted)
def emit_review(review: Review, actor: Actor, **_: Any) -> None:
    event = ReviewNew(**review_fields(review, review.book))
    realtime.emit(BookRoom(review.book_id), event, ref=ref(review), actor=actor)
    _alert_authors("review", review.book_id, None, review.book.review_count)


@receiver((signals.review_edited, signals.review_restored))
def emit_review_updated(review: Review, actor: Actor, **_: Any) -> None:
    edited_at = unix_ms(review.edited_at) if review.edited_at else None
    event = ReviewUpdated(**review_fields(review, review.book), edited_at=edited_at)
    realtime.emit(BookRoom(review.book_id), event, ref=ref(review), actor=actor)


@receiver(signals.review_deleted)
def emit_review_deleted(review: Review, moderated: bool, actor: Actor, **_: Any) -> None:
    realtime.blank(ref=ref(review))
    event = ReviewDeleted(
        id=review.pk,
        book_id=review.book_id,
        moderated=moderated,
        average_rating=review.book.average_rating,
        review_count=review.book.review_count,
    )
    realtime.emit(BookRoom(review.book_id), event, actor=actor)


@receiver(signals.progress_saved)
def emit_progress(progress: ReadingProgress, connection_id: str | None, **_: Any) -> None:
    event = ProgressChanged(
        book_id=progress.book_id,
        chapter_id=progress.chapter_id,
        position=progress.position,
        paragraph=progress.paragraph,
        updated_at=unix_ms(progress.updated_at),
    )
    realtime.emit(UserRoom(progress.user_id), event, skip=connection_id)


@receiver(signals.book_shelved)
def emit_shelf(book_id: int, user_id: int, shelf: str | None, actor: Actor, **_: Any) -> None:
    realtime.emit(UserRoom(user_id), ShelfChanged(book_id=book_id, shelf=shelf), actor=actor)


def _emit_credit(credit: Credit, state: str, actor: Actor) -> None:
    event = CreditChanged(
        book_id=credit.book_id,
        book_title=credit.book.title,
        credit_id=credit.pk,
        kind=credit.kind,
        rights=[str(right.name).lower() for right in credit.rights_held],
        state=state,
    )
    realtime.emit(UserRoom(credit.user_id), event, actor=actor)


def _alert_authors(kind: str, book_id: int, chapter_id: int | None, count: int) -> None:
    for author_id in authors_of(book_id):
        alert = AuthorAlert(kind=kind, book_id=book_id, chapter_id=chapter_id, count=count)
        realtime.emit(AuthorRoom(author_id), alert)


def _ask_again(book: Book, user_id: int | None) -> None:
    """Has everybody in the book's rooms (or one person) authorised again."""
    chapters = list(book.chapters.values_list("pk", flat=True))
    rooms = [BookRoom(book.pk), *map(ChapterRoom, chapters)]
    if user_id is not None:
        rooms += map(DraftRoom, chapters)
    for room in rooms:
        realtime.revoke(user=user_id, room=room)


def _blank_chapters(book: Book) -> None:
    """Takes the events about its chapters out of the followers' rooms, which stay open to people."""
    for chapter in book.chapters.filter(announced_at__isnull=False).only("pk"):
        realtime.blank(ref=ref(chapter))
