"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from livrya.announcements import selectors as announcements
from notifications import selectors as notifications


def frame(request: HttpRequest) -> dict[str, Any]:
    """Gives the templates the unread count and the announcements in force; queried only when shown."""
    if not request.user.is_authenticated:
        return {"unread_notifications": 0, "announcements": SimpleLazyObject(announcements.in_force)}
    return {
        "unread_notifications": SimpleLazyObject(lambda: notifications.unread_count(request.user)),
        "announcements": SimpleLazyObject(announcements.in_force),
    }
