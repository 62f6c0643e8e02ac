"""The contract of the store that knows who is in which room, over all processes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from realtime.rooms import Counts as Counts
from realtime.rooms import Present as Present
from realtime.rooms import Roster as Roster

LIST_LIMIT = 100
"""Up to so many people are listed by name; above there are counts only."""

TURN_MS = 1000
"""Numbers without names go out this often at most."""


class State(StrEnum):
    """How a process, or all of them together, holds a person in a room; the strongest counts, which come first."""

    HERE = "here"
    AWAY = "away"
    """All their pages are in the background."""
    CUT = "cut"
    """The last connection was lost uncleanly: still counted, shown as before, and expected back."""
    CUT_AWAY = "cut away"
    """The same of somebody who was away."""
    GONE = "gone"

    @property
    def is_connected(self) -> bool:
        return self in (State.HERE, State.AWAY)

    @property
    def is_cut(self) -> bool:
        return self in (State.CUT, State.CUT_AWAY)

    @property
    def shown(self) -> "State":
        """What the others see of it: here, away or gone."""
        return {State.CUT: State.HERE, State.CUT_AWAY: State.AWAY}.get(self, self)


def strongest(states: Iterable[State]) -> State:
    """Returns what several processes' states of one person come to."""
    order = list(State)
    return min(states, key=order.index, default=State.GONE)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one process says of one person in one room. Not `listed`: counted among the guests, never named."""

    room: str
    user_id: int
    username: str
    state: State
    listed: bool = True
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """What became of a holding: how the person was held by all processes together before, and is now.

    Of people who are not listed always GONE and GONE. The names are the last that the store was given.
    """

    room: str
    user_id: int
    username: str
    was: State
    now: State
    counts: Counts
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the store says to one exchange; all of it belongs to the register's life `generation`."""

    generation: str
    outcomes: Sequence[PresenceChange]
    guests: Mapping[str, Counts]
    rosters: Mapping[str, Roster]


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose numbers may be sent now (and are, by the asker alone), and whose only later. Others need not be sent."""

    generation: str
    now: Mapping[str, Counts]
    later: Sequence[str]


class PresenceStore(Protocol):
    """One process's access to the store.

    A person is counted once however many processes hold them. Every method raises Unavailable when the store
    does not answer; what was asked may then have been done or not, and is safe to repeat.
    """

    async def exchange(
        self,
        holdings: Sequence[Holding],
        *,
        guests: Mapping[str, int] | None = None,
        rosters: Sequence[str] = (),
        emptied: Sequence[str] = (),
    ) -> Exchanged:
        """Records holdings and this process's number of guests by room, then reads rosters; one round trip.

        Each holding replaces the one that this process had. HERE and AWAY end every cut of that person elsewhere,
        and a cut of somebody connected elsewhere is GONE: grace is for the last connection only. `emptied` names
        rooms in which this process holds nothing any more.
        """

    async def among(self, room: str, user_ids: Collection[int]) -> tuple[set[int], set[int]]:
        """Returns who of these people is in the room: those who are listed, and those who are hidden."""

    async def counts(self, rooms: Sequence[str]) -> tuple[str, list[Counts]]:
        """Returns the generation, and the counts of each room in the order asked."""

    async def take_turns(self, rooms: Sequence[str]) -> Turns:
        """Asks to send the rooms' numbers: each room's go out once in TURN_MS at most, over all processes."""

    async def evict(self, process_id: str) -> list[PresenceChange]:
        """Removes everything that a dead process held; returns what changed, once however many processes try."""
