"""Messages: said, edited, taken back, reacted to."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

import realtime
from books.errors import invalid
from books.limits import REACTIONS
from books.models import ReactionKind
from books.policies.people import require_person
from books.services import checking
from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from livrya.audit.services import record
from realtime.errors import Forbidden, NotJoined, RateLimited
from social import limits, signals
from social.models import Attachment, Group, Membership, Message, Reaction
from social.policies import outranks, require_member
from social.selectors.members import named_members
from social.selectors.messages import readable
from social.services.attachments import forget_files
from social.services.locking import lock_group, lock_message

# A message is sent to its group, to whom it names and to whom it answers.
_MOST_ROOMS = limits.MENTIONS + 6
_REMOVE = "social.delete_message"
_NAME = re.compile(r"(?<![A-Za-z0-9_.@+-])@([A-Za-z0-9][A-Za-z0-9_.@+-]*)")


def send_message(
    *,
    actor: User | None,
    group_id: int,
    text: str = "",
    reply_to_id: int | None = None,
    attachments: Sequence[int] = (),
    joined: bool = True,
) -> Message:
    """Says something in a group; `attachments` are ids of the actor's uploads there that no message has yet.

    `joined` false: they are not in the room, which a member gets as NotJoined. Raises RateLimited.
    """
    person = require_person(actor)
    clean = checking.body("text", text, longest=limits.MESSAGE, required=not attachments)
    if len(attachments) > limits.ATTACHMENTS:
        raise invalid("attachments", f"At most {limits.ATTACHMENTS} files, please.")
    limits.MESSAGES.charge(person.pk)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        group = lock_group(group_id)
        membership = require_member(person, group)
        if not joined:
            raise NotJoined
        now = timezone.now()
        _require_patience(group, membership, now)
        group.last_number += 1
        message = Message.objects.create(
            group=group,
            number=group.last_number,
            sender=person,
            reply_to=_answered(person, group, reply_to_id),
            text=clean,
            mentions=mentioned(group, clean),
            created_at=now,
        )
        _attach(message, attachments)
        group.last_activity_at = now
        group.save(update_fields=["last_number", "last_activity_at"])
        membership.read_number, membership.last_sent_at = group.last_number, now
        membership.save(update_fields=["read_number", "last_sent_at"])
        signals.message_sent.send(Message, message=message, actor=actor)
    return message


def edit_message(*, actor: User | None, message_id: int, text: str) -> Message:
    """Changes what the actor has said."""
    person = require_person(actor)
    limits.MESSAGES.charge(person.pk)
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        message = lock_message(person, message_id)
        if message.sender_id != person.pk:
            raise Forbidden
        clean = checking.body("text", text, longest=limits.MESSAGE, required=not message.attachments.exists())
        if message.text != clean:
            known = set(message.mentions)
            message.text, message.edited_at = clean, timezone.now()
            message.mentions = mentioned(message.group, clean)
            message.save(update_fields=["text", "edited_at", "mentions"])
            new = [user_id for user_id in message.mentions if user_id not in known]
            signals.message_edited.send(Message, message=message, mentioned=new, actor=actor)
    return message


def delete_message(*, actor: User | None, message_id: int) -> None:
    """Takes back what the actor has said or, for who outranks its sender in the group and for staff, removes it.

    The words and files are gone for ever.
    """
    with realtime.atomic():
        message = lock_message(actor, message_id, staff=_REMOVE)
        own = actor is not None and message.sender_id == actor.pk
        if not own:
            _require_above(actor, message)
        message.text, message.mentions, message.deleted_at = "", [], timezone.now()
        message.save(update_fields=["text", "mentions", "deleted_at"])
        message.reactions.all().delete()
        forget_files(message)
        signals.message_deleted.send(Message, message=message, moderated=not own, actor=actor)


def react_to_message(*, actor: User | None, message_id: int, kind: str, on: bool = True) -> Message:
    """Adds the actor's reaction of that kind, or takes it back; the same again changes nothing."""
    person = require_person(actor)
    checking.choice("kind", kind, ReactionKind.values)
    REACTIONS.charge(person.pk)
    with realtime.atomic():
        message = lock_message(person, message_id)
        if on:
            _, changed = Reaction.objects.get_or_create(message=message, user=person, kind=kind)
        else:
            changed = Reaction.objects.filter(message=message, user=person, kind=kind).delete()[0] > 0
        if changed:
            signals.message_reacted.send(Message, message=message, actor=actor)
    return message


def mentioned(group: Group, text: str) -> list[int]:
    """Returns the ids of the members whom a text names (`@username`), a few at most."""
    names = [match[1].rstrip(".-+@_") for match in _NAME.finditer(text)]
    return named_members(group, names[: limits.MENTIONS]) if names else []


def _require_patience(group: Group, membership: Membership, now: datetime) -> None:
    if not group.slow_seconds or membership.moderates or membership.last_sent_at is None:
        return
    wait = membership.last_sent_at + timedelta(seconds=group.slow_seconds) - now
    if wait > timedelta(0):
        raise RateLimited("This group is in slow mode.", retry_after_ms=int(wait.total_seconds() * 1000) + 1)


def _answered(person: User, group: Group, reply_to_id: int | None) -> Message | None:
    if reply_to_id is None:
        return None
    message = readable(person).filter(pk=reply_to_id, group=group).first()
    if message is None:
        raise invalid("replyToId", "The message that this answers is gone.")
    return message


def _attach(message: Message, ids: Sequence[int]) -> None:
    if not ids:
        return
    wanted = set(ids)
    mine = Attachment.objects.filter(pk__in=wanted, group=message.group, uploader=message.sender, message__isnull=True)
    if mine.update(message=message) != len(wanted):
        raise invalid("attachments", "Upload the files to this group first; each is sent once.")


def _require_above(actor: User | None, message: Message) -> None:
    """Refuses who does not outrank the sender; moderators answer to the group's owner, staff's acts are recorded."""
    if actor is None:
        return
    own = Membership.objects.filter(group=message.group, user=actor).first()
    sender = Membership.objects.filter(group=message.group, user=message.sender_id).first()
    if own is not None and own.moderates and (sender is None or outranks(own, sender)):
        return
    if not staff_may(actor, _REMOVE):
        require_member(actor, message.group)
        raise Forbidden
    record(actor=actor, act="message:delete", target=f"message:{message.pk}", group=message.group_id)
