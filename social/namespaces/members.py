"""Commands of owners and moderators about people: one service call each."""

from typing import Any

from livrya.accounts.selectors import signed_in
from realtime.namespaces import Call, Commands
from realtime.rooms import Room
from social.events import GroupRoom
from social.events.commands import BanUser, KickMember, RoomAndPerson, SetRole, UnbanUser
from social.events.describing import member_fields
from social.events.members import MemberContent
from social.services import members as services

members = Commands()


def _lane(wanted: Any) -> Room:
    return GroupRoom(wanted.room_id)


@members.handles(KickMember, lane=_lane)
def on_kick(call: Call, wanted: KickMember) -> RoomAndPerson:
    services.kick_member(
        actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id, reason=wanted.reason
    )
    return RoomAndPerson(room_id=wanted.room_id, user_id=wanted.user_id)


@members.handles(BanUser, lane=_lane)
def on_ban(call: Call, wanted: BanUser) -> RoomAndPerson:
    services.ban_user(
        actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id, reason=wanted.reason
    )
    return RoomAndPerson(room_id=wanted.room_id, user_id=wanted.user_id)


@members.handles(UnbanUser, lane=_lane)
def on_unban(call: Call, wanted: UnbanUser) -> RoomAndPerson:
    services.unban_user(actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id)
    return RoomAndPerson(room_id=wanted.room_id, user_id=wanted.user_id)


@members.handles(SetRole, lane=_lane)
def on_set_role(call: Call, wanted: SetRole) -> MemberContent:
    membership = services.set_role(
        actor=signed_in(call.identity), group_id=wanted.room_id, user_id=wanted.user_id, role=wanted.role
    )
    return MemberContent(**member_fields(membership))
