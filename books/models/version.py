"""A chapter's draft as it once was."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books import limits
from books.models.chapter import Chapter


class VersionKind(models.TextChoices):
    NAMED = "named", _("Named")
    AUTOMATIC = "automatic", _("Kept while writing")
    PUBLISHING = "publishing", _("Before publishing")
    RESTORING = "restoring", _("Before restoring")
    IMPORTING = "importing", _("Before a file replaced it")


class Version(models.Model):
    """All that a draft said at one moment: its text as the chapter's would be, and its paragraphs' ids in order.

    So a version is whole by itself, whatever becomes of the document, of its log and of the way in which both are
    stored. `actor` named it, published or restored; None for what was kept by itself. `digest` is of text and ids,
    `size` the text's characters.
    """

    LONG_FIELDS = ("text", "paragraph_ids")
    """What lists of versions do not read."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="versions", db_index=False)
    kind = models.CharField(max_length=10, choices=VersionKind.choices)
    name = models.CharField(max_length=limits.TITLE, blank=True)
    text = models.TextField(blank=True)
    paragraph_ids = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    word_count = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="named") & ~Q(name="")) | (~Q(kind="named") & Q(name="")),
                name="version_named_has_name",
            ),
        ]
        indexes = [
            models.Index(fields=["chapter", "-id"], name="version_latest"),
            models.Index(fields=["chapter", "digest"], name="version_of_state"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()}, {self.created_at:%Y-%m-%d %H:%M}"
