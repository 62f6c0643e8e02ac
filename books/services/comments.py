"""Comments: posted, edited, deleted, moderated, reacted to."""

from django.utils import timezone

import realtime
from books import limits, signals
from books.errors import CommentsLocked, invalid
from books.models import Chapter, Comment, Reaction, ReactionKind, Right
from books.policies.people import may_address_authors, require, require_person
from books.services import checking
from books.services.locking import lock_chapter_alone, lock_comment
from livrya.accounts.models import User
from livrya.accounts.policies import may_address
from realtime.errors import Conflict, Forbidden, NotFound

# A comment is sent to its chapter's room, to the (at most ten) authors and to whom it answers.
_MOST_ROOMS = 16


def post_comment(
    *, actor: User | None, chapter_id: int, text: str, parent_id: int | None = None, paragraph: str | None = None
) -> Comment:
    """Says something under a chapter, at one of its paragraphs (by id), or in reply to another comment.

    What is said about a paragraph that has just been taken out stands under the chapter.
    A reply to a comment at the last level is put beside it. Nobody answers a person whom they have blocked or who
    has blocked them, nor comments on the book of an author who has.
    """
    person = require_person(actor)
    clean = checking.body("text", text, longest=limits.COMMENT)
    if paragraph is not None:
        checking.paragraph("paragraph", paragraph)
    limits.COMMENTS.charge(person.pk)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        chapter = lock_chapter_alone(person, chapter_id)
        _require_open(person, chapter)
        parent = _parent(person, chapter, parent_id)
        if parent is not None:
            paragraph = parent.paragraph
        elif paragraph not in chapter.paragraph_ids:
            paragraph = None
        comment = Comment.objects.create(
            chapter=chapter,
            author=person,
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            paragraph=paragraph,
            text=clean,
        )
        comment.path = f"{parent.path if parent else ''}{comment.pk:012d}"
        comment.save(update_fields=["path"])
        signals.comment_posted.send(Comment, comment=comment, answered_id=parent_id, actor=actor)
    return comment


def edit_comment(*, actor: User | None, comment_id: int, text: str) -> Comment:
    """Changes what the actor has said."""
    person = require_person(actor)
    clean = checking.body("text", text, longest=limits.COMMENT)
    limits.COMMENTS.charge(person.pk)
    with realtime.atomic():
        comment = lock_comment(person, comment_id)
        if comment.author_id != person.pk:
            raise Forbidden
        if comment.hidden_at is not None:
            raise Conflict("A moderator has hidden this comment.")
        if not may_address_authors(person, comment.chapter.book_id):
            raise Forbidden("You cannot comment on this book.")
        if comment.text != clean:
            comment.text, comment.edited_at = clean, timezone.now()
            comment.save(update_fields=["text", "edited_at"])
            signals.comment_edited.send(Comment, comment=comment, actor=actor)
    return comment


def delete_comment(*, actor: User | None, comment_id: int) -> None:
    """Takes back what the actor has said, or, for a moderator, what somebody said. The text is gone for ever."""
    with realtime.atomic():
        comment = lock_comment(actor, comment_id)
        own = actor is not None and comment.author_id == actor.pk
        if not own:
            _require_moderator(actor, comment, "comment:delete")
        comment.text, comment.deleted_at = "", timezone.now()
        comment.save(update_fields=["text", "deleted_at"])
        comment.reactions.all().delete()
        signals.comment_deleted.send(Comment, comment=comment, moderated=not own, actor=actor)


def hide_comment(*, actor: User | None, comment_id: int) -> Comment:
    """Takes a comment out of sight; a moderator can bring it back."""
    with realtime.atomic():
        comment = lock_comment(actor, comment_id)
        _require_moderator(actor, comment, "comment:hide")
        if comment.hidden_at is None:
            comment.hidden_at = timezone.now()
            comment.save(update_fields=["hidden_at"])
            signals.comment_deleted.send(Comment, comment=comment, moderated=True, actor=actor)
    return comment


def restore_comment(*, actor: User | None, comment_id: int) -> Comment:
    """Brings a hidden comment back into sight."""
    with realtime.atomic():
        comment = lock_comment(actor, comment_id)
        _require_moderator(actor, comment, "comment:restore")
        if comment.hidden_at is not None:
            comment.hidden_at = None
            comment.save(update_fields=["hidden_at"])
            signals.comment_restored.send(Comment, comment=comment, actor=actor)
    return comment


def react_to_comment(*, actor: User | None, comment_id: int, kind: str, on: bool = True) -> Comment:
    """Adds the actor's reaction of that kind, or takes it back; the same again changes nothing."""
    person = require_person(actor)
    checking.choice("kind", kind, ReactionKind.values)
    limits.REACTIONS.charge(person.pk)
    with realtime.atomic():
        comment = lock_comment(person, comment_id)
        if comment.hidden_at is not None:
            raise Conflict("A moderator has hidden this comment.")
        if on:
            _, changed = Reaction.objects.get_or_create(comment=comment, user=person, kind=kind)
        else:
            changed = Reaction.objects.filter(comment=comment, user=person, kind=kind).delete()[0] > 0
        if changed:
            signals.comment_reacted.send(Comment, comment=comment, actor=actor)
    return comment


def _require_open(person: User, chapter: Chapter) -> None:
    if not chapter.is_published:
        raise NotFound("There is no such chapter.")
    if chapter.comments_locked:
        raise CommentsLocked
    if not may_address_authors(person, chapter.book_id):
        raise Forbidden("You cannot comment on this book.")


def _parent(person: User, chapter: Chapter, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = Comment.objects.filter(pk=parent_id, chapter=chapter).select_related("parent", "author").first()
    if parent is None or not parent.is_visible:
        raise invalid("parent", "The comment that this answers is gone.")
    if not may_address(person, parent.author):
        raise Forbidden("You cannot answer this person.")
    return parent.parent if parent.depth == limits.REPLY_DEPTH - 1 else parent


def _require_moderator(actor: User | None, comment: Comment, act: str) -> None:
    """Refuses who may not moderate; a book's own moderators answer to its author, what staff do is written down."""
    book, target = comment.chapter.book, f"comment:{comment.pk}"
    require(actor, book, Right.MODERATE_COMMENTS, staff="books.delete_comment", act=act, target=target)
