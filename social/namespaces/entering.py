"""Becoming a member and entering, leaving: the commands that touch the session as well as the database."""

from typing import Any

import msgspec

import realtime
from livrya.accounts.selectors import signed_in
from realtime.identity import Identity
from realtime.namespaces import Call, Commands
from social.events import GroupRoom
from social.events.commands import JoinRoom, LeaveRoom, RoomGone
from social.events.describing import member_fields, state_fields
from social.events.groups import RoomState
from social.events.members import MemberContent
from social.namespaces.presence import call_state
from social.selectors.groups import group_of_member
from social.selectors.members import listed_members
from social.selectors.messages import messages_before, shown
from social.services.entering import Admission, admit, leave_group, take_seat

entering = Commands()

SHOWN_ON_JOINING = 50
"""Messages in the answer to a join."""


@entering.handles(JoinRoom)
async def join_room(call: Call, wanted: JoinRoom) -> dict[str, Any]:
    session, room = call.session, GroupRoom(wanted.room_id)
    asked: Admission = await call.read(_admit, call.identity, wanted)
    # In the group's lane: of many who come at once none waits for a lock that another of this process has.
    await call.write(room, take_seat, asked)
    stream = await session.join(room, wanted.since, present=True)
    # Read after the stream began: what is said meanwhile may be here and follow, but is never missing.
    state = await call.read(_state, call.identity, wanted.room_id)
    call_now = await call_state(session, room.group_id)
    return stream | state | {"roomName": room.name, "call": call_now if call_now.participant_count else None}


@entering.handles(LeaveRoom)
async def leave_room(call: Call, wanted: LeaveRoom) -> RoomGone:
    session, room = call.session, GroupRoom(wanted.room_id)
    await call.write(room, _leave, call.identity, wanted.room_id)
    await session.leave(room)
    return RoomGone(room_id=wanted.room_id)


def _admit(identity: Identity, wanted: JoinRoom) -> Admission:
    return admit(actor=signed_in(identity), group_id=wanted.room_id, password=wanted.password, invite=wanted.invite)


def _leave(identity: Identity, group_id: int) -> None:
    leave_group(actor=signed_in(identity), group_id=group_id)


def _state(identity: Identity, group_id: int) -> dict[str, Any]:
    viewer = signed_in(identity)
    with realtime.snapshot():
        group = group_of_member(viewer, group_id)
        own = group.__dict__["own"]
        said, _ = messages_before(viewer, group, before=None, limit=SHOWN_ON_JOINING)
        return {
            "room": msgspec.to_builtins(RoomState(**state_fields(group))),
            "role": own.role,
            "readNumber": own.read_number,
            "members": [
                msgspec.to_builtins(MemberContent(**member_fields(member))) for member in listed_members(group)
            ],
            "messages": msgspec.to_builtins(shown(said, viewer)),
        }
