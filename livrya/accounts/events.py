"""The events and commands of accounts."""

from livrya.accounts.models import User
from realtime import UserRoom
from realtime.contracts import Id, Payload, command, event


class Person(Payload):
    """A person as others see them. `avatar` is the address of a picture, or None."""

    id: int
    username: str
    display_name: str
    avatar: str | None


@event("follow:changed", rooms=[UserRoom])
class FollowChanged(Payload):
    """You follow somebody, or no longer; for all your devices."""

    user_id: int
    username: str
    following: bool


@event("block:changed", rooms=[UserRoom])
class BlockChanged(Payload):
    """You have blocked somebody, or no longer; for all your devices. The other gets no event."""

    user_id: int
    username: str
    blocked: bool


@event("mute:changed", rooms=[UserRoom])
class MuteChanged(Payload):
    """You have muted somebody, or no longer; for all your devices. The other gets no event."""

    user_id: int
    username: str
    muted: bool


@event("profile:changed", rooms=[UserRoom])
class ProfileChanged(Payload):
    """Your name or picture changed; for all your devices."""

    person: Person


class Contact(Payload):
    """Somebody whom you follow and who follows you."""

    user_id: int
    username: str
    display_name: str


class ContactsOnline(Payload):
    """Your contacts who are online now and show it."""

    contacts: list[Contact]


@event("contact:list", rooms=[UserRoom], durable=False, conflate_by=())
class ContactsListed(ContactsOnline):
    """Your contacts who are online, when you come to `/social` or `/rooms`."""


@event("contact:online", rooms=[UserRoom], durable=False)
class ContactOnline(Contact):
    """Somebody whom you follow and who follows you is there, with the first of their pages and devices.

    Of one person a smaller `version` than the last is old news.
    """

    version: int


@event("contact:offline", rooms=[UserRoom], durable=False)
class ContactOffline(Contact):
    """A contact has been gone from all their pages and devices for the grace (30 s)."""

    version: int


@command("contact:list", reply=ContactsOnline)
class ListContacts(Payload):
    """Tells who of your contacts is online."""


class Following(Payload):
    """Whether you follow this person now."""

    user_id: int
    following: bool


@command("user:follow", reply=Following, durable=True, cost=2)
class FollowPerson(Payload):
    """Follow this person: you are notified of everything that they publish."""

    user_id: Id


@command("user:unfollow", reply=Following, durable=True)
class UnfollowPerson(Payload):
    """Follow this person no longer."""

    user_id: Id


class Blocking(Payload):
    """Whether you block this person now."""

    user_id: int
    blocked: bool


class Muting(Payload):
    """Whether you mute this person now."""

    user_id: int
    muted: bool


@command("user:block", reply=Blocking, durable=True, cost=2)
class BlockPerson(Payload):
    """Have nothing to do with this person: follows end both ways, and neither sees, answers or invites the other."""

    user_id: Id


@command("user:unblock", reply=Blocking, durable=True)
class UnblockPerson(Payload):
    """End your block; what it ended is not brought back."""

    user_id: Id


@command("user:mute", reply=Muting, durable=True, cost=2)
class MutePerson(Payload):
    """Get no notification of this person, and have what they say folded away; they learn nothing."""

    user_id: Id


@command("user:unmute", reply=Muting, durable=True)
class UnmutePerson(Payload):
    """End your mute."""

    user_id: Id


def as_person(user: User) -> Person:
    """Returns what others see of somebody."""
    return Person(
        id=user.pk,
        username=user.username,
        display_name=user.display_name or user.username,
        avatar=user.avatar.url if user.avatar else None,
    )
