"""A book, and what describes it."""

from enum import IntFlag

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books import limits


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private: its people and invited readers only")


class Progress(models.TextChoices):
    """How far the author is with the whole work."""

    ONGOING = "ongoing", _("Ongoing")
    COMPLETE = "complete", _("Complete")
    HIATUS = "hiatus", _("On hiatus")


class ContentRating(models.TextChoices):
    GENERAL = "general", _("General")
    TEEN = "teen", _("Teen")
    MATURE = "mature", _("Mature")
    EXPLICIT = "explicit", _("Explicit")


class ContentWarning(IntFlag):
    """The fixed warnings, one bit each, so that "without any of these" is one comparison on any database."""

    VIOLENCE = 1
    DEATH = 2
    ABUSE = 4
    SEXUAL_VIOLENCE = 8
    SELF_HARM = 16
    SUBSTANCE_USE = 32
    STRONG_LANGUAGE = 64
    SEXUAL_CONTENT = 128

    @property
    def label(self) -> str:
        return str(self.name).replace("_", " ").capitalize()


class Tag(models.Model):
    """A word by which books are found; shared by all books that carry it."""

    name = models.CharField(max_length=limits.TAG, unique=True)
    slug = models.CharField(max_length=limits.TAG, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    """A serial book.

    `published_count`, `word_count` and `last_published_at` sum up its published chapters; `subscriber_count`,
    `review_count` and `rating_sum` its subscriptions and visible reviews. The services keep them right in the
    transaction of the fact. `hidden_at` is set by moderation: then only its people and staff see it.
    """

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=limits.TITLE)
    blurb = models.TextField(max_length=limits.SUMMARY, blank=True)
    byline = models.CharField(
        max_length=limits.TITLE, blank=True, help_text=_("The author as printed, where that is no member here.")
    )
    licence = models.CharField(max_length=limits.TITLE, blank=True)
    language = models.CharField(max_length=35, default="en", help_text=_("A language tag such as en or pt-BR."))
    rating = models.CharField(max_length=10, choices=ContentRating.choices, default=ContentRating.GENERAL)
    warnings = models.PositiveIntegerField(default=0)
    tags = models.ManyToManyField(Tag, related_name="books", blank=True)
    cover = models.ImageField(upload_to="covers/", blank=True)
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.ONGOING)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    default_note = models.TextField(max_length=limits.NOTE, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    published_count = models.PositiveIntegerField(default=0)
    word_count = models.PositiveIntegerField(default=0)
    last_published_at = models.DateTimeField(null=True, blank=True)
    subscriber_count = models.PositiveIntegerField(default=0)
    review_count = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="book_has_title"),
            models.CheckConstraint(condition=~Q(slug=""), name="book_has_slug"),
            models.CheckConstraint(condition=Q(rating__in=ContentRating.values), name="book_rating_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="book_visibility_known"),
            models.CheckConstraint(condition=Q(progress__in=Progress.values), name="book_progress_known"),
            models.CheckConstraint(condition=Q(warnings__lt=256), name="book_warnings_known"),
        ]
        indexes = [
            # The public lists: by last chapter, by subscribers, by age.
            models.Index(fields=["-last_published_at", "-id"], name="book_recent"),
            models.Index(fields=["-subscriber_count", "-id"], name="book_popular"),
            models.Index(fields=["-created_at", "-id"], name="book_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content_warnings(self) -> list[ContentWarning]:
        """The warnings that are set, in their fixed order."""
        return [warning for warning in ContentWarning if warning & self.warnings]

    @property
    def average_rating(self) -> float | None:
        """The mean of its reviews' stars, None before the first."""
        return round(self.rating_sum / self.review_count, 2) if self.review_count else None
