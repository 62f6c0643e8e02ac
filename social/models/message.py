"""What is said in a group, and what hangs on it."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from books.models import ReactionKind
from social import limits
from social.models.group import Group


def private_storage() -> Storage:
    """Returns where files are kept that only some may see."""
    return storages["private"]


class Message(models.Model):
    """Something said in a group.

    `number` is dense within the group, from 1. `mentions` are the ids of members who were named. Deleting keeps
    the row, without its words, so that answers and numbers keep their places.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="messages", db_index=False)
    number = models.PositiveBigIntegerField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="group_messages")
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies")
    text = models.TextField(max_length=limits.MESSAGE, blank=True)
    mentions = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="message_numbers_dense")]

    def __str__(self) -> str:
        # Not its words, which are its group's alone: this is shown in lists, titles and logs.
        return f"message {self.number} of group {self.group_id}"


class Reaction(models.Model):
    """A person's reaction to a message; one of each kind at most."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_reactions")
    kind = models.CharField(max_length=10, choices=ReactionKind.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "kind", "user"], name="message_reaction_once_per_person"),
            models.CheckConstraint(condition=Q(kind__in=ReactionKind.values), name="message_reaction_kind_known"),
        ]


class AttachmentKind(models.TextChoices):
    IMAGE = "image", _("Picture")
    AUDIO = "audio", _("Recording")
    FILE = "file", _("File")


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Returns where an attachment is kept; `filename` is random, see the service."""
    return f"groups/{attachment.group_id}/{Path(filename).name}"


class Attachment(models.Model):
    """A file in a group, for its members alone. It is uploaded first, and belongs to a message once that is sent.

    `content_type` is what the file was found to be, never what its uploader called it; pictures are written anew.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="attachments")
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    kind = models.CharField(max_length=5, choices=AttachmentKind.choices)
    name = models.CharField(max_length=limits.NAME)
    content_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField(help_text="Bytes.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    file = models.FileField(storage=private_storage, upload_to=attachment_path)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known")
        ]
        indexes = [
            models.Index(fields=["created_at"], name="attachment_unsent", condition=Q(message__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name
