"""Presence in memory: the reference, and what the embedded mode runs on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from realtime.clock import Clock
from realtime.people.presence.store import (
    LIST_LIMIT,
    TURN_MS,
    Counts,
    Exchanged,
    Holding,
    PresenceChange,
    Present,
    Roster,
    State,
    Turns,
    strongest,
)
from realtime.people.processes.memory import MemoryProcesses


@dataclass
class _Person:
    username: str
    display_name: str
    held: dict[str, State] = field(default_factory=dict)

    def state(self) -> State:
        return strongest(self.held.values())

    def hold(self, process_id: str, state: State) -> None:
        elsewhere = {other: how for other, how in self.held.items() if other != process_id}
        if state.is_connected:
            elsewhere = {other: how for other, how in elsewhere.items() if how.is_connected}
        elif state.is_cut and any(how.is_connected for how in elsewhere.values()):
            state = State.GONE
        self.held = elsewhere if state is State.GONE else {**elsewhere, process_id: state}


@dataclass
class _Room:
    version: int
    revision: int
    people: dict[int, _Person] = field(default_factory=dict)
    hidden: dict[int, _Person] = field(default_factory=dict)
    guests: dict[str, int] = field(default_factory=dict)
    said: int = 0
    said_at_ms: int = 0

    def hold(self, process_id: str, holding: Holding) -> PresenceChange:
        """Records one holding and returns how the person was and is listed."""
        shown, other = (self.people, self.hidden) if holding.listed else (self.hidden, self.people)
        hidden = len(self.hidden)
        before = self.people.get(holding.user_id)
        was = before.state() if before else State.GONE
        self._hold_in(shown, process_id, holding, holding.state)
        self._hold_in(other, process_id, holding, State.GONE)
        after = self.people.get(holding.user_id)
        now = after.state() if after else State.GONE
        self._count(was.shown is not now.shown, len(self.hidden) != hidden)
        named = after or before or holding
        return PresenceChange(
            holding.room, holding.user_id, named.username, was, now, self.counts(), named.display_name
        )

    def hold_guests(self, process_id: str, number: int) -> None:
        before = self.guests.pop(process_id, 0)
        if number:
            self.guests[process_id] = number
        self._count(False, number != before)

    def counts(self) -> Counts:
        return Counts(len(self.people), sum(self.guests.values()) + len(self.hidden), self.version, self.revision)

    def _hold_in(self, people: dict[int, _Person], process_id: str, holding: Holding, state: State) -> None:
        person = people.setdefault(holding.user_id, _Person(holding.username, holding.display_name))
        if state.is_connected:
            person.username, person.display_name = holding.username, holding.display_name
        person.hold(process_id, state)
        if not person.held:
            del people[holding.user_id]

    def _count(self, person_changed: bool, guests_changed: bool) -> None:
        self.version += person_changed
        self.revision += person_changed or guests_changed


@dataclass
class MemoryRooms:
    """The store's content; several `MemoryPresence`s on one act as several processes."""

    rooms: dict[str, _Room] = field(default_factory=dict)
    held_by: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    highest: int = 0

    def room(self, name: str, now_ms: int) -> _Room:
        """Returns the room, made where there is none; its numbers start above those of any that is gone."""
        room = self.rooms.get(name)
        if not room:
            start = max(now_ms, self.highest + 1)
            room = self.rooms[name] = _Room(version=start, revision=start)
        return room

    def drop_if_empty(self, name: str) -> None:
        """Forgets a room in which nobody is."""
        room = self.rooms.get(name)
        if room and not (room.people or room.hidden or room.guests):
            self.highest = max(self.highest, room.revision)
            del self.rooms[name]

    def wipe(self) -> None:
        """Loses everything, as a restart of Redis does."""
        self.highest = max([self.highest, *(room.revision for room in self.rooms.values())])
        self.rooms.clear()
        self.held_by.clear()


class MemoryPresence:
    """One process's access; `processes` is the register on whose leases the holdings hang."""

    def __init__(self, rooms: MemoryRooms, processes: MemoryProcesses, process_id: str, clock: Clock) -> None:
        self._rooms = rooms
        self._processes = processes
        self._process_id = process_id
        self._clock = clock

    async def exchange(
        self,
        holdings: Sequence[Holding],
        *,
        guests: Mapping[str, int] | None = None,
        rosters: Sequence[str] = (),
        emptied: Sequence[str] = (),
    ) -> Exchanged:
        held = self._rooms.held_by[self._process_id]
        outcomes = []
        for holding in holdings:
            held.add(holding.room)
            room = self._room(holding.room)
            outcomes.append(room.hold(self._process_id, holding))
        guest_counts = {}
        for name, number in (guests or {}).items():
            held.add(name)
            room = self._room(name)
            room.hold_guests(self._process_id, number)
            guest_counts[name] = room.counts()
        read = {name: self._roster(name) for name in rosters}
        for name in emptied:
            held.discard(name)
            self._rooms.drop_if_empty(name)
        return Exchanged(self._generation, outcomes, guest_counts, read)

    async def among(self, room: str, user_ids: Collection[int]) -> tuple[set[int], set[int]]:
        found = self._rooms.rooms.get(room)
        return ({*found.people} & {*user_ids}, {*found.hidden} & {*user_ids}) if found else (set(), set())

    async def counts(self, rooms: Sequence[str]) -> tuple[str, list[Counts]]:
        return self._generation, [self._roster(name).counts for name in rooms]

    async def take_turns(self, rooms: Sequence[str]) -> Turns:
        now, turns, later = self._clock.now_ms(), {}, []
        for name in rooms:
            room = self._room(name)
            if room.said >= room.revision:
                continue
            if now - room.said_at_ms < TURN_MS:
                later.append(name)
                continue
            room.said, room.said_at_ms = room.revision, now
            turns[name] = room.counts()
        return Turns(self._generation, turns, later)

    async def evict(self, process_id: str) -> list[PresenceChange]:
        outcomes = []
        for name in self._rooms.held_by.pop(process_id, set()):
            room = self._room(name)
            for user_id, person in [*room.people.items(), *room.hidden.items()]:
                if process_id in person.held:
                    listed = user_id in room.people
                    gone = Holding(name, user_id, person.username, State.GONE, listed, person.display_name)
                    outcome = room.hold(process_id, gone)
                    if outcome.was is not outcome.now:
                        outcomes.append(outcome)
            room.hold_guests(process_id, 0)
            self._rooms.drop_if_empty(name)
        return outcomes

    @property
    def _generation(self) -> str:
        return str(self._processes.lives)

    def _room(self, name: str) -> _Room:
        return self._rooms.room(name, self._clock.now_ms())

    def _roster(self, name: str) -> Roster:
        room = self._rooms.rooms.get(name)
        if not room:
            return Roster(Counts(), {})
        people = {
            user_id: Present(person.username, person.display_name, person.state().shown is State.AWAY)
            for user_id, person in room.people.items()
        }
        return Roster(room.counts(), people if len(people) <= LIST_LIMIT else None)
