"""Publishes what happens in groups: receivers that turn signals into events for rooms."""

from typing import Any

import msgspec
from django.dispatch import receiver

import realtime
from livrya.accounts.models import User
from livrya.accounts.signals import user_muted, user_unmuted
from realtime import UserRoom, refresh_rooms
from social import signals
from social.events import CallRoom, DirectoryRoom, GroupRoom
from social.events.describing import available_fields, member_fields, named, state_fields, tells_receipts
from social.events.groups import (
    RoomAvailable,
    RoomChanged,
    RoomDeleted,
    RoomInvited,
    RoomRemoved,
    RoomUninvited,
    RoomUpdated,
)
from social.events.members import MemberJoined, MemberLeft, MemberRemoved, MemberUpdated, MessageReceipt, ReadChanged
from social.events.messages import MessageDeleted, MessageNew, MessageReactions, MessageUpdated
from social.models import Group, Invitation, Membership, Message
from social.selectors.messages import content, reactions_of

Actor = User | None


def ref(message: Message) -> str:
    """Returns what names the message in events about it: deleting it empties them."""
    return f"message:{message.pk}"


@receiver(signals.group_created)
def emit_created(group: Group, actor: Actor, **_: Any) -> None:
    refresh_rooms(group.creator_id)
    if not group.is_private:
        realtime.emit(DirectoryRoom(), RoomAvailable(**available_fields(group)), actor=actor)


@receiver(signals.group_changed)
def emit_changed(group: Group, was_private: bool, actor: Actor, **_: Any) -> None:
    changed = RoomChanged(**state_fields(group))
    realtime.emit(GroupRoom(group.pk), changed, actor=actor)
    if group.is_private != was_private:
        event = (
            RoomRemoved(id=group.pk, creator_id=group.creator_id)
            if group.is_private
            else RoomAvailable(**available_fields(group))
        )
        realtime.emit(DirectoryRoom(), event, actor=actor)
    elif not group.is_private:
        realtime.emit(DirectoryRoom(), changed, actor=actor)


@receiver(signals.group_ended)
def emit_ended(group: Group, reason: str, actor: Actor, **_: Any) -> None:
    """Says so in the group, and takes everybody out of it after that."""
    room = GroupRoom(group.pk)
    realtime.emit(room, RoomDeleted(room_id=group.pk, reason=reason), actor=actor)
    for left in (room, CallRoom(group.pk)):
        realtime.revoke(room=left, reason=reason)
    if not group.is_private:
        realtime.emit(DirectoryRoom(), RoomRemoved(id=group.pk, creator_id=group.creator_id), actor=actor)


@receiver(signals.member_joined)
def emit_joined(membership: Membership, actor: Actor, **_: Any) -> None:
    group = membership.group
    event = MemberJoined(room_id=group.pk, user_count=group.member_count, **member_fields(membership))
    realtime.emit(GroupRoom(group.pk), event, actor=actor)
    refresh_rooms(membership.user_id)
    _emit_count(group)


@receiver(signals.member_left)
def emit_left(group: Group, user: User, disconnected: bool, actor: Actor, **_: Any) -> None:
    event = MemberLeft(
        room_id=group.pk,
        user_id=user.pk,
        username=user.username,
        user_count=group.member_count,
        disconnected=disconnected,
    )
    realtime.emit(GroupRoom(group.pk), event, actor=actor)
    _take_out(group, user.pk, "You have left this group.")
    _emit_count(group)


@receiver(signals.member_removed)
def emit_removed(
    group: Group, user_id: int, reason: str, banned: bool, was_member: bool, actor: Actor, **_: Any
) -> None:
    """Emits it to the group and to who is removed; a ban of somebody who was no member to the group only."""
    room = GroupRoom(group.pk)
    if not was_member:
        realtime.emit(room, MemberUpdated(room_id=group.pk, user_id=user_id, role=None, banned=True), actor=actor)
        return
    event = MemberRemoved(
        room_id=group.pk, user_id=user_id, reason=reason, banned=banned, user_count=group.member_count
    )
    realtime.emit(UserRoom(user_id), event, actor=actor)
    _take_out(group, user_id, reason or "You were removed from this group.")
    realtime.emit(room, event, actor=actor)
    _emit_count(group)


@receiver(signals.member_unbanned)
def emit_unbanned(group: Group, user_id: int, actor: Actor, **_: Any) -> None:
    event = MemberUpdated(room_id=group.pk, user_id=user_id, role=None, banned=False)
    realtime.emit(GroupRoom(group.pk), event, actor=actor)


@receiver(signals.member_changed)
def emit_role(membership: Membership, actor: Actor, **_: Any) -> None:
    event = MemberUpdated(room_id=membership.group_id, user_id=membership.user_id, role=membership.role, banned=False)
    realtime.emit(GroupRoom(membership.group_id), event, actor=actor)


@receiver(signals.place_read)
def emit_place(membership: Membership, connection_id: str | None, actor: Actor, **_: Any) -> None:
    group, number = membership.group, membership.read_number
    event = ReadChanged(room_id=group.pk, number=number, unread_count=group.last_number - number)
    realtime.emit(UserRoom(membership.user_id), event, actor=actor, skip=connection_id)
    if tells_receipts(membership):
        receipt = MessageReceipt(room_id=group.pk, user_id=membership.user_id, number=number)
        realtime.emit(GroupRoom(group.pk), receipt, skip=connection_id)


@receiver(signals.person_invited)
def emit_invited(invitation: Invitation, actor: Actor, **_: Any) -> None:
    assert invitation.user_id is not None
    group = invitation.group
    event = RoomInvited(
        room_id=group.pk,
        room_name=group.name,
        slug=group.slug,
        invited_by=named(invitation.invited_by),
    )
    realtime.emit(UserRoom(invitation.user_id), event, actor=actor)


@receiver(signals.invitation_ended)
def emit_uninvited(invitation: Invitation, actor: Actor, **_: Any) -> None:
    assert invitation.user_id is not None
    realtime.emit(UserRoom(invitation.user_id), RoomUninvited(room_id=invitation.group_id), actor=actor)


@receiver(signals.message_sent)
def emit_message(message: Message, actor: Actor, **_: Any) -> None:
    event = MessageNew(**msgspec.structs.asdict(content(message)))
    realtime.emit(GroupRoom(message.group_id), event, ref=ref(message), actor=actor)


@receiver(signals.message_edited)
def emit_edited(message: Message, actor: Actor, **_: Any) -> None:
    event = MessageUpdated(**msgspec.structs.asdict(content(message)))
    realtime.emit(GroupRoom(message.group_id), event, ref=ref(message), actor=actor)


@receiver(signals.message_deleted)
def emit_deleted(message: Message, moderated: bool, actor: Actor, **_: Any) -> None:
    realtime.blank(ref=ref(message))
    event = MessageDeleted(id=message.pk, number=message.number, room_id=message.group_id, moderated=moderated)
    realtime.emit(GroupRoom(message.group_id), event, actor=actor)


@receiver(signals.message_reacted)
def emit_reactions(message: Message, actor: Actor, **_: Any) -> None:
    counts = reactions_of([message.pk]).get(message.pk, {})
    event = MessageReactions(message_id=message.pk, room_id=message.group_id, reactions=counts)
    realtime.emit(GroupRoom(message.group_id), event, ref=ref(message), actor=actor)


@receiver((user_muted, user_unmuted))
def show_otherwise(muter: User, **_: Any) -> None:
    """The grants that a session holds in groups name the people whom its person has muted."""
    realtime.revoke(user=muter, reason="privacy changed")


def _take_out(group: Group, user_id: int, reason: str) -> None:
    """Takes somebody out of the group's rooms, on every device and in every process."""
    for room in (GroupRoom(group.pk), CallRoom(group.pk)):
        realtime.revoke(user=user_id, room=room, reason=reason)


def _emit_count(group: Group) -> None:
    if not group.is_private:
        realtime.emit(
            DirectoryRoom(), RoomUpdated(id=group.pk, creator_id=group.creator_id, user_count=group.member_count)
        )
