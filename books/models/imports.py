"""A file that somebody sent, as it was read: shown to them before anything of it is written."""

from django.conf import settings
from django.db import models

from books import limits
from books.models.book import Book
from books.models.chapter import Chapter


class Import(models.Model):
    """What was read of one file, kept for a short time for the person who sent it, and for nobody else.

    `outline` has a line for each chapter, in order: `title`, `volume`, `words`, `beginning`, and `fits`, which says
    whether a chapter here may be as long. `contents` are the chapters themselves: `title`, `volume`, `note`, `text`.
    `remarks` are names of `books.importing.foreign.shapes.Remark`.

    Accepted, it says what is written where: `chosen` are places in `contents`, `done` how many of them are there.
    With `chapter` all of them together are its text; else they are chapters of `book`.
    """

    LONG_FIELDS = ("contents",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=limits.TITLE)
    title = models.CharField(max_length=limits.TITLE)
    author = models.CharField(max_length=limits.TITLE, blank=True)
    language = models.CharField(max_length=35, blank=True)
    remarks = models.JSONField(default=list, blank=True)
    outline = models.JSONField(default=list)
    contents = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    chosen = models.JSONField(default=list, blank=True)
    done = models.PositiveIntegerField(default=0)
    book = models.ForeignKey(Book, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    chapter = models.ForeignKey(Chapter, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="import_of_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_finished(self) -> bool:
        return self.accepted_at is not None and self.done >= len(self.chosen)
