"""Words that the merging of a draft has lost or doubled."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from books.models.chapter import Chapter

CONTEXT = 60
"""Letters on each side of the words, which say where they stood; as many as the engine tells."""


class ClashKind(models.TextChoices):
    SWALLOWED = "swallowed", _("Typed into what somebody took out")
    DOUBLED = "doubled", _("Put in by two at once")


class Clash(models.Model):
    """Words to be looked at by whoever writes the draft, until somebody settles it.

    `author` typed them; None for the server's own, and for who is gone. `before` and `after` are the letters around
    them as the author saw them, where known: the paragraph that they stood in may be no more. `client_id` and `clock`
    say of which copy the words are and behind which of its clocks they end, so that what is typed on becomes one clash.
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="clashes", db_index=False)
    kind = models.CharField(max_length=10, choices=ClashKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    words = models.TextField()
    before = models.CharField(max_length=CONTEXT, blank=True)
    after = models.CharField(max_length=CONTEXT, blank=True)
    client_id = models.BigIntegerField()
    clock = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ClashKind.values), name="clash_kind_known"),
            models.CheckConstraint(condition=~Q(words=""), name="clash_has_words"),
        ]
        indexes = [
            models.Index(fields=["chapter", "-id"], condition=Q(settled_at__isnull=True), name="clash_open"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="clash_settled"),
        ]

    def __str__(self) -> str:
        return self.words[:50]
