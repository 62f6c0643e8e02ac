"""Who is notified of what in the library: receivers that turn its signals into notifications."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from books import signals
from books.broadcasts import ref
from books.models import Book, Chapter, Comment, Credit, Invitation, Review, Subscription, SubscriptionLevel
from books.policies import may_read
from books.selectors.books import is_public
from books.selectors.people import authors_of
from livrya.accounts.models import Follow, User
from livrya.kit.texts import excerpt
from notifications import audiences, kinds
from notifications.fan_out import fan_out, withdraw
from notifications.services import Notice, notify

CHAPTER_PUBLISHED = kinds.declare("CHAPTER_PUBLISHED", "A new chapter of a book or author that I follow")
COMMENT_ON_BOOK = kinds.declare("COMMENT_ON_BOOK", "Comments on my books, and answers to my comments")
REVIEW_ON_BOOK = kinds.declare("REVIEW_ON_BOOK", "Reviews of my books")
BOOK_INVITATION = kinds.declare("BOOK_INVITATION", "Somebody invites me to a book")

EXCERPT = 50
"""So many characters of a comment are quoted in its notification."""

SUBSCRIBERS = "books.subscribers"
FOLLOWERS = "books.followers"


def subscribers(chapter_id: int, after: int, limit: int) -> Sequence[int]:
    """Returns the next readers who want news of the published chapter's book, and may see it."""
    chapter = _announced(chapter_id)
    if chapter is None:
        return []
    wanting = Subscription.objects.filter(book=chapter.book_id, user__gt=after, user__is_active=True)
    if not is_public(chapter.book):
        # Who subscribed while it was public keeps the subscription, and gets no notification.
        wanting = wanting.filter(Q(user__in=_accepted(Credit, chapter)) | Q(user__in=_accepted(Invitation, chapter)))
    ids = wanting.exclude(level=SubscriptionLevel.MUTED).order_by("user").values_list("user_id", flat=True)
    return list(ids[:limit])


def followers(chapter_id: int, after: int, limit: int) -> Sequence[int]:
    """Returns the next followers of the published chapter's authors, but for those who have muted the book."""
    chapter = _announced(chapter_id)
    if chapter is None or not is_public(chapter.book):
        return []
    muted = Subscription.objects.filter(book=chapter.book_id, level=SubscriptionLevel.MUTED)
    following = Follow.objects.filter(
        followed__in=authors_of(chapter.book_id), follower__gt=after, follower__is_active=True
    ).exclude(follower__in=muted.values("user_id"))
    return list(following.order_by("follower").values_list("follower_id", flat=True).distinct()[:limit])


audiences.register(SUBSCRIBERS, subscribers)
audiences.register(FOLLOWERS, followers)


@receiver(signals.chapter_published)
def announce_chapter(chapter: Chapter, first: bool, actor: User | None, **_: Any) -> None:
    """Notifies subscribers and followers, each once, of a first release that is not silent."""
    if chapter.silent or not first:
        return
    notice = Notice(
        kind=CHAPTER_PUBLISHED.code,
        message=f"New chapter: {chapter.title}",
        url=_address(chapter),
        cause=f"chapter:{chapter.pk} published",
        about=f"book:{chapter.book_id}",
        ref=ref(chapter),
        subject={"book_id": chapter.book_id, "chapter_id": chapter.pk},
    )
    fan_out(actor=actor, notice=notice, audience=SUBSCRIBERS, key=chapter.pk)
    fan_out(actor=actor, notice=notice, audience=FOLLOWERS, key=chapter.pk)


@receiver(signals.comment_posted)
def announce_comment(comment: Comment, answered_id: int | None, actor: User | None, **_: Any) -> None:
    """Notifies the book's authors and who is answered."""
    chapter = comment.chapter
    recipients = set(authors_of(chapter.book_id))
    answered = User.objects.filter(chapter_comments=answered_id).first() if answered_id else None
    if answered is not None and may_read(answered, chapter.book):
        recipients.add(answered.pk)
    notice = Notice(
        kind=COMMENT_ON_BOOK.code,
        message=excerpt(comment.text, EXCERPT),
        url=f"{_address(chapter)}#comment-{comment.pk}",
        cause=f"comment:{comment.pk} posted",
        about=f"chapter:{chapter.pk}",
        ref=ref(comment),
        subject={"book_id": chapter.book_id, "chapter_id": chapter.pk, "comment_id": comment.pk},
    )
    notify(actor=actor, recipients=recipients, notice=notice)


@receiver(signals.review_posted)
def announce_review(review: Review, actor: User | None, **_: Any) -> None:
    """Notifies the book's authors."""
    notice = Notice(
        kind=REVIEW_ON_BOOK.code,
        message=f"{review.author} gives {review.book.title} {review.rating} of 5 stars.",
        url=f"/books/{review.book.slug}/#reviews",
        cause=f"review:{review.pk} posted",
        about=f"book:{review.book_id}",
        ref=ref(review),
        subject={"book_id": review.book_id, "review_id": review.pk},
    )
    notify(actor=actor, recipients=authors_of(review.book_id), notice=notice)


@receiver(signals.credit_offered)
def announce_offer(credit: Credit, actor: User | None, **_: Any) -> None:
    """Notifies who is asked to work on a book."""
    notice = Notice(
        kind=BOOK_INVITATION.code,
        message=f"You are asked to be {credit.get_kind_display()} of {credit.book.title}.",
        url="/write/",
        cause=f"credit:{credit.pk} offered",
        about=f"book:{credit.book_id}",
        subject={"book_id": credit.book_id},
    )
    notify(actor=actor, recipients=[credit.user_id], notice=notice)


@receiver(signals.reader_invited)
def announce_invitation(invitation: Invitation, actor: User | None, **_: Any) -> None:
    """Notifies who is invited to read a private book."""
    notice = Notice(
        kind=BOOK_INVITATION.code,
        message=f"You are invited to read {invitation.book.title}.",
        url="/write/",
        cause=f"invitation:{invitation.pk} offered",
        about=f"book:{invitation.book_id}",
        subject={"book_id": invitation.book_id},
    )
    notify(actor=actor, recipients=[invitation.user_id], notice=notice)


@receiver(signals.comment_deleted)
def take_back_comment(comment: Comment, **_: Any) -> None:
    """Takes its words out of every bell."""
    withdraw(ref=ref(comment))


@receiver(signals.review_deleted)
def take_back_review(review: Review, **_: Any) -> None:
    """Takes it out of every bell."""
    withdraw(ref=ref(review))


@receiver(signals.chapter_withdrawn)
def take_back_chapter(chapter: Chapter, was_published: bool, **_: Any) -> None:
    """Takes the announcement of what is no longer there out of every bell."""
    if was_published:
        withdraw(ref=ref(chapter))


@receiver((signals.book_deleted, signals.book_moderated))
def take_back_book(book: Book, hidden: bool = True, **_: Any) -> None:
    """Takes the announcements of its chapters out of every bell."""
    if hidden:
        for chapter in book.chapters.filter(announced_at__isnull=False).only("pk"):
            withdraw(ref=ref(chapter))


def _announced(chapter_id: int) -> Chapter | None:
    """Returns the chapter while it is out and not taken out of sight; a job asks long after the fact."""
    chapter = Chapter.objects.filter(pk=chapter_id, book__hidden_at__isnull=True).select_related("book").first()
    return chapter if chapter is not None and chapter.is_published else None


def _accepted(model: type[Credit] | type[Invitation], chapter: Chapter) -> Any:
    return model._default_manager.filter(book=chapter.book_id, accepted_at__isnull=False).values("user_id")


def _address(chapter: Chapter) -> str:
    return f"/books/{chapter.book.slug}/{chapter.number}/"
