"""Who is there, who types, who takes part in a call: commands, and the events that groups get by themselves."""

import realtime
from livrya.accounts.selectors import signed_in
from realtime import people
from realtime.errors import NotJoined
from realtime.identity import Identity
from realtime.namespaces import Call, Commands, Session
from realtime.people import as_reply, privacy_of, watches
from realtime.rooms import Roster
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
    members = await call.read(_member_count, call.identity, wanted.room_id)
    roster = await call.roster(room)
    hidden_ids = _hidden_ids(call.session, wanted.room_id)
    return RoomInfo(
        online_count=roster.counts.user_count,
        online_users=None if roster.people is None else sorted(roster.people.keys() - hidden_ids),
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
    await call.read(_member_count, call.identity, wanted.room_id)  # who is no member gets no names
    return await call_state(call.session, wanted.room_id)


@watches(GroupRoom)
def emit_members(room: GroupRoom, roster: Roster) -> None:
    event = RoomMembers(
        room_id=room.group_id,
        online_count=roster.counts.user_count,
        online_members=as_reply(roster).users,
        version=roster.counts.version,
    )
    realtime.emit(room, event, version=roster.counts.version)


@watches(CallRoom)
def emit_call(room: CallRoom, roster: Roster) -> None:
    """A call is presence in a room of its own: the group gets an event that says who is there."""
    event = CallChanged(
        room_id=room.group_id,
        participant_count=roster.counts.user_count,
        participants=as_reply(roster).users,
        version=roster.counts.version,
    )
    realtime.emit(GroupRoom(room.group_id), event, version=roster.counts.version)


async def call_state(session: Session, group_id: int) -> CallState:
    """Returns who takes part in a group's call, as the session's person sees them."""
    reply = as_reply(await session.roster(CallRoom(group_id)))
    hidden_ids = _hidden_ids(session, group_id)
    seen = None if reply.users is None else [user for user in reply.users if user.user_id not in hidden_ids]
    return CallState(room_id=group_id, participant_count=reply.user_count, participants=seen)


async def _take_part(call: Call, group_id: int) -> CallState:
    if not call.session.is_present(GroupRoom(group_id)):
        raise NotJoined
    await call.session.join(CallRoom(group_id), present=True)
    return await call_state(call.session, group_id)


def _hidden_ids(session: Session, group_id: int) -> frozenset[int]:
    return privacy_of(session.grant(GroupRoom(group_id))).hidden_ids


def _member_count(identity: Identity, group_id: int) -> int:
    return group_of_member(signed_in(identity), group_id).member_count
