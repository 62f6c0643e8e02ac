"""Permission to enter a group, for somebody or for whoever has the link."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q

from social.models.group import Group


class Invitation(models.Model):
    """Permission to enter a group without its password: for one person, until they join or decline, or by a link.

    A link's token is kept as a hash: it is shown once, to who made it. `expires_at` None: until it is taken back.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="group_invitations"
    )
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)  # NULLs are not equal
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "user"], name="group_invitation_once_per_person"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, token_hash__isnull=True)
                | Q(user__isnull=True, token_hash__isnull=False),
                name="group_invitation_for_one_or_by_link",
            ),
        ]

    @staticmethod
    def hash_of(token: str) -> str:
        """Returns what is kept of a link's token."""
        return hashlib.sha256(token.encode(errors="replace")).hexdigest()
