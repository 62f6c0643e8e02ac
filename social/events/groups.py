"""Events about groups themselves: in the group, in the directory, on connect."""

from realtime import UserRoom
from realtime.contracts import Payload, event
from social.events.rooms import DirectoryRoom, GroupRoom


class RoomState(Payload):
    """A group as its members see it. `userCount`: its members; in an ephemeral group, who is there.

    `maxUsers` null: no limit. `lastNumber` is the number of its newest message, `slowSeconds` how long members wait
    between two (0: not at all).
    """

    id: int
    slug: str
    name: str
    description: str
    is_private: bool
    has_password: bool
    max_users: int | None
    user_count: int
    persistent: bool
    auto_delete: bool
    restrict_invitations: bool
    slow_seconds: int
    creator_id: int
    last_number: int
    last_activity: int
    created_at: int


class RoomListed(Payload):
    """A group in a list: one's own (`isMember`, with `unreadCount`), or a public one."""

    id: int
    slug: str
    name: str
    description: str
    is_public: bool
    has_password: bool
    member_count: int
    max_users: int | None
    persistent: bool
    last_activity: int
    unread_count: int
    is_member: bool


@event("room:list", rooms=[UserRoom], durable=False)
class RoomList(Payload):
    """On connect: your groups and public ones, 20 by their last activity; more come in pages over HTTP."""

    rooms: list[RoomListed]


@event("room:available", rooms=[DirectoryRoom])
class RoomAvailable(Payload):
    """There is a new public group, or one became public.

    Whoever has blocked its creator, or is blocked by them, gets `hidden` in its place; so with all that follows of it.
    """

    id: int
    slug: str
    name: str
    description: str
    has_password: bool
    user_count: int
    max_users: int | None
    persistent: bool
    creator_id: int
    created_at: int


@event("room:changed", rooms=[GroupRoom, DirectoryRoom])
class RoomChanged(RoomState):
    """A group's description, limits or slow mode changed: the whole of it, as it is now.

    The directory gets it for public groups.
    """


@event("room:updated", rooms=[DirectoryRoom], durable=False, conflate_by=["id"])
class RoomUpdated(Payload):
    """How many are in a public group now."""

    id: int
    creator_id: int
    user_count: int


@event("room:deleted", rooms=[GroupRoom])
class RoomDeleted(Payload):
    """The group has ended; everybody is taken out of it after this."""

    room_id: int
    reason: str


@event("room:removed", rooms=[DirectoryRoom])
class RoomRemoved(Payload):
    """A public group has ended, or became private."""

    id: int
    creator_id: int


class Named(Payload):
    """Somebody by name."""

    id: int
    username: str
    display_name: str


@event("room:invited", rooms=[UserRoom])
class RoomInvited(Payload):
    """You are invited to a group; joining it accepts."""

    room_id: int
    room_name: str
    slug: str
    invited_by: Named


@event("room:uninvited", rooms=[UserRoom])
class RoomUninvited(Payload):
    """An invitation of yours was taken back, or declined on another device."""

    room_id: int
