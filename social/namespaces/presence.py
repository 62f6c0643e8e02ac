"""Who is there, who types, who takes part in a call: commands and what groups hear by themselves."""

from typing import Any

import msgspec

import realtime
from livrya.accounts.selectors import signed_in
from realtime import people
from realtime.errors import NotJoined
from realtime.identity import Identity
from realtime.namespaces import Call, Commands
from realtime.presence.events import as_reply
from realtime.presence.store import Roster
from realtime.presence.watching import watches
from social.events import CallRoom, GroupRoom
from social.events.commands import AskRoom, RoomInfo
from social.events.members import CallChanged, RoomMembers
from social.events.talking import CallState, JoinCall, LeaveCall, StartCall
from social.events.typing import TYPING, StartTyping, StopTyping
from social.namespaces.sockets import socket_count
from social.selectors.groups import group_of_member

presence = Commands()


@presence.handles(AskRoom)
async def ask_room(call: Call, wanted: AskRoom) -> RoomInfo:
    room = GroupRoom(wanted.room_id)
    members = await call.session.hub.handlers.run(_member_count, call.identity, wanted.room_id)
    roster = await people.people_here().presence.roster(room.name)
    return RoomInfo(
        online_count=roster.counts.user_count,
        online_users=None if roster.people is None else sorted(roster.people),
        socket_count=await socket_count(room),
        member_count=members,
    )


@presence.handles(StartTyping)
async def start_typing(call: Call, wanted: StartTyping) -> None:
    room = GroupRoom(wanted.room_id)
    if not call.session.is_present(room):
        raise NotJoined
    await people.start_typing(call.session, room, TYPING)


@presence.handles(StopTyping)
async def stop_typing(call: Call, wanted: StopTyping) -> None:
    await people.stop_typing(call.session, GroupRoom(wanted.room_id), TYPING)


@presence.handles(StartCall)
async def start_call(call: Call, wanted: StartCall) -> CallState:
    return await _take_part(call, wanted.room_id)


@presence.handles(JoinCall)
async def join_call(call: Call, wanted: JoinCall) -> CallState:
    return await _take_part(call, wanted.room_id)


@presence.handles(LeaveCall)
async def leave_call(call: Call, wanted: LeaveCall) -> CallState:
    await call.session.leave(CallRoom(wanted.room_id))
    return _call_state(wanted.room_id, await people.people_here().presence.roster(CallRoom(wanted.room_id).name))


@watches(GroupRoom)
def tell_members(room: GroupRoom, roster: Roster) -> None:
    told = RoomMembers(
        room_id=room.group_id,
        online_count=roster.counts.user_count,
        online_members=as_reply(roster).users,
        version=roster.counts.version,
    )
    realtime.emit(room, told, version=roster.counts.version)


@watches(CallRoom)
def tell_call(room: CallRoom, roster: Roster) -> None:
    """A call is presence in a room of its own: the group hears who is there."""
    told = CallChanged(
        room_id=room.group_id,
        participant_count=roster.counts.user_count,
        participants=as_reply(roster).users,
        version=roster.counts.version,
    )
    realtime.emit(GroupRoom(room.group_id), told, version=roster.counts.version)


async def call_state(group_id: int) -> dict[str, Any] | None:
    """Returns who takes part in a group's call, None when there is none."""
    roster = await people.people_here().presence.roster(CallRoom(group_id).name)
    state: dict[str, Any] = msgspec.to_builtins(_call_state(group_id, roster))
    return state if roster.counts.user_count else None


async def _take_part(call: Call, group_id: int) -> CallState:
    if not call.session.is_present(GroupRoom(group_id)):
        raise NotJoined
    room = CallRoom(group_id)
    await call.session.join(room, present=True)
    return _call_state(group_id, await people.people_here().presence.roster(room.name))


def _call_state(group_id: int, roster: Roster) -> CallState:
    return CallState(room_id=group_id, participant_count=roster.counts.user_count, participants=as_reply(roster).users)


def _member_count(identity: Identity, group_id: int) -> int:
    return group_of_member(signed_in(identity), group_id).member_count
