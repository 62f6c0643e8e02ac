"""What one process itself holds: its own connections in rooms."""

from dataclasses import dataclass, field
from typing import NamedTuple

from realtime.clock import Timer
from realtime.people.presence.store import Counts, Holding, Present, Roster, State


class SessionKey(NamedTuple):
    """One session: a namespace on a connection."""

    connection_id: str
    namespace: str


@dataclass(slots=True)
class LocalPerson:
    """One person in one room, by their sessions here, each of which is away or not.

    `grace` runs while the last one was cut, `cut_away` says how it was.
    """

    user_id: int
    username: str
    display_name: str
    listed: bool
    sessions: dict[SessionKey, bool] = field(default_factory=dict)
    grace: Timer | None = None
    cut_away: bool = False

    @property
    def state(self) -> State:
        if self.sessions:
            return State.AWAY if all(self.sessions.values()) else State.HERE
        if not self.grace:
            return State.GONE
        return State.CUT_AWAY if self.cut_away else State.CUT

    def as_present(self) -> Present:
        return Present(self.username, self.display_name, self.state.shown is State.AWAY)

    def end_grace(self) -> None:
        if self.grace:
            self.grace.cancel()
            self.grace = None


@dataclass(slots=True)
class LocalRoom:
    """One room's people and guests here, and what the store last said of all of them.

    `latest` are the newest counts. `delivered` are those that this process's clients surely know, with every change
    before. `last_roster` is the last one read, the base of the local answer while the store is away.
    """

    name: str
    people: dict[int, LocalPerson] = field(default_factory=dict)
    guests: set[SessionKey] = field(default_factory=set)
    owners: dict[SessionKey, int] = field(default_factory=dict)
    latest: Counts = field(default_factory=Counts)
    delivered: Counts = field(default_factory=Counts)
    last_roster: Roster | None = None
    uncounted: set[SessionKey] = field(default_factory=set)
    """Sessions that get the others' presence and show nobody theirs, the store included."""

    @property
    def counts_nobody(self) -> bool:
        return not self.people and not self.guests

    @property
    def empty(self) -> bool:
        return self.counts_nobody and not self.uncounted

    def person_of(self, session: SessionKey) -> LocalPerson | None:
        """Returns the person whom the session counts here."""
        user_id = self.owners.get(session)
        return self.people.get(user_id) if user_id is not None else None

    def put_in(self, session: SessionKey, person: LocalPerson, away: bool) -> None:
        """Notes that the session counts the person here."""
        self.owners[session] = person.user_id
        person.sessions[session] = away

    def take_out(self, session: SessionKey, person: LocalPerson) -> bool:
        """Forgets the session; returns whether it was away."""
        del self.owners[session]
        return person.sessions.pop(session)

    def holding(self, user_id: int) -> Holding:
        """Returns what this process says of that person now."""
        person = self.people.get(user_id)
        if not person:
            return Holding(self.name, user_id, "", State.GONE)
        return Holding(self.name, user_id, person.username, person.state, person.listed, person.display_name)

    def take(self, counts: Counts) -> None:
        """Takes in newer counts."""
        if counts.revision >= self.latest.revision:
            self.latest = counts

    def own_answer(self) -> Roster:
        """Returns the roster as far as it is known without the store: the last one read, and those here.

        People whom the last one named are still on it although they left here: another process may hold them.
        """
        before = self.last_roster or Roster(Counts(), {})
        listed = {user_id: person.as_present() for user_id, person in self.people.items() if person.listed}
        hidden = len(self.people) - len(listed)
        if before.people is None:
            return Roster(before.counts, None)
        people = {**before.people, **listed}
        guests = max(before.counts.guest_count, len(self.guests) + hidden)
        return Roster(Counts(len(people), guests), people)
