"""The events and commands of a person's notifications."""

from typing import Annotated, Any

import msgspec

from livrya.kit.api.fields import unix_ms
from notifications.models import Notification
from realtime.contracts import Id, Payload, command, event
from realtime.rooms import Room


class NotificationsRoom(Room, pattern="notifications:{user_id}"):
    """The bell of one person; nobody else enters."""

    user_id: int


class Shown(Payload):
    """A notification: `type` says of what kind, `count` how many causes it stands for, `url` where it leads.

    The ids are of what it is about, null where they do not apply. `readAt` is null until it is read.
    """

    id: int
    type: str
    message: str
    url: str
    count: int
    created_at: int
    occurred_at: int
    read_at: int | None = None
    book_id: int | None = None
    chapter_id: int | None = None
    comment_id: int | None = None
    review_id: int | None = None
    user_id: int | None = None
    group_id: int | None = None
    message_id: int | None = None


@event("notification", rooms=[NotificationsRoom])
class Notified(Shown):
    """You have a new notification, or one that you have has become newer (same id, higher count)."""


@event("notification:count", rooms=[NotificationsRoom], durable=False, conflate_by=())
class UnreadCount(Payload):
    """How many notifications you have not read."""

    unread: int


@event("notification:read", rooms=[NotificationsRoom])
class NotificationsRead(Payload):
    """You have read on another device: these, or (null) all that had occurred by `readAt`."""

    ids: list[int] | None
    read_at: int
    unread: int


@event("notification:removed", rooms=[NotificationsRoom])
class NotificationRemoved(Payload):
    """What a notification was about is gone, and the notification with it."""

    id: int


class NotificationPage(Payload):
    """Some notifications, the newest first; `next` is the cursor of the older ones, null when there are none."""

    notifications: list[Shown]
    next: str | None
    unread: int


@command(
    "notification:list",
    reply=NotificationPage,
)
class ListNotifications(Payload):
    """Your notifications, a page at a time; `unread`: only those that you have not read."""

    cursor: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    unread: bool = False
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


@command("notification:read", reply=UnreadCount, durable=True)
class ReadNotifications(Payload):
    """Marks these as read, or with `all` everything; reading twice does no harm."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=500)] | None = None
    all: bool = False


def shown(notification: Notification) -> Shown:
    """Returns the notification as its person sees it."""
    return Shown(**_fields(notification))


def notified(notification: Notification) -> Notified:
    """Returns the event of a new notification."""
    return Notified(**_fields(notification))


def _fields(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.pk,
        "type": notification.kind,
        "message": notification.message,
        "url": notification.url,
        "count": notification.count,
        "created_at": unix_ms(notification.created_at),
        "occurred_at": unix_ms(notification.occurred_at),
        "read_at": unix_ms(notification.read_at) if notification.read_at else None,
        **notification.subject,
    }
