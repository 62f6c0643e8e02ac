"""Reads of announcements."""

from django.db.models import QuerySet
from django.utils import timezone

from livrya.site.announcements.events import Announced, BroadcastRoom, as_announced
from livrya.site.announcements.models import Announcement
from realtime.identity import Identity
from realtime.rooms import Room


def in_force() -> QuerySet[Announcement]:
    """Returns what holds now, the oldest first."""
    return Announcement.objects.filter(until__gt=timezone.now()).order_by("id")


def greeting(identity: Identity) -> list[tuple[Room, Announced]]:
    """Returns what a session of `/` is sent when it opens."""
    return [(BroadcastRoom(), as_announced(announcement)) for announcement in in_force()]
