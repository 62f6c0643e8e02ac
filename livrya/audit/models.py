"""The record of staff's acts."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act of staff, or of whoever runs commands on the server (`actor` None, `actor_name` "system").

    `act` is a name such as `announce`; `target` what it was done to (`book:12`); `details` plain values, no texts
    of private rooms. `actor_name` outlives the account.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    act = models.CharField(max_length=60)
    target = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["act", "-id"], name="audit_of_act"),
            models.Index(fields=["target", "-id"], name="audit_of_target"),
            models.Index(fields=["actor", "-id"], name="audit_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.act} {self.target}".strip()
