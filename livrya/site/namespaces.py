"""Namespaces that bring several apps together: `/` for everybody, `/rooms` for groups' pages, `/admin` for staff."""

from collections.abc import Sequence

from books.namespaces import BOOK_ROOMS, auto_rooms, book_commands
from livrya.accounts.contacts import greet_with_contacts
from livrya.site.announcements.events import BroadcastRoom
from livrya.site.announcements.namespaces import announcements
from livrya.site.announcements.selectors import greeting
from livrya.site.monitoring.namespaces import monitoring
from notifications.events import NotificationsRoom
from notifications.namespaces import bell, bell_greeting, bell_rooms
from realtime.contracts import Payload
from realtime.identity import Identity
from realtime.namespaces import Namespace
from realtime.rooms import Room
from social.namespaces import SOCIAL_ROOMS, social_commands
from social.namespaces import auto_rooms as groups_of_everybody
from social.selectors.groups import greeting as room_greeting


def _rooms_of_everybody(identity: Identity) -> Sequence[Room]:
    return (BroadcastRoom(), *bell_rooms(identity), *auto_rooms(identity))


def _greeting(identity: Identity) -> Sequence[tuple[Room, Payload]]:
    return (*greeting(identity), *bell_greeting(identity))


default = Namespace(
    "/",
    commands=[*book_commands, bell],
    rooms=[*BOOK_ROOMS, NotificationsRoom, BroadcastRoom],
    auto_rooms=_rooms_of_everybody,
    greeting=_greeting,
)

rooms = Namespace(
    "/rooms",
    commands=[*social_commands, bell],
    rooms=[*SOCIAL_ROOMS, NotificationsRoom, BroadcastRoom],
    auto_rooms=lambda identity: (BroadcastRoom(), *bell_rooms(identity), *groups_of_everybody(identity)),
    greeting=lambda identity: (*_greeting(identity), *room_greeting(identity)),
    opened=greet_with_contacts,
)
"""`/social` with the bell and the announcements, as `/` is `/books` with them.

A page has one session and needs all three. A program that opens several namespaces would hear the bell and the
announcements in each of them: for it `/social` and `/books` are without.
"""

admin = Namespace("/admin", commands=[announcements, monitoring], admits=lambda identity: identity.is_staff)
