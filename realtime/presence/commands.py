"""Asking who is in a room."""

from realtime.contracts import Payload, command
from realtime.namespaces import Call
from realtime.people import who_is_in
from realtime.presence.events import PresenceReply, as_reply
from realtime.rooms import parse_room
from realtime.standard_commands import standard


@command("presence:list", reply=PresenceReply)
class ListPresent(Payload):
    """Tells who is in a room that one receives: after a hole in the versions, or to begin with."""

    room: str


@standard.handles(ListPresent)
async def list_present(call: Call, asked: ListPresent) -> PresenceReply:
    return as_reply(await who_is_in(call.session, parse_room(asked.room)))
