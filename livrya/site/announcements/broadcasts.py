"""Turns the facts of announcements into events."""

from typing import Any

from django.dispatch import receiver

import realtime
from livrya.accounts.models import User
from livrya.site.announcements import signals
from livrya.site.announcements.events import AnnouncementWithdrawn, BroadcastRoom, as_announced
from livrya.site.announcements.models import Announcement


@receiver(signals.announced)
def _announced(*, announcement: Announcement, actor: User | None, **_: Any) -> None:
    realtime.emit(BroadcastRoom(), as_announced(announcement), ref=f"announcement:{announcement.pk}", actor=actor)


@receiver(signals.announcement_withdrawn)
def _withdrawn(*, announcement: Announcement, actor: User | None, **_: Any) -> None:
    # Who resumes from before must not get it after all.
    realtime.blank(ref=f"announcement:{announcement.pk}")
    realtime.emit(BroadcastRoom(), AnnouncementWithdrawn(id=announcement.pk), actor=actor)
