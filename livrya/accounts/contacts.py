"""Contacts, people who follow each other: who of them hears that a person has come or gone."""

from collections.abc import Collection, Iterable

import msgspec

from livrya.accounts import selectors
from livrya.accounts.events import Contact, ContactOffline, ContactOnline, ContactsListed
from livrya.accounts.models import User
from realtime import UserRoom
from realtime.contracts import Payload, event_contract
from realtime.namespaces import Session
from realtime.people import Whereabouts, online_among

MOST = 500
"""So many contacts are watched, those whom one follows longest."""


class MutualFollows:
    """What the engine asks about contacts, see `realtime.people.presence.online.Contacts`."""

    def shows_online(self, user_id: int) -> bool:
        return User.objects.filter(pk=user_id, hide_online=False).exists()

    def audience(self, user_id: int) -> Collection[int]:
        heard_by = selectors.contacts(user_id).exclude(mutes__muted=user_id)
        return list(heard_by.order_by("pk").values_list("pk", flat=True)[:MOST])

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
    known = await session.read(_contacts, user_id)
    online = await online_among([contact.user_id for contact in known])
    return [contact for contact in known if contact.user_id in online]


async def greet_with_contacts(session: Session) -> None:
    """Sends a session that has just begun those of its contacts who are online; for `Namespace(opened=…)`."""
    if session.identity.user_id is not None:
        event = ContactsListed(contacts=await online_contacts(session))
        room = UserRoom(session.identity.user_id)
        session.notify(event_contract(event).name, msgspec.to_builtins(event), room.name)


def _contacts(user_id: int) -> list[Contact]:
    muted = selectors.muted_ids(user_id)
    found: Iterable[User] = selectors.contacts(user_id).exclude(pk__in=muted).order_by("pk")[:MOST]
    return [
        Contact(user_id=user.pk, username=user.username, display_name=user.display_name or user.username)
        for user in found
    ]
