"""What was announced, and how long it holds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Announcement(models.Model):
    """A sentence to everybody; in force until `until`, which withdrawing brings forward."""

    text = models.CharField(max_length=1000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="announcement_says_something"),
            models.CheckConstraint(condition=Q(until__gte=F("created_at")), name="announcement_ends_after_it_began"),
        ]
        indexes = [models.Index(fields=["until"], name="announcement_in_force")]

    def __str__(self) -> str:
        return self.text[:60]
