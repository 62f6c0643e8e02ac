"""What people were notified of, what they want to be notified of, and what is still on its way to many."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """What one person is notified of, once for each cause.

    `cause` names what happened (`chapter:12 published`), `about` the object (`book:3`), `ref` what the words are
    taken from (`comment:7`): with that they go. When more of the same kind happens about the same object soon
    after, the row becomes the newest, and what it said before goes to a row of its own, folded `into` it and in no
    list. `count` has them all. `occurred_at` is when the newest happened, `created_at` when the first did.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=32)
    message = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    subject = models.JSONField(default=dict)
    cause = models.CharField(max_length=100)
    about = models.CharField(max_length=100)
    ref = models.CharField(max_length=64, blank=True)
    into = models.ForeignKey("self", models.CASCADE, null=True, related_name="folded")
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "cause"], name="notification_once_per_cause")]
        indexes = [
            models.Index(
                fields=["recipient", "-occurred_at", "-id"], name="notification_list", condition=Q(into__isnull=True)
            ),
            models.Index(
                fields=["recipient", "-occurred_at", "-id"],
                name="notification_unread",
                condition=Q(into__isnull=True, read_at__isnull=True),
            ),
            models.Index(fields=["ref"], name="notification_ref", condition=~Q(ref="")),
        ]

    def __str__(self) -> str:
        return self.message


class Preference(models.Model):
    """Whether somebody wants a kind of notification; without a row they do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    in_app = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {'yes' if self.in_app else 'no'}"


class FanOut(models.Model):
    """A notification on its way to many, and how far it has come.

    Everybody in the audience (`notifications.audiences`) up to the id `reached` was notified; `told` counts them.
    """

    kind = models.CharField(max_length=32)
    message = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    subject = models.JSONField(default=dict)
    cause = models.CharField(max_length=100)
    about = models.CharField(max_length=100)
    ref = models.CharField(max_length=64, blank=True)
    audience = models.CharField(max_length=64)
    key = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reached = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "audience", "key"], name="fan_out_once_per_cause")]
        indexes = [models.Index(fields=["ref"], name="fan_out_ref", condition=~Q(ref=""))]

    def __str__(self) -> str:
        return f"{self.cause} to {self.audience}:{self.key}"
