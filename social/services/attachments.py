"""Files for a group: uploaded first, sent with a message, forgotten when they are not."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

import realtime
from books.errors import invalid
from books.policies.people import require_person
from livrya.accounts.limits import UPLOADS
from livrya.accounts.models import User
from livrya.kit.pictures import reencode, size_of
from livrya.kit.texts import clean_line
from realtime.errors import NotFound, TooLarge
from social import limits
from social.errors import RoomNotFound
from social.filetypes import HEAD_BYTES, FileType, recognise
from social.models import Attachment, AttachmentKind, Group, Message
from social.policies import require_member

KEEP_UNSENT = timedelta(days=1)
_AT_ONCE = 200
_MOST_BYTES = {AttachmentKind.AUDIO: limits.AUDIO_BYTES, AttachmentKind.FILE: limits.FILE_BYTES}


def add_attachment(*, actor: User | None, group_id: int, upload: "UploadedFile[Any]") -> Attachment:
    """Takes a file for a message that the actor will send to a group.

    Pictures (JPEG, PNG, WebP, GIF) are written anew; recordings, PDF, EPUB and plain text are kept as they are.
    Raises TooLarge, ValidationFailed for anything else.
    """
    person = require_person(actor)
    group = Group.objects.filter(pk=group_id, ended_at__isnull=True).first()
    if group is None:
        raise RoomNotFound
    require_member(person, group)  # before the file is looked at: a stranger's is not worth the time
    UPLOADS.charge(person.pk)
    found = recognise(upload.read(HEAD_BYTES))
    upload.seek(0)
    if found is None:
        raise invalid("file", "Pictures, recordings, PDF, EPUB and plain text can be sent.")
    attachment = Attachment(
        group=group,
        uploader=person,
        kind=found.kind,
        name=_name(upload.name or "", found),
        content_type=found.content_type,
    )
    content: UploadedFile[Any] | ContentFile[bytes] = upload
    if found.kind is AttachmentKind.IMAGE:
        content = reencode(upload, width=limits.IMAGE_PIXELS, height=limits.IMAGE_PIXELS, crop=False)
        attachment.width, attachment.height = size_of(content)
    elif (upload.size or 0) > _MOST_BYTES[found.kind]:
        raise TooLarge(f"At most {_MOST_BYTES[found.kind] // 1024 // 1024} MiB, please.")
    attachment.size = content.size or 0
    attachment.file.save(f"{secrets.token_urlsafe(16)}.{found.extension}", content, save=False)
    with realtime.atomic():
        attachment.save()
    return attachment


def remove_attachment(*, actor: User | None, attachment_id: int) -> None:
    """Removes the actor's own upload that was not sent. Raises NotFound."""
    person = require_person(actor)
    with realtime.atomic():
        unsent = Attachment.objects.filter(pk=attachment_id, uploader=person, message__isnull=True).first()
        if unsent is None:
            raise NotFound("There is no such file.")
        _forget(unsent)


def forget_files(message: Message) -> None:
    """Removes the files of a message, inside the caller's transaction."""
    for attachment in message.attachments.all():
        _forget(attachment)


def forget_unsent(*, now: datetime | None = None) -> int:
    """Removes uploads that no message came to use for a day, and returns how many."""
    old = Attachment.objects.filter(message__isnull=True, created_at__lt=(now or timezone.now()) - KEEP_UNSENT)
    forgotten = 0
    for attachment in old.order_by("created_at")[:_AT_ONCE]:
        with realtime.atomic():
            _forget(attachment)
        forgotten += 1
    return forgotten


def _forget(attachment: Attachment) -> None:
    storage, name = attachment.file.storage, attachment.file.name
    attachment.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _name(given: str, found: FileType) -> str:
    """Returns what the file is shown as: as its sender called it, with the ending of what it is."""
    stem = clean_line(Path(given).stem)[: limits.NAME - 6].strip() or found.kind.label
    keeps_ending = found.extension == "txt" and given.lower().endswith((".md", ".txt"))
    return f"{stem}.{given.lower().rpartition('.')[2] if keeps_ending else found.extension}"
