"""Commands about one's notifications, and the namespace `/notifications`; `/` includes `bell` too."""

from collections.abc import Sequence

from livrya.accounts.selectors import signed_in
from notifications import selectors, services
from notifications.events import (
    ListNotifications,
    NotificationPage,
    NotificationsRoom,
    ReadNotifications,
    UnreadCount,
    shown,
)
from realtime.contracts import Payload
from realtime.errors import ValidationFailed
from realtime.identity import Identity
from realtime.namespaces import Call, Commands, Namespace, for_many
from realtime.rooms import Room

bell = Commands()


@bell.handles(ListNotifications)
def list_notifications(call: Call, wanted: ListNotifications) -> NotificationPage:
    user = signed_in(call.identity)
    found = selectors.notification_page(user, cursor=wanted.cursor, limit=wanted.limit, unread=wanted.unread)
    return NotificationPage(
        notifications=[shown(notification) for notification in found.rows],
        next=found.next,
        unread=selectors.unread_count(user),
    )


@bell.handles(ReadNotifications)
def read_notifications(call: Call, wanted: ReadNotifications) -> UnreadCount:
    if (wanted.ids is None) != wanted.all:
        raise ValidationFailed("Give either ids or all.")
    ids = None if wanted.all else wanted.ids
    left = services.mark_read(actor=signed_in(call.identity), ids=ids, skip=call.connection_id)
    return UnreadCount(unread=left)


def bell_rooms(identity: Identity) -> Sequence[Room]:
    """Returns the rooms of the bell that a session receives at once."""
    return () if identity.user_id is None else (NotificationsRoom(identity.user_id),)


@for_many
def bell_greeting(people: Sequence[Identity]) -> list[Sequence[tuple[Room, Payload]]]:
    """Returns what each session is sent of the bell when it begins."""
    asked = [one.user_id for one in people if one.user_id is not None]
    unread = selectors.unread_counts(asked) if asked else {}
    return [
        ((NotificationsRoom(one.user_id), UnreadCount(unread=unread[one.user_id])),) if one.user_id is not None else ()
        for one in people
    ]


namespace = Namespace(
    "/notifications",
    commands=[bell],
    rooms=[NotificationsRoom],
    admits=lambda identity: not identity.is_anonymous,
    auto_rooms=bell_rooms,
    greeting=bell_greeting,
)
