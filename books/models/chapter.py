"""A chapter: the unit that is written, published and read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books import limits
from books.models.book import Book


class ChapterState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")


class Chapter(models.Model):
    """One chapter of a book.

    `number` is its place among all chapters of the book, drafts included. `text` is plain paragraphs in the
    Markdown subset of `books.text`. `version` grows by one with every saved change of title, note or text; a
    writer says which version they changed, so that nobody overwrites another unawares. `silent`: its release
    notifies nobody. `announced_at`: when its first release was announced; releasing again announces nothing.
    `paragraph_ids` are those of the text's paragraphs in order, see `books.paragraphs`.
    """

    LONG_FIELDS = ("text", "paragraph_ids", "note")
    """What lists of chapters do not read."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    number = models.PositiveIntegerField()
    volume = models.CharField(max_length=limits.TITLE, blank=True)
    title = models.CharField(max_length=limits.TITLE)
    note = models.TextField(max_length=limits.NOTE, blank=True)
    text = models.TextField(max_length=limits.CHAPTER, blank=True)
    paragraph_ids = models.JSONField(default=list, blank=True)
    word_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ChapterState.choices, default=ChapterState.DRAFT)
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    silent = models.BooleanField(default=False)
    comments_locked = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["book", "number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="chapter_number_once_per_book"),
            models.CheckConstraint(condition=Q(number__gte=1), name="chapter_number_from_one"),
            models.CheckConstraint(condition=~Q(title=""), name="chapter_has_title"),
            models.CheckConstraint(
                condition=(
                    Q(state="draft", publish_at__isnull=True, published_at__isnull=True)
                    | Q(state="scheduled", publish_at__isnull=False, published_at__isnull=True)
                    | Q(state="published", publish_at__isnull=True, published_at__isnull=False)
                ),
                name="chapter_state_and_times_agree",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "state", "number"], name="chapter_contents"),
            models.Index(fields=["publish_at"], condition=Q(state="scheduled"), name="chapter_due"),
            models.Index(fields=["-published_at", "-id"], condition=Q(state="published"), name="chapter_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def is_published(self) -> bool:
        return self.state == ChapterState.PUBLISHED
