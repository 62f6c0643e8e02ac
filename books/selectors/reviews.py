"""Reviews of a book."""

from django.db.models import QuerySet

from books.models import Book, Credit, ReadingProgress, Review
from books.policies import Viewer
from books.policies.people import may_address_authors, reviews_visible_to
from realtime.errors import NotFound


def reviews_of(book: Book) -> QuerySet[Review]:
    """Returns the book's visible reviews with their authors, the newest first."""
    return Review.objects.filter(book=book, hidden_at__isnull=True).select_related("author").order_by("-id")


def review_by_id(viewer: Viewer, review_id: int) -> Review:
    """Returns the review with its author and book. Raises NotFound also where `viewer` may not see it."""
    review = Review.objects.filter(reviews_visible_to(viewer), pk=review_id).select_related("author", "book").first()
    if review is None:
        raise NotFound("There is no such review.")
    return review


def own_review(viewer: Viewer, book: Book) -> Review | None:
    """Returns what `viewer` wrote about the book, also when it is hidden."""
    if viewer is None or not viewer.is_authenticated:
        return None
    return Review.objects.filter(book=book, author_id=viewer.pk).select_related("author").first()


def may_review(viewer: Viewer, book: Book) -> bool:
    """Tells whether `viewer` may review the book now, or change their review.

    That is whoever has opened a chapter, does not work on the book, and is blocked by none of its authors.
    """
    if viewer is None or not viewer.is_authenticated or not may_address_authors(viewer, book.pk):
        return False
    if Review.objects.filter(book=book, author=viewer).exists():
        return True
    works_on_it = Credit.objects.filter(book=book, user=viewer, accepted_at__isnull=False).exists()
    return not works_on_it and ReadingProgress.objects.filter(user=viewer, book=book).exists()
