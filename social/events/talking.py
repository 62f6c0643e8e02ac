"""What one may say in a group, and what is answered."""

from typing import Annotated

import msgspec

from realtime.contracts import Alias, Id, Payload, command
from realtime.people import PresentUser
from social import limits
from social.events.commands import OLDER
from social.events.messages import MessageContent, MessageShown

Text = Annotated[str, msgspec.Meta(max_length=limits.MESSAGE * 2)]
"""Longer than the services take, which say precisely what is too long."""


@command(
    "message:send",
    reply=MessageContent,
    durable=True,
    cost=2,
    aliases=[
        Alias("sendMessage", ("roomId", "text"), OLDER),
        Alias("send_message", ("roomId", "text"), {**OLDER, "content": "text"}),
        Alias("chatMessage", ("roomId", "text"), {**OLDER, "message": "text"}),
    ],
)
class SendMessage(Payload):
    """Say something in a group that you have joined; the answer is the message.

    `attachments` are ids of files that you uploaded there. `type` (text, image, audio, file, however written) is
    taken for older clients: what the message is, its attachments say. In slow mode: RATE_LIMITED with `retryAfter`.
    """

    room_id: Id
    text: Text = ""
    type: Annotated[str, msgspec.Meta(pattern="^(?i:text|image|audio|file)$")] = "text"
    reply_to_id: Id | None = None
    attachments: Annotated[list[Id], msgspec.Meta(max_length=limits.ATTACHMENTS)] = []


@command("message:edit", reply=MessageContent, durable=True, cost=2)
class EditMessage(Payload):
    """Change what you have said; the answer is the message."""

    message_id: Id
    text: Text


class MessageGone(Payload):
    """The message that is no longer there."""

    message_id: int


@command("message:delete", reply=MessageGone, durable=True, cost=2)
class DeleteMessage(Payload):
    """Take back what you have said; moderators remove what others said."""

    message_id: Id


class ReactionCounts(Payload):
    """How many of each kind the message has now."""

    message_id: int
    reactions: dict[str, int]


@command("message:react", reply=ReactionCounts, durable=True)
class ReactToMessage(Payload):
    """Add your reaction (like, love, laugh, wow, sad) to a message, or take it back with `on` false."""

    message_id: Id
    kind: str = "like"
    on: bool = True


class ReadState(Payload):
    """How far you have read."""

    room_id: int
    number: int
    unread_count: int


@command("message:read", reply=ReadState, durable=True)
class MarkRead(Payload):
    """Say that you have read up to a message; a lower number than before marks what follows as unread again."""

    room_id: Id
    number: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class FoundMessages(Payload):
    """Messages from newer to older; `cursor` brings those that follow, null when there are none."""

    messages: list[MessageShown]
    cursor: str | None


@command("message:search", reply=FoundMessages, cost=5)
class SearchMessages(Payload):
    """Find messages that have all the words, in one of your groups or (without `roomId`) in all of them."""

    query: Annotated[str, msgspec.Meta(max_length=200)]
    room_id: Id | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


class CallState(Payload):
    """Who takes part in the group's call; `participants` is null where there are more than 100."""

    room_id: int
    participant_count: int
    participants: list[PresentUser] | None


@command("call:start", reply=CallState, cost=2)
class StartCall(Payload):
    """Begin a call with the group, or take part in the one that is going on. For who has joined the group."""

    room_id: Id


@command("call:join", reply=CallState, cost=2)
class JoinCall(Payload):
    """Take part in the group's call. For who has joined the group."""

    room_id: Id


@command("call:leave", reply=CallState)
class LeaveCall(Payload):
    """Take part no longer; leaving the group and losing the connection say it too."""

    room_id: Id
