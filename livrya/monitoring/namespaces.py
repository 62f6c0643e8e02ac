"""Commands about open connections; `/admin` includes them."""

import msgspec

from livrya.accounts.selectors import person_by_id, signed_in
from livrya.monitoring import services
from livrya.monitoring.events import (
    Closed,
    CloseRoom,
    Disconnected,
    DisconnectPerson,
    ListSessions,
    OpenSession,
    OpenSessions,
)
from realtime.errors import ValidationFailed
from realtime.inspection import ask_processes
from realtime.namespaces import Call, Commands
from realtime.rooms import parse_room
from social.events import GroupRoom
from social.services.groups import delete_group

MOST = 1_000

monitoring = Commands()


@monitoring.handles(DisconnectPerson)
def on_disconnect(call: Call, wanted: DisconnectPerson) -> Disconnected:
    user = person_by_id(wanted.user_id)
    services.disconnect_person(actor=signed_in(call.identity), user=user, reason=wanted.reason)
    return Disconnected(user_id=user.pk)


@monitoring.handles(ListSessions)
def on_list(call: Call, wanted: ListSessions) -> OpenSessions:
    signed_in(call.identity)
    if (wanted.room is None) == (wanted.user_id is None):
        raise ValidationFailed("Name a room or a person.", details={"field": "room"})
    user = str(wanted.user_id) if wanted.user_id is not None else None
    answers = ask_processes({"ask": "connections", "room": wanted.room, "user": user})
    found = [session for answer in answers for session in answer]
    return OpenSessions(sessions=msgspec.convert(found[:MOST], list[OpenSession]))


@monitoring.handles(CloseRoom)
def on_close(call: Call, wanted: CloseRoom) -> Closed:
    room = parse_room(wanted.room)
    if not isinstance(room, GroupRoom):
        raise ValidationFailed("Only groups can be closed.", details={"field": "room"})
    delete_group(actor=signed_in(call.identity), group_id=room.group_id, reason=wanted.reason)
    return Closed(room=room.name)
