"""Between sessions and the store: notes who types here, ends it in time, sends it to the room."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from realtime.clock import Clock, Timer
from realtime.contracts import Payload
from realtime.errors import Unavailable
from realtime.identity import Identity
from realtime.people.announcing import Announcer
from realtime.people.presence.store import LIST_LIMIT
from realtime.people.typing.kinds import TypingKind, kinds_in
from realtime.people.typing.memory import MemoryTyping
from realtime.people.typing.store import TypingStore, Typist, Typists
from realtime.rooms import Room


class _Keystrokes(NamedTuple):
    room: Room
    kind: TypingKind
    user_id: int
    connection_id: str


class TypingTracker:
    """Who types through this process; belongs to its event loop.

    Each change sends the whole list to the others: a person who types gets a list without themselves, on the
    connection on which they type (their other tabs leave out their own id). `user_count(room)` says how many people
    are there: above LIST_LIMIT typing is not shown. While the store is away, those of this process see
    each other.
    """

    def __init__(
        self, store: TypingStore, announcer: Announcer, clock: Clock, *, user_count: Callable[[str], int]
    ) -> None:
        self._store = store
        self._alone = MemoryTyping(clock)
        self._announcer = announcer
        self._clock = clock
        self._user_count = user_count
        self._timers: dict[_Keystrokes, Timer] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def start(
        self, room: Room, kind: TypingKind, identity: Identity, connection_id: str, position: int | None = None
    ) -> None:
        """Notes a keystroke; to be repeated while the person goes on. Anonymous people do not type."""
        if identity.user_id is None or self._user_count(room.name) > LIST_LIMIT:
            return
        strokes = _Keystrokes(room, kind, identity.user_id, connection_id)
        self._forget(strokes)
        self._timers[strokes] = self._clock.call_later(kind.lasts_seconds, lambda: self._end_soon(strokes))
        typist = Typist(identity.user_id, identity.username, connection_id, position, identity.display_name)
        # The local timer ends it; the store's own end, a little later, is for processes that died.
        lasts_ms = round(kind.lasts_seconds * 1000) + 500
        typists = await self._ask(lambda store: store.put(room.name, kind.name, typist, lasts_ms))
        if typists:
            self._send(room, kind, typists, identity.user_id)

    async def stop(self, room: Room, kind: TypingKind, identity: Identity, connection_id: str) -> None:
        """Ends what the person types there on that connection; harmless when they do not."""
        if identity.user_id is not None:
            await self._end(_Keystrokes(room, kind, identity.user_id, connection_id))

    async def sent(self, room: Room, kind: TypingKind, user_id: int) -> None:
        """Ends what the person types there, on whatever device: what they typed has arrived."""
        for strokes in [one for one in self._timers if (one.room, one.kind, one.user_id) == (room, kind, user_id)]:
            self._forget(strokes)
        await self._remove(room, kind, user_id, None)

    def gone(self, connection_id: str, room: Room) -> None:
        """Ends what is typed in the room on the connection, which left it or is lost. Waits for nothing."""
        for strokes in list(self._timers):
            if strokes.connection_id == connection_id and strokes.room == room:
                self._end_soon(strokes)

    async def fell_out(self, room: Room, user_id: int) -> None:
        """Ends in the room what a person typed whose process died."""
        for kind in kinds_in(room):
            await self._remove(room, kind, user_id, None)

    async def now(self, room: Room, user_id: int | None) -> dict[str, Payload]:
        """Returns who types in the room, for one who just came: kind → the payload that its event would have."""
        kinds = kinds_in(room)
        if not kinds:
            return {}
        names = [kind.name for kind in kinds]
        try:
            found = await self._store.read(room.name, names)
        except Unavailable:
            found = await self._alone.read(room.name, names)
        return {
            kind.name: kind.event(room, _without(typists, user_id))
            for kind, typists in zip(kinds, found, strict=True)
            if typists.people
        }

    async def settle(self) -> None:
        """Waits until everything that ended by itself has been sent."""
        while self._ending:
            await asyncio.wait(self._ending)

    def close(self) -> None:
        """Stops all timers; the store forgets by itself."""
        for strokes in list(self._timers):
            self._forget(strokes)
        for task in self._ending:
            task.cancel()

    def _forget(self, strokes: _Keystrokes) -> None:
        timer = self._timers.pop(strokes, None)
        if timer:
            timer.cancel()

    def _end_soon(self, strokes: _Keystrokes) -> None:
        task = asyncio.get_running_loop().create_task(self._end(strokes))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, strokes: _Keystrokes) -> None:
        self._forget(strokes)
        await self._remove(strokes.room, strokes.kind, strokes.user_id, strokes.connection_id)

    async def _remove(self, room: Room, kind: TypingKind, user_id: int, connection_id: str | None) -> None:
        typists = await self._ask(lambda store: store.remove(room.name, kind.name, user_id, connection_id))
        if typists:
            self._send(room, kind, typists, user_id)

    async def _ask(self, question: Callable[[TypingStore], Awaitable[Typists | None]]) -> Typists | None:
        try:
            return await question(self._store)
        except Unavailable:
            return await question(self._alone)

    def _send(self, room: Room, kind: TypingKind, typists: Typists, cause: int) -> None:
        connections = [typist.connection_id for typist in typists.people]
        self._announcer.everywhere(
            room.name, kind.event(room, typists), key=kind.name, version=typists.version, skip=connections
        )
        for typist in typists.people:
            if typist.user_id != cause:
                self._announcer.everywhere(
                    room.name,
                    kind.event(room, _without(typists, typist.user_id)),
                    key=f"{kind.name} {typist.connection_id}",
                    version=typists.version,
                    to=typist.connection_id,
                )


def _without(typists: Typists, user_id: int | None) -> Typists:
    return Typists(tuple(typist for typist in typists.people if typist.user_id != user_id), typists.version)
