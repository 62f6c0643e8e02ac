"""Shapes that only answers over HTTP have; the others are those of events and commands."""

from realtime.contracts import Payload
from realtime.positions import Position
from social.events.groups import Named, RoomListed, RoomState
from social.events.members import MemberContent


class RoomPage(RoomState):
    """A group as whoever may know of it sees it: one's own part in it, and its stream's position at that instant.

    `role`, `readNumber` and `position` are null for who is no member.
    """

    role: str | None
    read_number: int | None
    position: Position | None


class OpenInvitation(Payload):
    """An invitation of one's own: the group, and who invites."""

    room: RoomListed
    invited_by: Named
    created_at: int


class SentInvitation(Payload):
    """Somebody whom a group invited, or (then `person` is null) a link into it, by `id`; never its token."""

    id: int
    person: Named | None
    invited_by: Named
    created_at: int
    expires_at: int | None


class BanContent(Payload):
    """Somebody whom a group keeps out."""

    person: Named
    banned_by: Named | None
    reason: str
    created_at: int


class MembershipState(Payload):
    """The part that one has in a group, and the group."""

    room: RoomState
    own: MemberContent
