"""The contract of the store that knows who is in which room, over all processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

LIST_LIMIT = 100
"""Up to so many people are listed by name; above there are counts only."""

TURN_MS = 1000
"""Numbers without names go out this often at most."""


class State(StrEnum):
    """How a process, or all of them together, holds a person in a room; the strongest counts."""

    HERE = "here"
    CUT = "cut"
    """The last connection was lost uncleanly: still counted, and expected back."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one process says of one person in one room. Not `listed`: counted among the guests, never named."""

    room: str
    user_id: int
    username: str
    state: State
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """People and guests of a room, over all processes.

    `version` grows by exactly 1 with each person who comes or goes, so a missed one is noticed; `revision`
    grows with every change, guests' too. Both only ever grow, also when the store was lost in between.
    0: not known (the store is away, or nobody has ever been there).
    """

    user_count: int = 0
    guest_count: int = 0
    version: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a holding: how the person was held by all processes together before, and is now.

    Of people who are not listed always GONE and GONE.
    """

    room: str
    user_id: int
    username: str
    was: State
    now: State
    counts: Counts


@dataclass(frozen=True, slots=True)
class Roster:
    """A room's counts, and the names by user id; `people` is None where there are more than LIST_LIMIT."""

    counts: Counts
    people: Mapping[int, str] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store says to one exchange; all of it belongs to the register's life `generation`."""

    generation: str
    outcomes: Sequence[Outcome]
    guests: Mapping[str, Counts]
    rosters: Mapping[str, Roster]


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose numbers may be told now (and are, by the asker alone), and whose only later. Others need no telling."""

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
    ) -> Answer:
        """Records holdings and this process's number of guests by room, then reads rosters; one round trip.

        Each holding replaces the one that this process had. HERE ends every CUT of that person elsewhere, and a
        CUT of somebody who is HERE elsewhere is GONE: grace is for the last connection only. `emptied` names
        rooms in which this process holds nothing any more.
        """

    async def counts(self, rooms: Sequence[str]) -> tuple[str, list[Counts]]:
        """Returns the generation, and the counts of each room in the order asked."""

    async def take_turns(self, rooms: Sequence[str]) -> Turns:
        """Asks to tell the rooms' numbers: each room's go out once in TURN_MS at most, over all processes."""

    async def evict(self, process_id: str) -> list[Outcome]:
        """Removes everything that a dead process held; returns what changed, once however many processes try."""
