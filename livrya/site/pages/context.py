"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications import selectors as notifications
from social.selectors import groups


def frame(request: HttpRequest) -> dict[str, Any]:
    """Gives the templates the unread count; queried only where it is shown."""
    user = getattr(request, "user", None)  # a request may be refused before anybody has looked who asks
    if user is None or not user.is_authenticated:
        return {"unread_notifications": 0, "unread_rooms": 0}
    return {
        "unread_notifications": SimpleLazyObject(lambda: notifications.unread_count(user)),
        "unread_rooms": SimpleLazyObject(lambda: groups.unread_in_all(user)),
    }
