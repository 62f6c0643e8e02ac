"""Between sessions and the store: notes who enters and leaves here, and makes the store agree."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from realtime.clock import Clock, Timer
from realtime.errors import Unavailable
from realtime.identity import Identity
from realtime.people.presence.local import LocalPerson, LocalRoom, SessionKey
from realtime.people.presence.publishing import Publisher
from realtime.people.presence.store import PresenceChange, PresenceStore, Roster
from realtime.people.processes.keeper import Holder, ProcessKeeper

GRACE_SECONDS = 30.0
"""How long a person whose connection was cut is expected back."""
BATCH = 200
_RETRY_SECONDS = 1.0
_TICK_SECONDS = 1.0
_TICKS_PER_CHECK = 5


class PresenceTracker(Holder):
    """Who is present through this process; belongs to its event loop.

    What is held here is the truth about this process, and the store is made to agree with it, batch by batch. A
    store that is away delays nobody: joins are answered from what is known here (after `wait_seconds` at most, and
    only the first), and afterwards everybody is sent how things really are. Meanwhile nobody is declared gone.
    """

    def __init__(
        self,
        store: PresenceStore,
        keeper: ProcessKeeper,
        publisher: Publisher,
        clock: Clock,
        *,
        grace_seconds: float = GRACE_SECONDS,
        wait_seconds: float = 0.2,
        evicted: Callable[[str, int], Awaitable[None]] | None = None,
    ) -> None:
        """`evicted(room, user id)` is called for people whom a dead process held."""
        self._store = store
        self._keeper = keeper
        self._publisher = publisher
        self._clock = clock
        self._grace_seconds = grace_seconds
        self._wait_seconds = wait_seconds
        self._evicted = evicted
        self._rooms = publisher.rooms
        # What the store does not know yet, and why: the connection that caused it, and whether it was lost.
        self._changed: dict[tuple[str, int], tuple[str, bool]] = {}
        self._guests_changed: set[str] = set()
        self._asked: dict[str, list[asyncio.Future[Roster]]] = {}
        self._exchanging: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._retry: Timer | None = None
        self._tick: Timer | None = None
        self._ticks = 0
        self._away = False
        self._stopped = False
        keeper.look_after(self)

    # Entering and leaving

    async def enter(
        self, room: str, identity: Identity, session: SessionKey, *, listed: bool = True, away: bool = False
    ) -> Roster:
        """Counts the session's person as present and returns who is there, itself included.

        An anonymous one is a guest. Not `listed`: a person counted among the guests. Entering again changes only that.
        """
        self._note_entry(room, identity, session, listed, away)
        return await self.roster(room)

    async def enter_uncounted(self, room: str, identity: Identity, session: SessionKey) -> Roster:
        """Returns who is there, and counts the session's person not at all, nor any longer if they were."""
        self.leave(room, session)
        local = self._rooms.setdefault(room, LocalRoom(room))
        local.uncounted.add(session)
        self._keep_ticking()
        person = local.people.get(identity.user_id) if identity.user_id is not None else None
        if person and not person.sessions:  # in its grace: nobody is expected back
            person.end_grace()
            del local.people[person.user_id]
            self._changed[room, person.user_id] = (session.connection_id, False)
        return await self.roster(room)

    def note(self, room: str, identity: Identity, session: SessionKey, *, listed: bool = True) -> None:
        """Counts the session's person as `enter` does, for who does not care who else is there."""
        self._note_entry(room, identity, session, listed, False)
        self._wake()

    def listen(self, room: str, listener: Callable[[PresenceChange], None]) -> None:
        """Calls `listener` with what becomes of people in a room, which is sent nothing itself."""
        self._publisher.listeners[room] = listener

    def attend(self, room: str, session: SessionKey, *, away: bool) -> None:
        """Notes that the session's page is in the background, or in front again. Waits for nothing."""
        local = self._rooms.get(room)
        person = local.person_of(session) if local else None
        if not person:
            return
        before = person.state
        person.sessions[session] = away
        if person.state is not before:
            self._changed[room, person.user_id] = (session.connection_id, False)
            self._wake()

    def leave(self, room: str, session: SessionKey, *, disconnected: bool = False, clean: bool = True) -> None:
        """Ends the session's presence in the room. Never raises and waits for nothing.

        `disconnected`: the connection ended, rather than that the person left. Not `clean`: it was cut, so the
        person is expected back for the grace. Somebody who left or was put out goes at once.
        """
        local = self._rooms.get(room)
        if not local:
            return
        if session in local.uncounted:
            local.uncounted.discard(session)
            if local.empty:  # the store never knew of this session
                del self._rooms[room]
        if session in local.guests:
            local.guests.discard(session)
            self._guests_changed.add(room)
        if person := local.person_of(session):
            before = person.state
            person.cut_away = local.take_out(session, person)
            if not person.sessions:
                if clean:
                    del local.people[person.user_id]
                else:
                    self._begin_grace(room, person)
            if not person.sessions or person.state is not before:
                self._changed[room, person.user_id] = (session.connection_id, disconnected)
        self._wake()

    async def roster(self, room: str) -> Roster:
        """Returns who is in the room, over all processes as far as they can be asked."""
        asked: asyncio.Future[Roster] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(room, []).append(asked)
        self._wake()
        if not self._away:
            await asyncio.wait([asked], timeout=self._wait_seconds)
        if asked.done():
            return asked.result()
        self._away = True
        waiting = self._asked.get(room, [])
        if asked in waiting:
            waiting.remove(asked)
        return self._own_answer(room)

    async def among(self, room: str, user_ids: Collection[int]) -> tuple[set[int], set[int]]:
        """Returns who of these people is in the room, listed and hidden. Raises Unavailable."""
        return await self._store.among(room, user_ids) if user_ids else (set(), set())

    def user_count(self, room: str) -> int:
        """Returns how many people are in a room of this process, as last known; waits for nothing."""
        local = self._rooms.get(room)
        return max(local.latest.user_count, len(local.people)) if local else 0

    def delivered_version(self, room: str) -> int:
        """Returns the version that this process's clients of the room surely know."""
        local = self._rooms.get(room)
        return local.delivered.version if local else 0

    def delivered(self, room: str, version: int, user_count: int) -> None:
        """Takes note that this process's clients were sent the change `version` by another process."""
        self._publisher.delivered(room, version, user_count)

    async def stop(self) -> None:
        """Lets the store know the last changes, for a second at most; what is left there ends with the lease."""
        if self._exchanging:
            await asyncio.wait([self._exchanging], timeout=1.0)
        self._stopped = True
        for timer in (self._tick, self._retry):
            if timer:
                timer.cancel()
        for room in self._rooms.values():
            for person in room.people.values():
                person.end_grace()
        for task in (self._exchanging, self._ticking):
            if task and not task.done():
                task.cancel()

    def _note_entry(self, name: str, identity: Identity, session: SessionKey, listed: bool, away: bool) -> None:
        room = self._rooms.setdefault(name, LocalRoom(name))
        room.uncounted.discard(session)
        self._keep_ticking()
        if identity.user_id is None:
            room.guests.add(session)
            self._guests_changed.add(name)
            return
        person = room.people.get(identity.user_id)
        if not person:
            person = room.people[identity.user_id] = LocalPerson(
                identity.user_id, identity.username, identity.display_name, listed
            )
        before = (person.state, person.listed)
        person.end_grace()
        room.put_in(session, person, away)
        person.listed = listed
        if before != (person.state, person.listed):
            self._changed[name, person.user_id] = (session.connection_id, False)

    def _keep_ticking(self) -> None:
        if not self._tick:
            self._tick = self._clock.call_later(_TICK_SECONDS, self._on_tick)

    def _begin_grace(self, room: str, person: LocalPerson) -> None:
        def over() -> None:
            local = self._rooms.get(room)
            if local and local.people.pop(person.user_id, None):
                self._changed[room, person.user_id] = ("", True)
                self._wake()

        person.grace = self._clock.call_later(self._grace_seconds, over)

    # The store

    async def settle(self) -> None:
        """Waits until the store knows all that happened here, or has failed to answer."""
        while tasks := [task for task in (self._exchanging, self._ticking) if task and not task.done()]:
            await asyncio.wait(tasks)

    async def register_again(self) -> None:
        for name, room in self._rooms.items():
            if room.counts_nobody:
                continue
            self._guests_changed.add(name)
            for user_id in room.people:
                self._changed.setdefault((name, user_id), ("", False))
        self._wake()

    async def settled(self) -> None:
        await self._publisher.check(list(self._rooms))

    async def clear_away(self, process_id: str) -> None:
        for outcome in await self._store.evict(process_id):
            self._publisher.publish(outcome, "", True)
            if self._evicted and not outcome.now.is_connected and outcome.room not in self._publisher.listeners:
                await self._evicted(outcome.room, outcome.user_id)

    def _wake(self) -> None:
        if not self._stopped and (not self._exchanging or self._exchanging.done()):
            self._exchanging = asyncio.get_running_loop().create_task(self._exchange_all())

    async def _exchange_all(self) -> None:
        try:
            while self._changed or self._guests_changed or self._asked:
                await self._exchange_batch()
            self._away = False
        except Unavailable:
            self._away = True
            self._answer_alone()
            if not self._retry:
                self._retry = self._clock.call_later(_RETRY_SECONDS, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._wake()
        self._keeper.hurry()

    async def _exchange_batch(self) -> None:
        changed = dict(list(self._changed.items())[:BATCH])
        for key in changed:
            del self._changed[key]
        guests, self._guests_changed = self._guests_changed, set()
        asked, self._asked = self._asked, {}
        concerned = {name for name, _ in changed} | guests
        emptied = [name for name in concerned if self._local(name).counts_nobody]
        try:
            answer = await self._store.exchange(
                [self._local(name).holding(user_id) for name, user_id in changed],
                guests={name: len(self._local(name).guests) for name in guests},
                rosters=list(asked),
                emptied=emptied,
            )
        except Unavailable:
            self._changed = {**changed, **self._changed}
            self._guests_changed |= guests
            for name, waiting in asked.items():
                self._asked.setdefault(name, []).extend(waiting)
            raise
        believable = self._keeper.believes(answer.generation)
        if believable:
            for outcome in answer.outcomes:
                self._publisher.publish(outcome, *changed[outcome.room, outcome.user_id])
            for name, counts in answer.guests.items():
                self._publisher.publish_numbers(name, counts)
            for name, roster in answer.rosters.items():
                self._publisher.learn(name, roster)
        for name, waiting in asked.items():
            _answer(waiting, answer.rosters[name] if believable else self._own_answer(name))
        for name in emptied:
            if name in self._rooms and self._rooms[name].empty:
                del self._rooms[name]

    def _answer_alone(self) -> None:
        asked, self._asked = self._asked, {}
        for name, user_id in self._changed:
            self._publisher.publish_alone(name, user_id)
        for name, waiting in asked.items():
            _answer(waiting, self._own_answer(name))

    def _local(self, name: str) -> LocalRoom:
        return self._rooms.get(name) or LocalRoom(name)

    def _own_answer(self, name: str) -> Roster:
        self._publisher.misinformed(name)
        return self._local(name).own_answer()

    # Every second

    def _on_tick(self) -> None:
        self._ticks += 1
        self._tick = None
        if self._rooms or self._publisher.numbers_due:
            self._keep_ticking()
        if not self._stopped and (not self._ticking or self._ticking.done()):
            due = list(self._rooms) if self._ticks % _TICKS_PER_CHECK == 0 else []
            if due or self._publisher.numbers_due:
                self._ticking = asyncio.get_running_loop().create_task(self._publish_due(due))

    async def _publish_due(self, rooms: list[str]) -> None:
        await self._publisher.announce()
        await self._publisher.check(rooms)


def _answer(waiting: list[asyncio.Future[Roster]], roster: Roster) -> None:
    for asked in waiting:
        if not asked.done():
            asked.set_result(roster)
