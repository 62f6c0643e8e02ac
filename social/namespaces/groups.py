"""Commands about groups themselves: one service call each."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from books.errors import invalid
from livrya.accounts.selectors import signed_in
from realtime.namespaces import Call, Commands
from realtime.rooms import Room
from social.events import GroupRoom
from social.events.commands import (
    CreateRoom,
    DeclineInvitation,
    DeleteRoom,
    InvitePerson,
    MakeLink,
    RoomAndPerson,
    RoomGone,
    RoomLink,
    RoomReply,
    SlowMode,
    UninvitePerson,
    UpdateRoom,
)
from social.events.describing import link_fields, state_fields
from social.events.groups import RoomState
from social.models import Group
from social.services import groups as services
from social.services.invitations import end_invitation, invite_person, make_link

groups = Commands()

_CHANGES = ("name", "description", "is_private", "password", "max_users", "restrict_invitations")


def _lane(wanted: Any) -> Room:
    return GroupRoom(wanted.room_id)


@groups.handles(CreateRoom)
def on_create(call: Call, wanted: CreateRoom) -> RoomReply:
    group = services.create_group(
        actor=signed_in(call.identity),
        name=wanted.name,
        description=wanted.description,
        is_private=wanted.is_private if wanted.is_public is None else not wanted.is_public,
        password=wanted.password or "",
        max_users=wanted.max_users,
        persistent=wanted.persistent,
        auto_delete=wanted.auto_delete,
        restrict_invitations=wanted.restrict_invitations,
    )
    return _reply(group)


@groups.handles(UpdateRoom, lane=_lane)
def on_update(call: Call, wanted: UpdateRoom) -> RoomReply:
    given: dict[str, Any] = {name: value for name in _CHANGES if (value := getattr(wanted, name)) is not msgspec.UNSET}
    if "password" in given:
        given["password"] = given["password"] or ""
    return _reply(services.update_group(actor=signed_in(call.identity), group_id=wanted.room_id, **given))


@groups.handles(SlowMode, lane=_lane)
def on_slow_mode(call: Call, wanted: SlowMode) -> RoomReply:
    actor = signed_in(call.identity)
    return _reply(services.set_slow_mode(actor=actor, group_id=wanted.room_id, seconds=wanted.seconds))


@groups.handles(DeleteRoom, lane=_lane)
def on_delete(call: Call, wanted: DeleteRoom) -> RoomGone:
    services.delete_group(actor=signed_in(call.identity), group_id=wanted.room_id, reason=wanted.reason)
    return RoomGone(room_id=wanted.room_id)


@groups.handles(InvitePerson, lane=_lane)
def on_invite(call: Call, wanted: InvitePerson) -> RoomAndPerson:
    invite_person(actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id)
    return RoomAndPerson(room_id=wanted.room_id, user_id=wanted.user_id)


@groups.handles(UninvitePerson, lane=_lane)
def on_uninvite(call: Call, wanted: UninvitePerson) -> RoomAndPerson:
    end_invitation(actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id)
    return RoomAndPerson(room_id=wanted.room_id, user_id=wanted.user_id)


@groups.handles(DeclineInvitation, lane=_lane)
def on_decline(call: Call, wanted: DeclineInvitation) -> RoomGone:
    actor = signed_in(call.identity)
    end_invitation(actor=actor, group_id=wanted.room_id, user_id=actor.pk)
    return RoomGone(room_id=wanted.room_id)


@groups.handles(MakeLink, lane=_lane)
def on_make_link(call: Call, wanted: MakeLink) -> RoomLink:
    link, token = make_link(
        actor=signed_in(call.identity), group_id=wanted.room_id, expires_at=_moment(wanted.expires_at)
    )
    return RoomLink(**link_fields(link, token))


def _reply(group: Group) -> RoomReply:
    return RoomReply(room=RoomState(**state_fields(group)))


def _moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise invalid("expiresAt", "That is no time.") from error
