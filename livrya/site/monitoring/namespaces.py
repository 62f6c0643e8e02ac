"""Commands about open connections; `/admin` includes them."""

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec
from django.db import Error as DatabaseError

from livrya.accounts.selectors import person_by_id, signed_in
from livrya.site.monitoring import services
from livrya.site.monitoring.events import (
    Closed,
    CloseRoom,
    Disconnected,
    DisconnectPerson,
    ListSessions,
    OpenSession,
    OpenSessions,
    RoomStats,
    StatsSubscribed,
    SubscribeStats,
)
from livrya.site.monitoring.overview import Look, look
from realtime import UserRoom
from realtime.contracts import event_contract
from realtime.errors import Forbidden, Unauthenticated, Unavailable, ValidationFailed
from realtime.identity import Identity
from realtime.namespaces import Call, Commands
from realtime.ops.inspection import ask_processes
from realtime.rooms import parse_room
from social.events import GroupRoom
from social.services.groups import delete_group

if TYPE_CHECKING:
    from realtime.namespaces import Session

logger = logging.getLogger(__name__)

MOST = 1_000

monitoring = Commands()

_watching: WeakKeyDictionary["Session", "asyncio.Task[None]"] = WeakKeyDictionary()
"""Who gets `room:stats`; each task ends with its session."""


@monitoring.handles(DisconnectPerson)
def on_disconnect(call: Call, wanted: DisconnectPerson) -> Disconnected:
    user = person_by_id(wanted.user_id)
    services.disconnect_person(actor=signed_in(call.identity), user=user, reason=wanted.reason)
    return Disconnected(user_id=user.pk)


@monitoring.handles(ListSessions)
def on_list(call: Call, wanted: ListSessions) -> OpenSessions:
    services.require_watcher(signed_in(call.identity))
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


@monitoring.handles(SubscribeStats)
async def on_subscribe(call: Call, wanted: SubscribeStats) -> StatsSubscribed:
    await call.read(_require_watcher, call.identity)
    if (before := _watching.pop(call.session, None)) is not None:
        before.cancel()
    if wanted.interval_seconds:
        _watching[call.session] = call.session.spawn(_send_stats(call.session, wanted.interval_seconds))
    return StatsSubscribed(interval_seconds=wanted.interval_seconds)


def _require_watcher(identity: Identity) -> None:
    services.require_watcher(signed_in(identity))


async def _send_stats(session: "Session", interval_seconds: int) -> None:
    """Sends numbers until the session has ended, which is noticed when the next would be due."""
    room = UserRoom(session.identity.user_id or 0).name
    name = event_contract(RoomStats).name
    before: Look | None = None
    while not session.closed:
        try:
            await session.read(_require_watcher, session.identity)
            stats, before = await session.read(look, before)
            session.notify(name, msgspec.to_builtins(stats), room)
        except (Forbidden, Unauthenticated):
            return  # no longer theirs to see
        except (DatabaseError, Unavailable) as error:
            logger.warning("No room:stats this time: %s", error)
        await asyncio.sleep(interval_seconds)
