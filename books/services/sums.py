"""What a book's row says about its chapters and reviews, counted anew; the caller has locked the book."""

from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce

from books.models import Book, Chapter, ChapterState, Review


def count_chapters(book: Book) -> None:
    """Brings `published_count`, `word_count` and `last_published_at` up to date."""
    found = Chapter.objects.filter(book=book, state=ChapterState.PUBLISHED).aggregate(
        count=Count("pk"), words=Coalesce(Sum("word_count"), 0), last=Max("published_at")
    )
    book.published_count, book.word_count, book.last_published_at = found["count"], found["words"], found["last"]
    book.save(update_fields=["published_count", "word_count", "last_published_at", "updated_at"])


def count_reviews(book: Book) -> None:
    """Brings `review_count` and `rating_sum` up to date."""
    found = Review.objects.filter(book=book, hidden_at__isnull=True).aggregate(
        count=Count("pk"), stars=Coalesce(Sum("rating"), 0)
    )
    book.review_count, book.rating_sum = found["count"], found["stars"]
    book.save(update_fields=["review_count", "rating_sum"])
