"""What was said: pages by number, search, and messages as they travel."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from livrya.accounts.models import User
from livrya.accounts.selectors import blocked_ids, muted_ids
from livrya.kit.api.fields import unix_ms
from livrya.kit.texts import search_words
from realtime.errors import NotFound
from social import limits
from social.events.describing import person_fields
from social.events.messages import AttachmentContent, MessageContent, MessageShown, ReplyTo, Sender
from social.models import Attachment, Group, Membership, Message, Reaction
from social.selectors.groups import group_of_member
from social.selectors.links import chapter_paths, unfolded

SEARCH_ORDER = ("-id",)
"""The order of what is found, for `livrya.kit.cursors.page`."""


def messages_before(viewer: User, group: Group, *, before: int | None, limit: int) -> tuple[list[Message], bool]:
    """Returns up to `limit` messages below a number (None: the newest), in order, and whether there are older ones.

    People whom the viewer has blocked or muted, or who have blocked the viewer, are passed over. Three queries.
    """
    rows = spoken(viewer).filter(group=group)
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number")[: limit + 1])
    return found[:limit][::-1], len(found) > limit


def search(viewer: User, text: str, *, group_id: int | None = None) -> QuerySet[Message]:
    """Returns the messages in the viewer's groups, or one of them, that have all the words; page it by SEARCH_ORDER.

    Raises RoomNotFound or NotMember for a group that is not theirs, RateLimited for who searches on and on.
    """
    limits.SEARCHES.charge(viewer.pk)
    rows = readable(viewer)
    if group_id is not None:
        rows = rows.filter(group=group_of_member(viewer, group_id))
    words = search_words(text)
    for word in words:
        rows = rows.filter(text__icontains=word)
    return rows if words else rows.none()


def spoken(viewer: User) -> QuerySet[Message]:
    """Returns the messages that are not hidden from the viewer, with their senders and what they answer."""
    rows = Message.objects.select_related("sender", "reply_to__sender")
    left_out = hidden_from(viewer)
    return rows.exclude(sender__in=left_out) if left_out else rows


def hidden_from(viewer: User) -> frozenset[int]:
    """Returns the ids of those whose messages and presence the viewer does not get in groups, in two queries."""
    return blocked_ids(viewer) | muted_ids(viewer)


def readable(viewer: User) -> QuerySet[Message]:
    """Returns the messages that the viewer can read one by one: `spoken`, not deleted, in groups of theirs."""
    return spoken(viewer).filter(deleted_at__isnull=True, group__in=_own_groups(viewer))


def message_for(viewer: User, message_id: int) -> Message:
    """Returns a message that the viewer can read, with its sender, what it answers and its group. Raises NotFound."""
    message = readable(viewer).filter(pk=message_id).select_related("group").first()
    if message is None:
        raise NotFound("There is no such message.")
    return message


def attachment_for(viewer: User, attachment_id: int) -> Attachment:
    """Returns a file of a message that the viewer can read, or their own upload. Raises NotFound."""
    readable_ids = readable(viewer).select_related(None).values("pk")
    attachment = Attachment.objects.filter(
        Q(uploader=viewer) | Q(message__in=readable_ids), pk=attachment_id, group__in=_own_groups(viewer)
    ).first()
    if attachment is None:
        raise NotFound("There is no such file.")
    return attachment


def contents(messages: Sequence[Message]) -> list[MessageContent]:
    """Returns messages as everybody sees them; three queries at most, however many they are."""
    return [MessageContent(**fields) for fields in _fields(messages, frozenset())]


def content(message: Message) -> MessageContent:
    """Returns one message as everybody sees it."""
    return contents([message])[0]


def own_content(message: Message) -> MessageContent:
    """Returns a message as its sender sees it."""
    [fields] = _fields([message], _hidden_in([message], message.sender))
    return MessageContent(**fields)


def shown(messages: Sequence[Message], viewer: User) -> list[MessageShown]:
    """Returns messages as the viewer sees them; six queries at most, however many they are.

    What they answer and whom they name is left out where those people are hidden from the viewer, as it is live.
    """
    own = own_reactions(viewer, [message.pk for message in messages])
    return [
        MessageShown(**fields, own_reactions=sorted(own.get(fields["id"], ())))
        for fields in _fields(messages, _hidden_in(messages, viewer))
    ]


def reactions_of(message_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Returns for each of the messages with reactions how many of which kind, in one query."""
    counts: dict[int, dict[str, int]] = {}
    rows = Reaction.objects.filter(message_id__in=list(message_ids)).values_list("message_id", "kind")
    for message_id, kind, count in rows.annotate(count=Count("pk")).order_by("message_id", "kind"):
        counts.setdefault(message_id, {})[kind] = count
    return counts


def own_reactions(viewer: User, message_ids: Iterable[int]) -> dict[int, set[str]]:
    """Returns which kinds the viewer has given to each of the messages, in one query."""
    own: dict[int, set[str]] = {}
    given = Reaction.objects.filter(user=viewer, message_id__in=list(message_ids))
    for message_id, kind in given.values_list("message_id", "kind"):
        own.setdefault(message_id, set()).add(kind)
    return own


def attachment_content(attachment: Attachment) -> AttachmentContent:
    """Returns a file as it is shown."""
    return AttachmentContent(
        id=attachment.pk,
        kind=attachment.kind,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        width=attachment.width,
        height=attachment.height,
        url=f"/api/v1/attachments/{attachment.pk}/",
    )


def _own_groups(viewer: User) -> QuerySet[Membership, int]:
    mine = Membership.objects.filter(user=viewer, group__ended_at__isnull=True)
    return mine.values_list("group_id", flat=True)


def _hidden_in(messages: Sequence[Message], viewer: User) -> frozenset[int]:
    """Returns `hidden_from`; asks for nothing where the messages name nobody but their senders."""
    return hidden_from(viewer) if any(message.reply_to_id or message.mentions for message in messages) else frozenset()


def _fields(messages: Sequence[Message], hidden_ids: frozenset[int]) -> list[dict[str, Any]]:
    ids = [message.pk for message in messages if message.deleted_at is None]
    files: dict[int, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(message__in=ids).order_by("pk"):
        files.setdefault(attachment.message_id or 0, []).append(attachment)
    reactions = reactions_of(ids)
    links = unfolded(message.text for message in messages)
    return [_message_fields(message, files.get(message.pk, []), reactions, links, hidden_ids) for message in messages]


def _message_fields(
    message: Message,
    files: Sequence[Attachment],
    reactions: dict[int, dict[str, int]],
    links: dict[str, Any],
    hidden_ids: frozenset[int],
) -> dict[str, Any]:
    answered = message.reply_to if message.reply_to and message.reply_to.sender_id not in hidden_ids else None
    return {
        "id": message.pk,
        "number": message.number,
        "room_id": message.group_id,
        "type": files[0].kind if files else "text",
        "text": message.text,
        "sender": Sender(id=message.sender_id, **person_fields(message.sender)),
        "reply_to": answered
        and ReplyTo(
            id=answered.pk,
            number=answered.number,
            sender_id=answered.sender_id,
            sender_name=str(answered.sender),
        ),
        "mentions": [user_id for user_id in message.mentions if user_id not in hidden_ids],
        "attachments": [attachment_content(attachment) for attachment in files],
        "links": [links[path] for path, _, _ in chapter_paths(message.text) if path in links],
        "reactions": reactions.get(message.pk, {}),
        "created_at": unix_ms(message.created_at),
        "edited_at": unix_ms(message.edited_at) if message.edited_at else None,
        "deleted": message.deleted_at is not None,
    }
