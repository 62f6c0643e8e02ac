"""What belongs to a reader: subscriptions, shelves, and their place in each book."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from books.models.book import Book
from books.models.chapter import Chapter


class SubscriptionLevel(models.TextChoices):
    ALL = "all", _("Everything")
    CHAPTERS = "chapters", _("New chapters")
    MUTED = "muted", _("Muted")


class Subscription(models.Model):
    """A reader follows a book; `level` says what they are notified of."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    level = models.CharField(max_length=10, choices=SubscriptionLevel.choices, default=SubscriptionLevel.ALL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "book"], name="subscription_once_per_person"),
            models.CheckConstraint(condition=Q(level__in=SubscriptionLevel.values), name="subscription_level_known"),
        ]
        # Walked in order of user when a chapter is announced.
        indexes = [models.Index(fields=["book", "user"], name="subscription_of_book")]


class ReadingProgress(models.Model):
    """How far a reader came in a chapter; that the row exists means that they opened it.

    `position` is the part read, 0.0 to 1.0; `paragraph` the id of the paragraph at the top of the page; where it
    is gone, `position` says where they were.
    A reader's place in the book is the row with the latest `updated_at`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading_progress")
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reading_progress")
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="reading_progress")
    position = models.FloatField(default=0.0)
    paragraph = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001  # as it travels: null, not ""
    opened_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "chapter"], name="progress_once_per_chapter"),
            models.CheckConstraint(condition=Q(position__gte=0, position__lte=1), name="progress_is_a_part"),
        ]
        indexes = [
            models.Index(fields=["user", "book", "-updated_at"], name="progress_place"),
            models.Index(fields=["user", "-updated_at"], name="progress_continue"),
        ]


class Shelf(models.TextChoices):
    READING = "reading", _("Reading")
    FINISHED = "finished", _("Finished")
    DROPPED = "dropped", _("Dropped")
    LATER = "later", _("Later")


class ShelfEntry(models.Model):
    """A book on one of its reader's shelves; it is on one at a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shelf_entries")
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="shelf_entries")
    shelf = models.CharField(max_length=10, choices=Shelf.choices)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "book"], name="shelf_once_per_book"),
            models.CheckConstraint(condition=Q(shelf__in=Shelf.values), name="shelf_known"),
        ]
        indexes = [models.Index(fields=["user", "shelf", "-updated_at"], name="shelf_list")]
