"""Contacts, people who follow each other: who of them is notified that a person has come or gone."""

from collections.abc import Collection

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from livrya.accounts import selectors
from livrya.accounts.events import Contact, ContactOffline, ContactOnline, ContactsListed
from livrya.accounts.models import Follow, Mute, User
from livrya.kit.firsts import first_of_each, grouped
from realtime import UserRoom
from realtime.contracts import Payload, event_contract
from realtime.namespaces import Session
from realtime.people import Whereabouts, online_among

MOST = 500
"""So many contacts are watched, those whom one follows longest."""


class MutualFollows:
    """What the engine asks about contacts, see `realtime.people.presence.online.Contacts`."""

    def showing_online(self, user_ids: Collection[int]) -> set[int]:
        return set(User.objects.filter(pk__in=user_ids, hide_online=False).values_list("pk", flat=True))

    def audiences(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        heedless = Mute.objects.filter(muter=OuterRef("followed"), muted=OuterRef("follower"))
        return grouped(_contacts_of(user_ids, but_for=heedless).values_list("follower_id", "followed_id"))

    def event(self, whereabouts: Whereabouts) -> Payload:
        return (ContactOnline if whereabouts.is_online else ContactOffline)(
            user_id=whereabouts.user_id,
            username=whereabouts.username,
            display_name=whereabouts.display_name,
            version=whereabouts.version,
        )


async def online_contacts(session: Session) -> list[Contact]:
    """Returns the contacts of the session's person who are online and show it. On the loop."""
    user_id = session.identity.user_id
    if user_id is None:
        return []
    known = await session.ask(_contacts, user_id)
    online = await online_among([contact.user_id for contact in known])
    return [contact for contact in known if contact.user_id in online]


async def greet_with_contacts(session: Session) -> None:
    """Sends a session that has just begun those of its contacts who are online; for `Namespace(opened=…)`."""
    if session.identity.user_id is not None:
        event = ContactsListed(contacts=await online_contacts(session))
        room = UserRoom(session.identity.user_id)
        session.notify(event_contract(event).name, msgspec.to_builtins(event), room.name)


def _contacts(user_ids: list[int]) -> list[list[Contact]]:
    muted = Mute.objects.filter(muter=OuterRef("follower"), muted=OuterRef("followed"))
    rows = _contacts_of(user_ids, but_for=muted).values_list(
        "follower_id", "followed_id", "followed__username", "followed__display_name"
    )
    found = grouped(
        (user_id, Contact(user_id=contact, username=username, display_name=display_name or username))
        for user_id, contact, username, display_name in rows
    )
    return [found.get(user_id, []) for user_id in user_ids]


def _contacts_of(user_ids: Collection[int], *, but_for: QuerySet[Mute]) -> QuerySet[Follow]:
    """Returns each person's follows of their contacts, the first MOST, without those where there is such a mute."""
    mutual = selectors.mutual_follows(user_ids).exclude(Exists(but_for))
    return first_of_each(mutual, "follower", order=("followed",), most=MOST)
