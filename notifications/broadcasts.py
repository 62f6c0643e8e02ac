"""Turns the facts of notifications into events for the bells of their people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

import realtime
from livrya.accounts.models import User
from livrya.kit.api.fields import unix_ms
from notifications import signals
from notifications.events import NotificationRemoved, NotificationsRead, NotificationsRoom, UnreadCount, notified
from notifications.models import Notification


@receiver(signals.notified)
def _notified(
    *, notifications: Sequence[Notification], unread: Mapping[int, int], actor_id: int | None, **_: Any
) -> None:
    for notification in notifications:
        room = NotificationsRoom(notification.recipient_id)
        realtime.emit(room, notified(notification), ref=notification.ref or None, actor=actor_id)
        realtime.emit(room, UnreadCount(unread=unread[notification.recipient_id]))


@receiver(signals.notifications_read)
def _read(*, user: User, ids: list[int] | None, read_at: datetime, unread: int, skip: str | None, **_: Any) -> None:
    room = NotificationsRoom(user.pk)
    event = NotificationsRead(ids=ids, read_at=unix_ms(read_at), unread=unread)
    realtime.emit(room, event, actor=user, skip=skip)
    realtime.emit(room, UnreadCount(unread=unread))


@receiver(signals.notifications_withdrawn)
def _withdrawn(
    *, changed: Sequence[Notification], removed: Sequence[tuple[int, int]], unread: Mapping[int, int], **_: Any
) -> None:
    for notification in changed:
        realtime.emit(
            NotificationsRoom(notification.recipient_id), notified(notification), ref=notification.ref or None
        )
    for user_id, notification_id in removed:
        realtime.emit(NotificationsRoom(user_id), NotificationRemoved(id=notification_id))
    for user_id, count in unread.items():
        realtime.emit(NotificationsRoom(user_id), UnreadCount(unread=count))
