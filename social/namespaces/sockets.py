"""Sessions in groups, beside the people: how many they are, and whose seats in ephemeral groups they hold.

Heard from the engine as presence is (`realtime.session.Listener`).
"""

import asyncio
import weakref
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, InterfaceError

from realtime.conf import realtime_settings
from realtime.errors import Unavailable
from realtime.identity import ANONYMOUS
from realtime.people import people_here
from realtime.presence.local import SessionKey
from realtime.rooms import Room
from realtime.session import LISTENERS
from social.events import CallRoom, GroupRoom
from social.services.seats import keep_seats

if TYPE_CHECKING:
    from realtime.hub.hub import Hub
    from realtime.session import Session

_RENEWALS = 6
"""So many times in a grace the seats of those who are here are renewed."""


class _Here:
    """Who is in groups through one hub: group → person → their sessions. Belongs to the hub's loop."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.people: dict[int, dict[int, set[Session]]] = {}
        self._lasting: set[int] = set()
        """Groups known to be persistent, which they stay: seats there end with no grace."""
        self._keeping: asyncio.Task[None] | None = None

    def enter(self, group_id: int, user_id: int, session: "Session") -> None:
        self.people.setdefault(group_id, {}).setdefault(user_id, set()).add(session)
        if self._keeping is None or self._keeping.done():
            self._keeping = self.hub.spawn(self._keep_on())

    def leave(self, group_id: int, user_id: int, session: "Session") -> bool:
        """Takes the session out; tells whether it was the person's last one here."""
        people = self.people.get(group_id, {})
        sessions = people.get(user_id, set())
        sessions.discard(session)
        if sessions or people.pop(user_id, None) is None:
            return False
        if not people:
            del self.people[group_id]
        return True

    async def keep(self, seats: Mapping[int, Collection[int]]) -> None:
        """Has the grace of these people begin now."""
        seats = {group_id: people for group_id, people in seats.items() if group_id not in self._lasting}
        if not seats:
            return
        try:
            ephemeral = await self.hub.handlers.run(_keep_seats, seats)
        except (DatabaseError, InterfaceError, Unavailable):
            return  # the next turn comes well before the grace is over
        self._lasting |= seats.keys() - ephemeral

    async def _keep_on(self) -> None:
        while self.people:
            await asyncio.sleep(realtime_settings().presence_grace_seconds / _RENEWALS)
            await self.keep({group_id: list(people) for group_id, people in self.people.items()})


_HERE: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Here]" = weakref.WeakKeyDictionary()


class GroupListener:
    """One for all hubs of the process."""

    async def start(self, hub: "Hub") -> None:
        _HERE[asyncio.get_running_loop()] = _Here(hub)

    async def stop(self) -> None:
        _HERE.pop(asyncio.get_running_loop(), None)

    async def joined(self, session: "Session", room: Room) -> Mapping[str, Any]:
        if isinstance(room, GroupRoom) and session.identity.user_id is not None:
            _HERE[asyncio.get_running_loop()].enter(room.group_id, session.identity.user_id, session)
            presence, grant = people_here().presence, session.grant(room)
            if grant is None or grant.counted:
                await presence.enter(_sockets(room), ANONYMOUS, _key(session))
            else:
                presence.leave(_sockets(room), _key(session))
        return {}

    async def left(self, session: "Session", room: Room, disconnected: bool, clean: bool) -> None:
        user_id = session.identity.user_id
        if not isinstance(room, GroupRoom) or user_id is None:
            return
        people_here().presence.leave(_sockets(room), _key(session))
        here = _HERE[asyncio.get_running_loop()]
        if here.leave(room.group_id, user_id, session):
            await here.keep({room.group_id: [user_id]})
        if not disconnected:
            await session.leave(CallRoom(room.group_id))

    async def regranted(self, session: "Session", room: Room) -> None:
        pass

    async def opened(self, session: "Session") -> None:
        pass

    async def closed(self, session: "Session", clean: bool) -> None:
        pass


async def socket_count(room: GroupRoom) -> int:
    """Returns how many sessions are in a group, over all processes."""
    return (await people_here().presence.roster(_sockets(room))).counts.guest_count


def _sockets(room: GroupRoom) -> str:
    """A place of presence where every session of the room is counted as one guest, whoever's it is."""
    return f"{room.name}:sockets"


def _key(session: "Session") -> SessionKey:
    return SessionKey(session.connection.id, session.namespace.name)


def _keep_seats(seats: Mapping[int, Collection[int]]) -> set[int]:
    return keep_seats(seats=seats)


LISTENERS.append(GroupListener())
