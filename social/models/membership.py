"""Who belongs to a group, and who may not."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from social import limits
from social.models.group import Group


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MODERATOR = "moderator", _("Moderator")
    MEMBER = "member", _("Member")


class Membership(models.Model):
    """A person's seat in a group; the row goes with the seat.

    `read_number` is the number of the newest message that they have read: what is above is unread.
    `last_sent_at` is for slow mode. `present_until`, in an ephemeral group, is when the seat is given back unless
    the person is seen there again; servers push it on for everybody who is connected.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_memberships", db_index=False
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    read_number = models.PositiveBigIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    present_until = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="membership_once_per_person"),
            models.UniqueConstraint(fields=["group"], condition=Q(role="owner"), name="membership_one_owner"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]
        indexes = [
            models.Index(fields=["user", "group"], name="membership_of_person"),
            models.Index(fields=["present_until"], name="membership_seat", condition=Q(present_until__isnull=False)),
        ]

    @property
    def moderates(self) -> bool:
        return self.role != Role.MEMBER


class Ban(models.Model):
    """Somebody whom a group's moderators do not let in."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="bans", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_bans")
    banned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=limits.REASON, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="ban_once_per_person")]
