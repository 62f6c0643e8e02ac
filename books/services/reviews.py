"""Reviews: posted, edited, deleted, moderated."""

from django.utils import timezone

import realtime
from books import limits, signals
from books.errors import NotOpenedYet, invalid
from books.models import Credit, ReadingProgress, Review
from books.policies.people import may_address_authors, may_read, require_person, require_staff
from books.services import checking
from books.services.locking import lock_book, lock_review
from books.services.sums import count_reviews
from livrya.accounts.models import User
from realtime.errors import Conflict, Forbidden, NotFound

# A review is sent to its book's room and to the (at most ten) authors.
_MOST_ROOMS = 16
_MODERATE = "books.delete_review"


def post_review(*, actor: User | None, book_id: int, rating: int, text: str = "") -> Review:
    """Says what the actor thinks of a book of which they have opened a chapter; once."""
    person = require_person(actor)
    stars, words = _rating(rating), checking.body("text", text, longest=limits.REVIEW, required=False)
    limits.REVIEWS.charge(person.pk)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        book = lock_book(book_id)
        if not may_read(person, book):
            raise NotFound("There is no such book.")
        if Credit.objects.filter(book=book, user=person, accepted_at__isnull=False).exists():
            raise Forbidden("Those who work on a book do not review it.")
        if not ReadingProgress.objects.filter(book=book, user=person).exists():
            raise NotOpenedYet
        _require_welcome(person, book.pk)
        if Review.objects.filter(book=book, author=person).exists():
            raise Conflict("You have reviewed this book already. Edit your review instead.")
        review = Review.objects.create(book=book, author=person, rating=stars, text=words)
        count_reviews(book)
        signals.review_posted.send(Review, review=review, actor=actor)
    return review


def edit_review(*, actor: User | None, review_id: int, rating: int | None = None, text: str | None = None) -> Review:
    """Changes the actor's review."""
    person = require_person(actor)
    limits.REVIEWS.charge(person.pk)
    with realtime.atomic():
        review = lock_review(person, review_id)
        if review.author_id != person.pk:
            raise Forbidden
        _require_welcome(person, review.book_id)
        if rating is not None:
            review.rating = _rating(rating)
        if text is not None:
            review.text = checking.body("text", text, longest=limits.REVIEW, required=False)
        review.edited_at = timezone.now()
        review.save(update_fields=["rating", "text", "edited_at"])
        count_reviews(review.book)
        if review.hidden_at is None:
            signals.review_edited.send(Review, review=review, actor=actor)
    return review


def delete_review(*, actor: User | None, review_id: int) -> None:
    """Deletes the actor's review; staff delete anybody's."""
    with realtime.atomic():
        review = lock_review(actor, review_id)
        own = actor is not None and review.author_id == actor.pk
        if not own:
            require_staff(actor, _MODERATE, act="review:delete", target=f"review:{review_id}")
        review.delete()
        review.pk = review_id
        count_reviews(review.book)
        signals.review_deleted.send(Review, review=review, moderated=not own, actor=actor)


def hide_review(*, actor: User | None, review_id: int) -> Review:
    """Takes a review out of sight and out of the book's stars; for staff."""
    return _moderate(actor, review_id, hidden=True)


def restore_review(*, actor: User | None, review_id: int) -> Review:
    """Brings a hidden review back; for staff."""
    return _moderate(actor, review_id, hidden=False)


def _moderate(actor: User | None, review_id: int, *, hidden: bool) -> Review:
    require_staff(actor, _MODERATE)
    with realtime.atomic():
        review = lock_review(actor, review_id)
        if (review.hidden_at is not None) == hidden:
            return review
        act = "review:hide" if hidden else "review:restore"
        require_staff(actor, _MODERATE, act=act, target=f"review:{review_id}")
        review.hidden_at = timezone.now() if hidden else None
        review.save(update_fields=["hidden_at"])
        count_reviews(review.book)
        if hidden:
            signals.review_deleted.send(Review, review=review, moderated=True, actor=actor)
        else:
            signals.review_restored.send(Review, review=review, actor=actor)
    return review


def _require_welcome(person: User, book_id: int) -> None:
    if not may_address_authors(person, book_id):
        raise Forbidden("You cannot review this book.")


def _rating(rating: int) -> int:
    if rating not in range(1, 6):
        raise invalid("rating", "One to five stars, please.")
    return rating
