"""What a reader thinks of a whole book."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from books import limits
from books.models.book import Book


class Review(models.Model):
    """One person's stars and words about a book; only somebody who opened a chapter writes one."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=limits.REVIEW, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "author"], name="review_once_per_person"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="review_one_to_five_stars"),
        ]
        indexes = [
            models.Index(fields=["book", "-id"], name="review_latest"),
            models.Index(fields=["author", "-id"], name="review_of_person"),
        ]
