"""The events about who is there, and what a join answers."""

from typing import Any

import msgspec

from realtime.contracts import Payload, event
from realtime.people.presence.store import Roster


class PresentUser(Payload):
    """A person who is in the room now; `away` while all their pages are in the background."""

    user_id: int
    username: str
    display_name: str
    away: bool


@event("user:joined", rooms=(), durable=False)
class UserJoined(Payload):
    """A person came into the room, with their first connection; further tabs and devices say nothing.

    Sent to everybody else in rooms of up to 100 people. `version` is one more than that of the change before;
    after a hole ask `presence:list`. 0: the server itself does not know more at the moment, take it as it is.
    """

    user_id: int
    username: str
    display_name: str
    away: bool
    user_count: int
    guest_count: int
    version: int
    timestamp: int


@event("user:left", rooms=(), durable=False)
class UserLeft(Payload):
    """A person left the room with their last connection.

    `disconnected`: they did not say so; the connection was lost and they did not come back within the grace.
    """

    user_id: int
    user_count: int
    guest_count: int
    disconnected: bool
    version: int
    timestamp: int


@event("user:reconnected", rooms=(), durable=False)
class UserReconnected(Payload):
    """A person whose connection was lost is back within the grace; for the room they were never gone.

    `version` is that of the change before, or one more when `away` is another than it was.
    """

    user_id: int
    username: str
    display_name: str
    away: bool
    user_count: int
    guest_count: int
    version: int
    timestamp: int


@event("user:away", rooms=(), durable=False)
class UserAway(Payload):
    """A person in the room put all their pages into the background (`away`), or one of them to the front again."""

    user_id: int
    away: bool
    user_count: int
    guest_count: int
    version: int
    timestamp: int


@event("presence:changed", rooms=(), durable=False, conflate_by=())
class PresenceChanged(Payload):
    """How many are in the room now, at most once a second; replaces all that was known before.

    With `users` the whole list (after something was missed); without, only the numbers changed, or the room
    has grown beyond 100 people, where nobody is listed, or somebody came or went whom you do not see (a block).
    """

    user_count: int
    guest_count: int
    version: int
    users: list[PresentUser] | msgspec.UnsetType = msgspec.UNSET


class PresenceReply(Payload):
    """Who is in a room; `users` is null where there are more than 100."""

    user_count: int
    guest_count: int
    version: int
    users: list[PresentUser] | None


def as_reply(roster: Roster) -> PresenceReply:
    """Returns the roster as clients get it."""
    counts = roster.counts
    users = None if roster.people is None else _users(roster)
    return PresenceReply(
        user_count=counts.user_count, guest_count=counts.guest_count, version=counts.version, users=users
    )


def as_ack(roster: Roster) -> dict[str, Any]:
    """Returns the roster as fields of a join's ack."""
    return dict(msgspec.to_builtins(as_reply(roster)))


def as_snapshot(roster: Roster) -> PresenceChanged:
    """Returns the roster as the event that replaces what was known, with names where it has them."""
    counts = roster.counts
    return PresenceChanged(
        user_count=counts.user_count,
        guest_count=counts.guest_count,
        version=counts.version,
        users=msgspec.UNSET if roster.people is None else _users(roster),
    )


def _users(roster: Roster) -> list[PresentUser]:
    return [
        PresentUser(
            user_id=user_id,
            username=person.username,
            display_name=person.display_name or person.username,
            away=person.is_away,
        )
        for user_id, person in sorted((roster.people or {}).items())
    ]
