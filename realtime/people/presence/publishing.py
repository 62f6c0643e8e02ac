"""Publishes to rooms who came and went, and heals what somebody missed."""

from collections.abc import Callable, Sequence

from realtime.clock import Clock
from realtime.contracts import Payload
from realtime.errors import Unavailable
from realtime.people.announcing import Announcer
from realtime.people.presence.events import UserAway, UserJoined, UserLeft, UserReconnected, as_snapshot
from realtime.people.presence.local import LocalRoom
from realtime.people.presence.store import LIST_LIMIT, Counts, PresenceChange, PresenceStore, Present, Roster, State


class Publisher:
    """What this process publishes to rooms about presence, and what its own clients know of it.

    Small rooms get each change, large ones only numbers. Whoever brought a change about sends it to everybody;
    besides, each process compares what its own clients know with the store, and sends them the list when a
    change did not reach them. `rooms` are those in which somebody is present through this process; `believes` says
    of a generation of the store whether its totals may be sent. `changed(room)` is called for each person who came
    or went through this process. `listeners` get what becomes of the people in their rooms, which are sent nothing.
    """

    def __init__(
        self,
        store: PresenceStore,
        announcer: Announcer,
        clock: Clock,
        *,
        believes: Callable[[str], bool],
        changed: Callable[[str], None] = lambda room: None,
    ) -> None:
        self.rooms: dict[str, LocalRoom] = {}
        self.numbers_due: set[str] = set()
        self.listeners: dict[str, Callable[[PresenceChange], None]] = {}
        self._store = store
        self._announcer = announcer
        self._clock = clock
        self._believes = believes
        self._changed = changed

    # Changes

    def publish(self, outcome: PresenceChange, connection_id: str, disconnected: bool) -> None:
        """Sends everybody (but the connection that caused it) what became of a holding, if it concerns them."""
        if listener := self.listeners.get(outcome.room):
            listener(outcome)
            return
        self._take(outcome)
        counts, was, now = outcome.counts, outcome.was, outcome.now
        came, went = was is State.GONE, now is State.GONE
        if came != went:
            self._changed(outcome.room)
        if came or went:
            too_many_to_list = counts.user_count > LIST_LIMIT or (went and counts.user_count == LIST_LIMIT)
            if too_many_to_list or (came and went):
                self.publish_numbers(outcome.room, counts)
                return
        elif counts.user_count > LIST_LIMIT:
            return
        payload = self._change(outcome, disconnected)
        if payload:
            skip = None if went else connection_id or None
            self._announcer.everywhere(outcome.room, payload, version=counts.version, skip=skip)
            self.delivered(outcome.room, counts.version, counts.user_count)

    def _change(self, outcome: PresenceChange, disconnected: bool) -> Payload | None:
        """Returns what a small room gets of an outcome; None when for the others nothing has changed."""
        was, now, counts = outcome.was, outcome.now, outcome.counts
        if now is State.GONE:
            return UserLeft(
                user_id=outcome.user_id,
                user_count=counts.user_count,
                guest_count=counts.guest_count,
                disconnected=disconnected,
                version=counts.version,
                timestamp=self._clock.now_ms(),
            )
        away = now.shown is State.AWAY
        came, back = was is State.GONE, was.is_cut and now.is_connected
        if came or back:
            return (UserJoined if came else UserReconnected)(
                user_id=outcome.user_id,
                username=outcome.username,
                display_name=outcome.display_name or outcome.username,
                away=away,
                user_count=counts.user_count,
                guest_count=counts.guest_count,
                version=counts.version,
                timestamp=self._clock.now_ms(),
            )
        if was.shown is now.shown:
            return None
        return UserAway(
            user_id=outcome.user_id,
            away=away,
            user_count=counts.user_count,
            guest_count=counts.guest_count,
            version=counts.version,
            timestamp=self._clock.now_ms(),
        )

    def publish_numbers(self, room: str, counts: Counts) -> None:
        """Lets the room's numbers be sent when it is its turn, if they are news."""
        if room in self.listeners:
            return
        local = self.rooms.get(room)
        if not local or local.delivered.revision != counts.revision:
            self.numbers_due.add(room)
        if local:
            local.take(counts)

    def publish_alone(self, room: str, user_id: int) -> None:
        """Sends those here who came while the store is away, once; the change has no version."""
        local = self.rooms.get(room)
        person = local.people.get(user_id) if local else None
        if not local or not person or not person.listed or not person.sessions or room in self.listeners:
            return
        known = local.last_roster or Roster(Counts(), {})
        if known.people is None or user_id in known.people:
            return
        people = {**known.people, user_id: person.as_present()}
        local.last_roster = Roster(Counts(len(people), known.counts.guest_count), people)
        joined = UserJoined(
            user_id=user_id,
            username=person.username,
            display_name=person.display_name or person.username,
            away=person.state is State.AWAY,
            user_count=len(people),
            guest_count=known.counts.guest_count,
            version=0,
            timestamp=self._clock.now_ms(),
        )
        self._announcer.here(room, joined)

    async def announce(self) -> None:
        """Sends everybody the numbers that are due, where it is this process's turn."""
        names, self.numbers_due = sorted(self.numbers_due), set()
        if not names:
            return
        try:
            turns = await self._store.take_turns(names)
        except Unavailable:
            self.numbers_due.update(names)
            return
        if not self._believes(turns.generation):
            self.numbers_due.update(names)
            return
        self.numbers_due.update(turns.later)
        for name, counts in turns.now.items():
            self._announcer.everywhere(name, as_snapshot(Roster(counts, None)), key="numbers", version=counts.revision)
            local = self.rooms.get(name)
            if local:
                local.take(counts)
                if counts.version == local.delivered.version or counts.user_count > LIST_LIMIT:
                    local.delivered = counts

    # Healing

    def delivered(self, room: str, version: int, user_count: int) -> None:
        """Takes note that the clients here were sent the change `version`; a hole before it stays known."""
        local = self.rooms.get(room)
        if local and version == local.delivered.version + 1:
            # Guests may have come and gone besides: then the next check finds another revision.
            local.delivered = Counts(user_count, local.delivered.guest_count, version, local.delivered.revision + 1)

    def learn(self, room: str, roster: Roster) -> None:
        """Remembers a roster read from the store."""
        local = self.rooms.get(room)
        if not local:
            return
        local.last_roster = roster
        local.take(roster.counts)
        if not local.delivered.version:
            local.delivered = roster.counts

    def misinformed(self, room: str) -> None:
        """Takes note that somebody was answered without the store: the next check sends them the list."""
        if room in self.rooms:
            self.rooms[room].delivered = Counts(revision=-1, version=-1)

    async def check(self, rooms: Sequence[str]) -> None:
        """Compares what clients here know with the store, and sends them what they missed."""
        rooms = [room for room in rooms if room not in self.listeners]
        if not rooms:
            return
        try:
            generation, counts_read = await self._store.counts(rooms)
            current = dict(zip(rooms, counts_read, strict=True))
            missed = [name for name in rooms if self._missed_somebody(name, current[name])]
            answer = await self._store.exchange([], rosters=missed) if missed else None
        except Unavailable:
            return
        if not self._believes(answer.generation if answer else generation):
            return
        rosters = answer.rosters if answer else {}
        for name, counts in current.items():
            local = self.rooms.get(name)
            if not local or (name not in rosters and counts.revision == local.delivered.revision):
                continue
            roster = rosters.get(name) or Roster(counts, None)
            local.delivered = roster.counts
            local.take(roster.counts)
            if name in rosters:
                local.last_roster = roster
            key = "numbers" if roster.people is None else "list"
            self._announcer.here(name, as_snapshot(roster), key=key, version=roster.counts.revision)

    def _missed_somebody(self, room: str, counts: Counts) -> bool:
        local = self.rooms.get(room)
        return local is not None and counts.version != local.delivered.version and counts.user_count <= LIST_LIMIT

    def _take(self, outcome: PresenceChange) -> None:
        local = self.rooms.get(outcome.room)
        if not local:
            return
        local.take(outcome.counts)
        if local.last_roster and local.last_roster.people is not None:
            people = {user: known for user, known in local.last_roster.people.items() if user != outcome.user_id}
            if outcome.now is not State.GONE:
                away = outcome.now.shown is State.AWAY
                people[outcome.user_id] = Present(outcome.username, outcome.display_name, away)
            local.last_roster = Roster(outcome.counts, people)
