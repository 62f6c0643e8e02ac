"""Events about people in groups."""

from realtime import UserRoom
from realtime.contracts import Payload, event
from realtime.people import PresentUser
from social.events.rooms import GroupRoom


class MemberContent(Payload):
    """A member as the others see them. `avatar` is the address of a picture, or null.

    `readNumber` is how far they have read, in small groups; null where receipts are off or they share none.
    """

    user_id: int
    username: str
    display_name: str
    avatar: str | None
    role: str
    joined_at: int
    read_number: int | None


@event("member:joined", rooms=[GroupRoom])
class MemberJoined(MemberContent):
    """Somebody became a member; `userCount` with them."""

    room_id: int
    user_count: int


@event("member:left", rooms=[GroupRoom])
class MemberLeft(Payload):
    """A membership has ended, by the member's wish or, in an ephemeral group, as they are gone (`disconnected`)."""

    room_id: int
    user_id: int
    username: str
    user_count: int
    disconnected: bool


@event("member:removed", rooms=[GroupRoom, UserRoom])
class MemberRemoved(Payload):
    """A moderator removed somebody, who gets it in `user:`; `banned`: they may not come back."""

    room_id: int
    user_id: int
    reason: str
    banned: bool
    user_count: int


@event("member:updated", rooms=[GroupRoom])
class MemberUpdated(Payload):
    """Somebody's part changed: `role` is owner, moderator or member; null: no member, but `banned`, or no longer."""

    room_id: int
    user_id: int
    role: str | None
    banned: bool


@event("read:changed", rooms=[UserRoom])
class ReadChanged(Payload):
    """How far you have read in a group, for all your devices. Your own messages mark what was before them as read."""

    room_id: int
    number: int
    unread_count: int


@event("message:receipt", rooms=[GroupRoom], durable=False, conflate_by=["user_id"])
class MessageReceipt(Payload):
    """How far somebody has read, in small groups; nothing of people who keep what they read to themselves."""

    room_id: int
    user_id: int
    number: int


@event("room:members", rooms=[GroupRoom], durable=False, conflate_by=())
class RoomMembers(Payload):
    """Who is there, each time somebody comes or goes; `onlineMembers` is null where there are more than 100."""

    room_id: int
    online_count: int
    online_members: list[PresentUser] | None
    version: int


@event("call:changed", rooms=[GroupRoom], durable=False, conflate_by=())
class CallChanged(Payload):
    """Who takes part in the group's call, each time that changes; nobody: there is none. Sound goes elsewhere.

    `participants` is null where there are more than 100.
    """

    room_id: int
    participant_count: int
    participants: list[PresentUser] | None
    version: int
