"""The commands to groups, and their answers; the commands inside a group are in `talking`."""

from typing import Annotated, Any

import msgspec

from realtime.contracts import Alias, Id, Payload, command
from realtime.positions import Position
from social import limits
from social.events.groups import RoomState
from social.events.members import MemberContent
from social.events.messages import MessageShown

OLDER = {"groupId": "roomId"}
"""What the id of a group was called."""

Line = Annotated[str, msgspec.Meta(max_length=1_000)]
"""Longer than any line that the services take, which say precisely what is too long."""


class RoomReply(Payload):
    """The group as it is now."""

    room: RoomState


@command(
    "room:create",
    reply=RoomReply,
    durable=True,
    cost=5,
    aliases=[Alias("createRoom", ("name",))],
)
class CreateRoom(Payload):
    """Make a group; you are its owner and first member. Join it to talk.

    Ephemeral (not `persistent`) ones end when nobody is there any more, with `autoDelete` already when you go.
    `isPublic` is `isPrivate` the other way round, for older clients.
    """

    name: Line
    description: Annotated[str, msgspec.Meta(max_length=limits.DESCRIPTION * 2)] = ""
    is_private: bool = False
    is_public: bool | None = None
    password: Line | None = None
    max_users: int | None = None
    persistent: bool = True
    auto_delete: bool = False
    restrict_invitations: bool = False


@command("room:update", reply=RoomReply, durable=True, cost=3)
class UpdateRoom(Payload):
    """Change what describes a group that is yours; `password` null or empty: it has none. Omit what does not change."""

    room_id: Id
    name: Line | msgspec.UnsetType = msgspec.UNSET
    description: Annotated[str, msgspec.Meta(max_length=limits.DESCRIPTION * 2)] | msgspec.UnsetType = msgspec.UNSET
    is_private: bool | msgspec.UnsetType = msgspec.UNSET
    password: Line | msgspec.UnsetType | None = msgspec.UNSET
    max_users: int | msgspec.UnsetType | None = msgspec.UNSET
    restrict_invitations: bool | msgspec.UnsetType = msgspec.UNSET


@command("room:slowmode", reply=RoomReply, durable=True)
class SlowMode(Payload):
    """Make members wait so many seconds between two messages; 0: not at all. For its moderators."""

    room_id: Id
    seconds: int


class RoomGone(Payload):
    """The group that this was about."""

    room_id: int


@command("room:delete", reply=RoomGone, durable=True, cost=3, aliases=[Alias("deleteRoom", ("roomId",), OLDER)])
class DeleteRoom(Payload):
    """End a group for everybody; its owner may, and staff."""

    room_id: Id
    reason: Line = ""


@command(
    "room:join",
    reply=dict[str, Any],
    cost=3,
    aliases=[Alias("joinRoom", ("roomId", "password"), OLDER), Alias("join_group", ("roomId",), OLDER)],
)
class JoinRoom(Payload):
    """Become a member, if you are none, enter the room and be counted as there. With `since`, what was missed follows.

    The answer has `room`, `roomName` (of the stream), `position`, presence as in `book:join`, `members` (up to 100),
    `messages` (the last 50, which may include some that follow as events), `role`, `readNumber`, `call` (who takes
    part, null: nobody), and with `since` `recovered`. Refused with ROOM_NOT_FOUND, BANNED, NOT_INVITED,
    WRONG_PASSWORD, ROOM_FULL; new memberships with RATE_LIMITED beyond 10 a minute.
    """

    room_id: Id
    password: Line | None = None
    invite: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    since: Position | None = None


@command(
    "room:leave",
    reply=RoomGone,
    aliases=[Alias("leaveRoom", ("roomId",), OLDER), Alias("leave_group", ("roomId",), OLDER)],
)
class LeaveRoom(Payload):
    """End your membership, on all your devices. To be only away from it, leave the page, or `room:unsubscribe`."""

    room_id: Id


class RoomInfo(Payload):
    """Who is in a group; `onlineUsers` is null where there are more than 100, `socketCount` are their connections."""

    online_count: int
    online_users: list[int] | None
    socket_count: int
    member_count: int


@command("room:info", reply=RoomInfo, aliases=[Alias("get_room_info", ("roomId",), OLDER)])
class AskRoom(Payload):
    """Who is in a group now; for its members."""

    room_id: Id


class RoomAndPerson(Payload):
    """Whom it was about, and where."""

    room_id: int
    user_id: int


@command(
    "room:invite", reply=RoomAndPerson, durable=True, cost=2, aliases=[Alias("inviteToRoom", ("roomId", "userId"))]
)
class InvitePerson(Payload):
    """Ask somebody into a group; any member may, unless its owner left that to the moderators."""

    room_id: Id
    user_id: Id


@command("room:uninvite", reply=RoomAndPerson, durable=True)
class UninvitePerson(Payload):
    """Take an invitation back."""

    room_id: Id
    user_id: Id


@command("invite:decline", reply=RoomGone, durable=True)
class DeclineInvitation(Payload):
    """Decline an invitation to a group."""

    room_id: Id


class RoomLink(Payload):
    """A link into a group, for whoever has it; its token is sent this once."""

    id: int
    token: str
    url: str
    expires_at: int


@command("room:link", reply=RoomLink, durable=True, secret=True, cost=2)
class MakeLink(Payload):
    """Make a link that opens the group until `expiresAt`, a week unless you say.

    The token is kept nowhere: asked again, it is another link.
    """

    room_id: Id
    expires_at: int | None = None


@command("room:kick", reply=RoomAndPerson, durable=True, cost=2)
class KickMember(Payload):
    """End somebody's membership; they may come back."""

    room_id: Id
    user_id: Id
    reason: Line = ""


@command("room:ban", reply=RoomAndPerson, durable=True, cost=2)
class BanUser(Payload):
    """End somebody's membership, and let them in no more."""

    room_id: Id
    user_id: Id
    reason: Line = ""


@command("room:unban", reply=RoomAndPerson, durable=True)
class UnbanUser(Payload):
    """Let somebody in again."""

    room_id: Id
    user_id: Id


@command("room:role", reply=MemberContent, durable=True)
class SetRole(Payload):
    """Give a member another part: owner (you become a moderator), moderator or member. For the owner."""

    room_id: Id
    user_id: Id
    role: str


class HistoryPage(Payload):
    """Messages from older to newer; `before` is what to ask for next, null when there are none older."""

    messages: list[MessageShown]
    before: int | None


@command("room:history", reply=HistoryPage, cost=2)
class AskHistory(Payload):
    """What was said in a group before the message with the number `before` (null: the newest)."""

    room_id: Id
    before: Annotated[int, msgspec.Meta(ge=1, le=2**62)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
