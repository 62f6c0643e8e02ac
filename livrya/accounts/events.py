"""What the world hears of accounts, and what one may say about them."""

from livrya.accounts.models import User
from realtime.contracts import Id, Payload, command, event
from realtime.revoking import UserRoom


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


@event("profile:changed", rooms=[UserRoom])
class ProfileChanged(Payload):
    """Your name or picture changed; for all your devices."""

    person: Person


class Following(Payload):
    """Whether you follow this person now."""

    user_id: int
    following: bool


@command("user:follow", reply=Following, durable=True, cost=2)
class FollowPerson(Payload):
    """Hear of everything that this person publishes."""

    user_id: Id


@command("user:unfollow", reply=Following, durable=True)
class UnfollowPerson(Payload):
    """Hear no more of this person."""

    user_id: Id


def as_person(user: User) -> Person:
    """Returns what others see of somebody."""
    return Person(
        id=user.pk,
        username=user.username,
        display_name=user.display_name or user.username,
        avatar=user.avatar.url if user.avatar else None,
    )
