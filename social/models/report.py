"""What people report to the moderators."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from social import limits


class ReportKind(models.TextChoices):
    COMMENT = "comment", _("Comment")
    MESSAGE = "message", _("Message")
    PERSON = "person", _("Person")


class ReportState(models.TextChoices):
    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Dismissed")
    UPHELD = "upheld", _("Upheld")


class Report(models.Model):
    """Somebody finds that a comment, a message or a person breaks the rules.

    `target_id` is the key of what is reported, `subject` the person who answers for it. `context` is what a moderator
    needs to judge, as it was then: texts with their authors, addresses. `decision` says what was done in the end.
    """

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind.choices)
    target_id = models.PositiveBigIntegerField()
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reported")
    reason = models.TextField(max_length=limits.REPORT)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "kind", "target_id"], name="report_once", condition=Q(state=ReportState.OPEN)
            ),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="report_queue"),
            models.Index(fields=["kind", "target_id", "state"], name="report_of_what"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.target_id}: {self.reason[:60]}"
