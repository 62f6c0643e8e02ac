"""Sessions in groups, beside the people: how many they are, and whose seats in ephemeral groups they hold."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from django.db import DatabaseError, InterfaceError

from realtime import Part, attach
from realtime.conf import realtime_settings
from realtime.errors import Unavailable
from realtime.namespaces import Session
from realtime.people import count_session, privacy_of, sessions_in, uncount_session
from realtime.rooms import Room
from social.events import CallRoom, GroupRoom
from social.services.seats import keep_seats

_RENEWALS = 6
"""So many times in a grace the seats of those who are here are renewed."""


@attach
class SessionsInGroups(Part):
    """Who is in groups through one hub: group → person → their sessions. Belongs to the hub's loop."""

    def __init__(self, hub: Any) -> None:  # the engine's own affair
        super().__init__(hub)
        self._people: dict[int, dict[int, set[Session]]] = {}
        self._lasting: set[int] = set()
        """Groups known to be persistent, which never changes: seats there end with no grace."""
        self._keeping: asyncio.Task[None] | None = None

    async def joined(self, session: Session, room: Room) -> Mapping[str, Any]:
        if isinstance(room, GroupRoom) and session.identity.user_id is not None:
            self._enter(room.group_id, session.identity.user_id, session)
            if privacy_of(session.grant(room)).counted:
                await count_session(session, _place(room))
            else:
                uncount_session(session, _place(room))
        return {}

    async def left(self, session: Session, room: Room, disconnected: bool, clean: bool) -> None:
        user_id = session.identity.user_id
        if not isinstance(room, GroupRoom) or user_id is None:
            return
        uncount_session(session, _place(room))
        if self._leave(room.group_id, user_id, session):
            await self._keep({room.group_id: [user_id]})
        if not disconnected:
            await session.leave(CallRoom(room.group_id))

    def _enter(self, group_id: int, user_id: int, session: Session) -> None:
        self._people.setdefault(group_id, {}).setdefault(user_id, set()).add(session)
        if self._keeping is None or self._keeping.done():
            self._keeping = self.spawn(self._keep_on())

    def _leave(self, group_id: int, user_id: int, session: Session) -> bool:
        """Takes the session out; tells whether it was the person's last one here."""
        people = self._people.get(group_id, {})
        sessions = people.get(user_id, set())
        sessions.discard(session)
        if sessions or people.pop(user_id, None) is None:
            return False
        if not people:
            del self._people[group_id]
        return True

    async def _keep(self, seats: Mapping[int, Collection[int]]) -> None:
        """Has the grace of these people begin now."""
        seats = {group_id: people for group_id, people in seats.items() if group_id not in self._lasting}
        if not seats:
            return
        try:
            ephemeral = await self.read(_keep_seats, seats)
        except (DatabaseError, InterfaceError, Unavailable):
            return  # the next turn comes well before the grace is over
        self._lasting |= seats.keys() - ephemeral

    async def _keep_on(self) -> None:
        while self._people:
            await asyncio.sleep(realtime_settings().presence_grace_seconds / _RENEWALS)
            await self._keep({group_id: list(people) for group_id, people in self._people.items()})


async def socket_count(room: GroupRoom) -> int:
    """Returns how many sessions are in a group, over all processes."""
    return await sessions_in(_place(room))


def _place(room: GroupRoom) -> str:
    """A place of presence where every session of the room is counted as one guest, whoever's it is."""
    return f"{room.name}:sockets"


def _keep_seats(seats: Mapping[int, Collection[int]]) -> set[int]:
    return keep_seats(seats=seats)
