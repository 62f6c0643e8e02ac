"""Who is notified of what in groups: receivers that turn signals into notifications."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from livrya.accounts.models import User
from livrya.kit.texts import excerpt
from notifications import kinds
from notifications.fan_out import withdraw
from notifications.services import Notice, notify
from social import signals
from social.broadcasts import ref
from social.models import Invitation, Membership, Message, Report

GROUP_MENTION = kinds.declare("GROUP_MENTION", "Somebody names me in a room")
GROUP_REPLY = kinds.declare("GROUP_REPLY", "Answers to what I said in a room")
GROUP_INVITATION = kinds.declare("GROUP_INVITATION", "Somebody invites me to a room")

MODERATION = kinds.declare("MODERATION", "Word from the moderators about what I said")

EXCERPT = 100
"""So many characters of a message are quoted in its notification."""


@receiver(signals.message_sent)
def announce_message(message: Message, actor: User | None, **_: Any) -> None:
    """Notifies whom it names and whom it answers, each once."""
    _announce_mentions(message, message.mentions, actor)
    answered = message.reply_to
    if answered is None or answered.sender_id in message.mentions:
        return
    if Membership.objects.filter(group=message.group_id, user=answered.sender_id).exists():
        notice = _notice(message, GROUP_REPLY, f"{message.sender} answers in {message.group}", "answers")
        notify(actor=actor, recipients=[answered.sender_id], notice=notice)


@receiver(signals.message_edited)
def announce_edit(message: Message, mentioned: Iterable[int], actor: User | None, **_: Any) -> None:
    """Notifies whom it names now and did not before."""
    _announce_mentions(message, mentioned, actor)


@receiver(signals.person_invited)
def announce_invitation(invitation: Invitation, actor: User | None, **_: Any) -> None:
    """Notifies who is invited."""
    assert invitation.user_id is not None
    notice = Notice(
        kind=GROUP_INVITATION.code,
        message=f"{invitation.invited_by} invites you to {invitation.group}.",
        url=invitation.group.address,
        cause=f"group:{invitation.group_id} invitation:{invitation.pk}",
        about=f"group:{invitation.group_id}",
        ref=invitation_ref(invitation),
        subject={"group_id": invitation.group_id},
    )
    notify(actor=actor, recipients=[invitation.user_id], notice=notice)


@receiver(signals.message_deleted)
def take_back_message(message: Message, **_: Any) -> None:
    """Takes its words out of every bell."""
    withdraw(ref=ref(message))


def invitation_ref(invitation: Invitation) -> str:
    """Returns what names the invitation in notifications about it."""
    return f"group:{invitation.group_id}:invitation:{invitation.user_id}"


@receiver(signals.invitation_ended)
def take_back_invitation(invitation: Invitation, **_: Any) -> None:
    """Takes an invitation that no longer holds out of the bell."""
    withdraw(ref=invitation_ref(invitation))


@receiver(signals.report_settled)
def notify_subject(report: Report, taken_down: bool, warning: str, **_: Any) -> None:
    """Notifies whoever answers for it what was done; not by whom, and not who reported."""
    words = []
    if taken_down:
        what = {"comment": "a comment of yours", "message": "a message of yours"}.get(report.kind, "your profile")
        words.append(f"The moderators have taken down {what}.")
    if warning:
        words.append(warning)
    if words:
        notice = Notice(
            kind=MODERATION.code,
            message=" ".join(words),
            url="/notifications/",
            cause=f"report:{report.pk} settled",
            about=f"report:{report.pk}",
        )
        # The system speaks: it is sent even if the person has blocked the moderator.
        notify(actor=None, recipients=[report.subject_id], notice=notice)


def _announce_mentions(message: Message, people: Iterable[int], actor: User | None) -> None:
    if named := list(people):
        notice = _notice(message, GROUP_MENTION, f"{message.sender} names you in {message.group}", "mentions")
        notify(actor=actor, recipients=named, notice=notice)


def _notice(message: Message, kind: kinds.Kind, what: str, cause: str) -> Notice:
    return Notice(
        kind=kind.code,
        message=f"{what}: {excerpt(message.text, EXCERPT)}",
        url=f"{message.group.address}#message-{message.number}",
        cause=f"message:{message.pk} {cause}",
        about=f"group:{message.group_id}",
        ref=ref(message),
        subject={"group_id": message.group_id, "message_id": message.pk},
    )
