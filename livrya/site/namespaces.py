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
from realtime.identity import ANONYMOUS, Identity
from realtime.namespaces import Namespace, for_each, for_many
from realtime.rooms import Room
from social.namespaces import SOCIAL_ROOMS, social_commands
from social.namespaces import auto_rooms as groups_of_everybody
from social.selectors.groups import greeting as room_greeting


@for_many
def _rooms_of_everybody(people: Sequence[Identity]) -> list[Sequence[Room]]:
    return _with_bell(people, for_each(auto_rooms, people))


@for_many
def _rooms_of_groups(people: Sequence[Identity]) -> list[Sequence[Room]]:
    return _with_bell(people, for_each(groups_of_everybody, people))


def _with_bell(people: Sequence[Identity], others: Sequence[Sequence[Room]]) -> list[Sequence[Room]]:
    bells = for_each(bell_rooms, people)
    return [(BroadcastRoom(), *bell, *rooms) for bell, rooms in zip(bells, others, strict=True)]


@for_many
def _greeting(people: Sequence[Identity]) -> list[Sequence[tuple[Room, Payload]]]:
    announced = greeting(ANONYMOUS)  # the same for all
    return [(*announced, *bell) for bell in for_each(bell_greeting, people)]


@for_many
def _greeting_of_groups(people: Sequence[Identity]) -> list[Sequence[tuple[Room, Payload]]]:
    pairs = zip(for_each(_greeting, people), for_each(room_greeting, people), strict=True)
    return [(*words, *rooms) for words, rooms in pairs]


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
    auto_rooms=_rooms_of_groups,
    greeting=_greeting_of_groups,
    opened=greet_with_contacts,
)
"""`/social` with the bell and the announcements, as `/` is `/books` with them.

A page has one session and needs all three. A program that opens several namespaces would get the bell and the
announcements in each of them: for it `/social` and `/books` are without.
"""

admin = Namespace("/admin", commands=[announcements, monitoring], admits=lambda identity: identity.is_staff)
