"""Typed room names, and who may enter.

A room type is declared beside its domain (`books/events.py`); its policy in the domain's `policies`.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, dataclass_transform

from realtime.errors import NotFound
from realtime.identity import Identity

# At most 19 digits and no leading zero: what a 64-bit key can be, written the one canonical way.
# ASCII only: int("٣"), int("1_0") and int(" 7 ") all succeed and would give one room two names.
_INT = r"[1-9][0-9]{0,18}"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class View(Protocol):
    """How a room's events look to somebody who is not to see all of them; see `realtime.people.redaction`.

    Hubs know nothing else of it: members whose views have equal keys share one encoding of each event. Hashable; equal
    views are kept once.
    """

    @property
    def key(self) -> Hashable:
        """What makes views differ by what they show; None shows everything."""

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        """Returns the payload of an event of the log as it is shown, the same object where nothing is left out of it.

        None shows the event as hidden.
        """

    def shown(self, event_type: str, payload: bytes) -> tuple[str, bytes] | None:
        """Returns the type and payload of an ephemeral event as they are shown; None for not at all."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission to receive a room's events after `from_seq` (0: all that is kept), as `view` shows them."""

    from_seq: int = 0
    view: View | None = None


@lru_cache(maxsize=4096)
def shared_grant(grant: Grant) -> Grant:
    """Returns the one copy of grants that permit the same: a policy makes one for each room of each session."""
    return grant


@dataclass(frozen=True, slots=True)
class Counts:
    """People and guests of a room, over all processes.

    `version` grows by exactly 1 with each person who comes, goes, or is away or here again, so a missed one is
    noticed; `revision` grows with every change, guests' too. Both only ever grow, also when the store was lost in
    between.
    0: not known (the store is away, or nobody has ever been there).
    """

    user_count: int = 0
    guest_count: int = 0
    version: int = 0
    revision: int = 0


class Present(NamedTuple):
    """A person in a roster."""

    username: str
    display_name: str = ""
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in a room: its counts, and the people by user id; `people` is None where they are too many to list."""

    counts: Counts
    people: Mapping[int, Present] | None


@dataclass_transform(frozen_default=True, eq_default=True)
class Room:
    """A place that events are published to: one log, one layer group.

    Subclass with a pattern whose placeholders are the fields, all whole numbers:
    `class BookRoom(Room, pattern="book:{book_id}"): book_id: int`.
    """

    pattern: ClassVar[str]
    regex: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, pattern: str) -> None:
        dataclass(frozen=True)(cls)
        cls.pattern = pattern
        placeholders = _PLACEHOLDER.findall(pattern)
        if placeholders != [field.name for field in fields(cls)]:  # type: ignore[arg-type]  # made a dataclass above
            raise TypeError(f"{cls.__name__}: the pattern {pattern} and the fields differ.")
        literal = re.split(r"\{\w+\}", pattern)
        cls.regex = re.compile(f"({_INT})".join(re.escape(part) for part in literal), re.ASCII)
        if pattern in ROOM_TYPES:
            raise TypeError(f"The room pattern {pattern} is declared twice.")
        ROOM_TYPES[pattern] = cls

    @cached_property
    def name(self) -> str:
        """The room's name on the wire and in the log."""
        return self.pattern.format_map(vars(self))

    def __str__(self) -> str:
        return self.name


R = TypeVar("R", bound=Room)
Policy = Callable[[Identity, Sequence[Any]], Mapping[Any, Grant | None]]
"""Answers for one person and many rooms of one type at once; a room left out or None is refused.

Called from an executor thread, with at most a few queries however many rooms are asked about; mostly in a snapshot,
which may not write and in which no other begins.
"""

LARGEST_ID = 2**63 - 1
"""The last number that a database takes for an id; SQLite fails on a larger one."""

PolicyForMany = Callable[[Sequence[tuple[Identity, Any]]], Mapping[tuple[Identity, Any], Grant | None]]
"""Answers for many people and rooms of one type at once, each pair by itself, in a number of queries that does not
depend on how many are asked about; a pair left out or None is refused."""

ROOM_TYPES: dict[str, type[Room]] = {}
_POLICIES: dict[type[Room], Policy] = {}
_POLICIES_FOR_MANY: dict[type[Room], PolicyForMany] = {}


@lru_cache(maxsize=65536)
def parse_room(name: str) -> Room:
    """Returns the room of that name. Raises NotFound for a name that no type renders exactly so."""
    for room_type in ROOM_TYPES.values():
        if match := room_type.regex.fullmatch(name):
            numbers = [int(group) for group in match.groups()]
            if all(number <= LARGEST_ID for number in numbers):
                return room_type(*numbers)
    raise NotFound("There is no such room.", details={"room": name[:100]})


def authorises(room_type: type[R]) -> Callable[[Callable[[Identity, Sequence[R]], Mapping[R, Grant | None]]], Policy]:
    """Registers the decorated function as the policy of `room_type`."""

    def register(policy: Callable[[Identity, Sequence[R]], Mapping[R, Grant | None]]) -> Policy:
        if room_type in _POLICIES:
            raise TypeError(f"{room_type.__name__} has two policies.")
        _POLICIES[room_type] = policy
        return policy

    return register


def authorises_many(
    room_type: type[R],
) -> Callable[
    [Callable[[Sequence[tuple[Identity, R]]], Mapping[tuple[Identity, R], Grant | None]]],
    PolicyForMany,
]:
    """Registers the decorated function as the policy of `room_type` that is asked for many people at once.

    For rooms that many sessions enter at the same moment: when everybody comes back, their questions share queries.
    """

    def register(
        policy: Callable[[Sequence[tuple[Identity, R]]], Mapping[tuple[Identity, R], Grant | None]],
    ) -> PolicyForMany:
        @authorises(room_type)
        def for_one(identity: Identity, rooms: Sequence[R]) -> dict[R, Grant | None]:
            answers = policy([(identity, room) for room in rooms])
            return {room: answers.get((identity, room)) for room in rooms}

        _POLICIES_FOR_MANY[room_type] = policy
        return policy

    return register


def authorise_many(asked: Sequence[tuple[Identity, Sequence[Room]]]) -> list[dict[Room, Grant | None]]:
    """Asks the policies for many people at once, each about some rooms; a type without a policy admits nobody.

    Sync and touching the database, as `authorise`. Raises what a policy raises.
    """
    by_type: dict[type[Room], dict[tuple[Identity, Room], None]] = {}
    for identity, rooms in asked:
        for room in rooms:
            by_type.setdefault(type(room), {})[identity, room] = None
    answers: dict[tuple[Identity, Room], Grant | None] = {}
    for room_type, pairs in by_type.items():
        if for_many := _POLICIES_FOR_MANY.get(room_type):
            answers |= for_many(list(pairs))
        elif policy := _POLICIES.get(room_type):
            by_person: dict[Identity, list[Room]] = {}
            for identity, room in pairs:
                by_person.setdefault(identity, []).append(room)
            for identity, rooms in by_person.items():
                answers |= {(identity, room): grant for room, grant in policy(identity, rooms).items()}
    return [{room: answers.get((identity, room)) for room in rooms} for identity, rooms in asked]


def authorise(identity: Identity, rooms: Iterable[Room]) -> dict[Room, Grant | None]:
    """Asks each room's policy, once per type; a type without a policy admits nobody.

    Sync and touching the database: call from an executor, never from the loop.
    """
    [answers] = authorise_many([(identity, list(rooms))])
    return answers


def room_types_without_policy() -> list[type[Room]]:
    """Returns the declared room types that nobody could ever enter; a system check reports them."""
    return [room_type for room_type in ROOM_TYPES.values() if room_type not in _POLICIES]
