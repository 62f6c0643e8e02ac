"""What readers say under a chapter."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books import limits
from books.models.chapter import Chapter


class Comment(models.Model):
    """A comment on a chapter, on one of its paragraphs, or on another comment.

    `path` holds the ids from the thread's root down to this comment, twelve digits each: sorted by it, a
    thread is in one piece, parents before replies, on every database and collation. Deleting keeps the row,
    without its text, so that replies stay in place. `hidden_at`: a moderator took it out of sight.
    """

    LONG_FIELDS = tuple(f"chapter__{name}" for name in Chapter.LONG_FIELDS)
    """What is not read of its chapter."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="chapter_comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    path = models.CharField(max_length=12 * limits.REPLY_DEPTH, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    paragraph = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001  # as it travels: null, not ""
    text = models.TextField(max_length=limits.COMMENT, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(depth__lt=limits.REPLY_DEPTH), name="comment_depth_bounded"),
            models.CheckConstraint(condition=Q(deleted_at__isnull=False) | ~Q(text=""), name="comment_says_something"),
        ]
        indexes = [
            models.Index(fields=["chapter", "path"], name="comment_threads"),
            models.Index(fields=["chapter", "-id"], name="comment_latest"),
            models.Index(fields=["author", "-id"], name="comment_of_person"),
        ]

    def __str__(self) -> str:
        return self.text[:50]

    @property
    def is_visible(self) -> bool:
        return self.deleted_at is None and self.hidden_at is None


class ReactionKind(models.TextChoices):
    LIKE = "like", _("Like")
    LOVE = "love", _("Love")
    LAUGH = "laugh", _("Laugh")
    WOW = "wow", _("Wow")
    SAD = "sad", _("Sad")


class Reaction(models.Model):
    """A person's reaction to a comment; one of each kind at most."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comment_reactions")
    kind = models.CharField(max_length=10, choices=ReactionKind.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "kind", "user"], name="reaction_once_per_person"),
            models.CheckConstraint(condition=Q(kind__in=ReactionKind.values), name="reaction_kind_known"),
        ]
