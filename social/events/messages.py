"""Events about messages."""

from realtime.contracts import Payload, event
from social.events.rooms import GroupRoom


class Sender(Payload):
    """Who said it. `avatar` is the address of a picture, or null."""

    id: int
    username: str
    display_name: str
    avatar: str | None


class ReplyTo(Payload):
    """What a message answers; `senderName` is the name that people read."""

    id: int
    number: int
    sender_id: int
    sender_name: str


class AttachmentContent(Payload):
    """A file for the group's members; `kind` is image, audio or file, `size` in bytes."""

    id: int
    kind: str
    name: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class ChapterLink(Payload):
    """A public chapter that a message links to, unfolded; `url` is its address on this site."""

    url: str
    chapter_id: int
    chapter_title: str
    number: int
    book_id: int
    book_title: str
    book_slug: str
    cover: str | None


class MessageContent(Payload):
    """A message as every member sees it.

    `number` is dense within the group. `type` is text, or the kind of its first attachment. `mentions` are ids of
    members. `reactions`: how many of each kind. Of a `deleted` one only its place is left.
    """

    id: int
    number: int
    room_id: int
    type: str
    text: str
    sender: Sender
    reply_to: ReplyTo | None
    mentions: list[int]
    attachments: list[AttachmentContent]
    links: list[ChapterLink]
    reactions: dict[str, int]
    created_at: int
    edited_at: int | None
    deleted: bool


class MessageShown(MessageContent):
    """A message as one member sees it: `ownReactions` are the kinds that they gave."""

    own_reactions: list[str]


@event("message:new", rooms=[GroupRoom], personal=True)
class MessageNew(MessageContent):
    """Somebody said something. For its sender everything up to it is read now.

    Whoever has blocked or muted its sender, or is blocked by them, gets `hidden` in its place; so with edits. What a
    third person's message says of them is left out: `replyTo` is null, and `mentions` are without them.
    """


@event("message:updated", rooms=[GroupRoom], personal=True)
class MessageUpdated(MessageContent):
    """A message was edited: the whole of it, as it is now."""


@event("message:deleted", rooms=[GroupRoom])
class MessageDeleted(Payload):
    """A message was taken back, or (then `moderated`) removed."""

    id: int
    number: int
    room_id: int
    moderated: bool


@event("reaction:changed", rooms=[GroupRoom])
class MessageReactions(Payload):
    """How many of each kind a message has now; kinds that nobody gave are left out."""

    message_id: int
    room_id: int
    reactions: dict[str, int]
