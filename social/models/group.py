"""A group: a room where people talk."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from social import limits


class Group(models.Model):
    """A room where people talk.

    `member_count` is that of its memberships, and never above `max_users` (None: no limit). In an ephemeral group
    (not `persistent`) one is a member while one is present, so that it counts who is there. `last_number` is the
    number of its newest message. `password` is a hash; empty: none is asked for. A group that has ended
    (`ended_at`) is kept in the database, and nobody finds it any more.
    """

    slug = models.CharField(max_length=limits.NAME + 8, unique=True)
    name = models.CharField(max_length=limits.NAME)
    description = models.TextField(max_length=limits.DESCRIPTION, blank=True)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="created_groups")
    is_private = models.BooleanField(default=False, help_text="In no list, and entered by invitation.")
    password = models.CharField(max_length=128, blank=True)
    max_users = models.PositiveIntegerField(null=True, blank=True)
    persistent = models.BooleanField(default=True, help_text="Stays when nobody is there.")
    auto_delete = models.BooleanField(default=False, help_text="An ephemeral group that ends when its creator goes.")
    restrict_invitations = models.BooleanField(default=False, help_text="Only owner and moderators invite.")
    slow_seconds = models.PositiveIntegerField(default=0, help_text="Members wait so long between two messages.")
    member_count = models.PositiveIntegerField(default=0)
    last_number = models.PositiveBigIntegerField(default=0)
    last_activity_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=limits.REASON, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_users__isnull=True) | Q(member_count__lte=F("max_users")), name="group_not_overfull"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="group_has_a_name"),
            models.CheckConstraint(
                condition=Q(auto_delete=False) | Q(persistent=False), name="group_deleted_by_itself_is_ephemeral"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-last_activity_at", "-id"],
                name="group_directory",
                condition=Q(ended_at__isnull=True, is_private=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"/rooms/{self.slug}/"

    @property
    def has_password(self) -> bool:
        return bool(self.password)
