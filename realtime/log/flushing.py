"""Writes what one unit of work has emitted: the only place that gives out sequence numbers."""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import psycopg
from django.db import DatabaseError, InterfaceError
from django.db.backends.base.base import BaseDatabaseWrapper

from realtime.log.batches import in_batches
from realtime.log.events import BLANKED, HIDDEN, EphemeralEvent, OutgoingEvent, StoredEvent, with_data
from realtime.positions import Position

LOCK_TIMEOUT_MS = 2000
_CHECK_NOW = f"SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"
EMPTIED = ""
"""The kept answer of a command whose words are gone; it has run all the same."""
_ROWS_PER_STATEMENT = 500  # × 11 columns is far below SQLite's 32,766 variables

_CONTENTION_SQLSTATES = {"55P03", "40P01", "40001"}  # lock not available, deadlock detected, serialization failure
_OUTAGE_SQLSTATE_CLASSES = {"08", "57"}  # connection exception, operator intervention (shutdown, crash)
_CONTENTION_SQLITE = {5, 6}  # SQLITE_BUSY and SQLITE_LOCKED, the low byte of their extended codes


class Hook(msgspec.Struct, frozen=True, eq=False):
    """Registered through `Unit.register` in Django's list of commit hooks, which follows savepoints, for `flush`."""

    def __call__(self) -> None:
        """Does nothing: `flush` did the work before the commit."""


class Cause:
    """One durable command while it runs; the events that it causes carry it.

    `refs` names what its answer is about, beside what its events do.
    """

    __slots__ = ("refs",)

    def __init__(self) -> None:
        self.refs: set[str] = set()


class Emission(Hook, frozen=True, eq=False):
    """A durable event that has no number yet. `data`: the bytes that its payload leaves out."""

    room: str
    type: str
    payload: bytes
    created_at_ms: int
    internal: bool = False
    ref: str = ""
    actor_id: int | None = None
    skip: str = ""
    cause: Cause | None = None
    data: bytes | None = None


def forgetting(room: str) -> Emission:
    """Returns the internal event by which hubs forget what they hold of a room."""
    return Emission(room, BLANKED, b"{}", time.time_ns() // 1_000_000, internal=True)


class Passing(Hook, frozen=True, eq=False):
    """An ephemeral event that waits for the commit."""

    event: EphemeralEvent


class Blanking(Hook, frozen=True, eq=False):
    """The wish to empty what is kept about a ref, or of an actor; the other one is None."""

    ref: str | None
    actor_id: int | None

    @property
    def condition(self) -> tuple[str, str | int | None]:
        return ("ref = %s", self.ref) if self.ref is not None else ("actor_id = %s", self.actor_id)


class AnswerToKeep(Hook, frozen=True, eq=False):
    """The result of a durable command, to be stored with the positions of its events.

    `row_id` is where; None when nobody asked for it to be kept. `positions` is filled by `flush`: per room
    the last event that the command caused.
    """

    row_id: int | None
    cause: Cause
    data: bytes
    positions: dict[str, Position] = msgspec.field(default_factory=dict)


def flush(connection: BaseDatabaseWrapper, hooks: Sequence[Hook], *, max_rooms: int) -> list[OutgoingEvent]:
    """Numbers and stores what a unit of work has registered, and returns it in the order of emission.

    To be followed by the commit at once: from here on every other writer of these rooms waits.
    Raises RuntimeError for more than `max_rooms` rooms; those that only blanking touches do not count.
    """
    passing = [hook.event for hook in hooks if isinstance(hook, Passing)]
    if len(passing) == len(hooks):
        return [*passing]
    emissions = [hook for hook in hooks if isinstance(hook, Emission)]
    if len(rooms := {emission.room for emission in emissions}) > max_rooms:
        raise RuntimeError(f"One transaction emits to {len(rooms)} rooms, {max_rooms} at most: fan out in a job.")
    blankings = [hook for hook in hooks if isinstance(hook, Blanking)]
    with connection.cursor() as cursor:
        # Deferred foreign keys, checked by the commit under the heads' locks, deadlock with other writers.
        first = f"{_CHECK_NOW}; " if connection.vendor == "postgresql" else ""
        if first and (blankings or not emissions):
            cursor.execute(first)
            first = ""
        emissions = [*_notices(cursor, blankings), *emissions]
        counts, following = _counted(emissions)
        bytes_type = "bytea" if connection.vendor == "postgresql" else "blob"
        advance, store = _advancing(counts), _storing(emissions, following, bytes_type)
        if connection.vendor == "postgresql" and not blankings and len(advance) == len(store) == 1:
            advance, store = [advance[0].then(store[0])], []  # one round trip for both
        heads: dict[str, Position] = {}
        for statement in advance:
            cursor.execute(first + statement.sql, statement.values)
            first = ""
            while cursor.description is None:
                cursor.nextset()
            heads.update((room, Position(epoch, seq)) for room, epoch, seq in cursor.fetchall())
        for blanking in blankings:  # under the locks: no event of these rooms can be committed meanwhile
            _blank(cursor, blanking)
        for statement in store:
            cursor.execute(statement.sql, statement.values)
        stored = _numbered(emissions, following, heads)
        for answer in hooks:
            if isinstance(answer, AnswerToKeep):
                _answer(cursor, answer, stored)
    return [*stored.values(), *passing]


def is_contention(error: DatabaseError | InterfaceError) -> bool:
    """Tells whether the database refused because others were in the way, so that trying again makes sense."""
    cause = error.__cause__
    sqlite_code: int = getattr(cause, "sqlite_errorcode", 0)
    return getattr(cause, "sqlstate", None) in _CONTENTION_SQLSTATES or sqlite_code & 0xFF in _CONTENTION_SQLITE


def is_outage(error: DatabaseError | InterfaceError) -> bool:
    """Tells whether the connection to PostgreSQL is gone, or none was to be had."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return cause.sqlstate is None or cause.sqlstate[:2] in _OUTAGE_SQLSTATE_CLASSES


def new_epoch() -> str:
    """Returns a random epoch: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class _Statement(NamedTuple):
    sql: str
    values: list[Any]

    def then(self, other: "_Statement") -> "_Statement":
        return _Statement(f"{self.sql}; {other.sql}", self.values + other.values)


def _counted(emissions: Sequence[Emission]) -> tuple[dict[str, int], list[int]]:
    """Returns how many events each room gets, and for each event how many come behind it in the same room."""
    counts: dict[str, int] = {}
    ordinals: list[int] = []
    for emission in emissions:
        counts[emission.room] = ordinal = counts.get(emission.room, 0) + 1
        ordinals.append(ordinal)
    return counts, [counts[emission.room] - ordinal for emission, ordinal in zip(emissions, ordinals, strict=True)]


def _advancing(counts: Mapping[str, int]) -> list[_Statement]:
    """Returns what reserves the numbers in each room, and returns the last one; it locks the heads until the commit.

    Sorted: rows are locked in that order, so two writers of the same rooms never deadlock.
    """
    return [
        _Statement(
            "INSERT INTO realtime_roomhead (room, epoch, seq, min_seq) VALUES "  # noqa: S608  # placeholders only
            + ", ".join(["(%s, %s, %s, 1)"] * len(rooms))
            + " ON CONFLICT (room) DO UPDATE SET seq = realtime_roomhead.seq + excluded.seq RETURNING room, epoch, seq",
            [value for room in rooms for value in (room, new_epoch(), counts[room])],
        )
        for rooms in in_batches(sorted(counts), _ROWS_PER_STATEMENT)
    ]


def _storing(emissions: Sequence[Emission], following: Sequence[int], bytes_type: str) -> list[_Statement]:
    """Returns what stores the events in their order, numbered from where `_advancing` has put their heads."""
    return [
        _Statement(
            "INSERT INTO realtime_event (room, seq, type, ref, payload, actor_id, skip, internal, created_at_ms, data) "
            "SELECT column2, seq - column3, column4, column5, column6, column7, column8, column9, column10, column11 "
            "FROM (VALUES "
            + ", ".join(
                [f"(%s, %s, %s, %s, %s, %s, CAST(%s AS bigint), %s, %s, %s, CAST(%s AS {bytes_type}))"] * len(batch)
            )
            + ") AS event JOIN realtime_roomhead ON room = column2 ORDER BY column1",
            [
                value
                for index, (emission, behind) in enumerate(batch)
                for value in (
                    index,
                    emission.room,
                    behind,
                    emission.type,
                    emission.ref,
                    emission.payload.decode(),
                    emission.actor_id,
                    emission.skip,
                    emission.internal,
                    emission.created_at_ms,
                    emission.data,
                )
            ],
        )
        for batch in in_batches([*zip(emissions, following, strict=True)], _ROWS_PER_STATEMENT)
    ]


def _numbered(
    emissions: Sequence[Emission], following: Sequence[int], heads: Mapping[str, Position]
) -> dict[Emission, StoredEvent]:
    return {
        emission: StoredEvent(
            room=emission.room,
            epoch=heads[emission.room].epoch,
            seq=heads[emission.room].seq - behind,
            type=emission.type,
            payload=emission.payload if emission.data is None else with_data(emission.payload, emission.data),
            created_at_ms=emission.created_at_ms,
            internal=emission.internal,
            ref=emission.ref,
            actor_id=emission.actor_id,
            skip=emission.skip or None,
            binary=emission.data is not None,
        )
        for emission, behind in zip(emissions, following, strict=True)
    }


def _notices(cursor: Any, blankings: Sequence[Blanking]) -> list[Emission]:
    """Returns one internal event per room that holds something to be blanked, for hubs to forget it."""
    rooms: set[str] = set()
    for blanking in blankings:
        condition, value = blanking.condition
        cursor.execute(f"SELECT DISTINCT room FROM realtime_event WHERE {condition} AND data IS NULL", [value])  # noqa: S608  # no input in it
        rooms.update(room for (room,) in cursor.fetchall())
    return [forgetting(room) for room in sorted(rooms)]


def _blank(cursor: Any, blanking: Blanking) -> None:
    """Empties what the log holds, and the answers that are kept for whoever repeats a command."""
    condition, value = blanking.condition
    cursor.execute(
        f"UPDATE realtime_event SET type = %s, payload = '{{}}' WHERE {condition} AND NOT internal AND data IS NULL",  # noqa: S608  # no input in it
        [HIDDEN, value],
    )
    condition, value = ("ref", value) if blanking.ref is not None else ("actor", f"user:{value}")
    cursor.execute(
        f"UPDATE realtime_commandresult SET result = %s WHERE {condition} = %s AND result IS NOT NULL",  # noqa: S608  # one of two names
        [EMPTIED, value],
    )


def _answer(cursor: Any, answer: AnswerToKeep, stored: Mapping[Emission, StoredEvent]) -> None:
    for emission, event in stored.items():
        if emission.cause is answer.cause:
            answer.positions[event.room] = Position(event.epoch, event.seq)
    if answer.row_id is None:
        return
    refs = answer.cause.refs | {emission.ref for emission in stored if emission.cause is answer.cause and emission.ref}
    result = msgspec.json.encode({"data": msgspec.Raw(answer.data), "positions": answer.positions}).decode()
    if len(refs) > 1:
        # A row can be found by one of them only: words that the other could not take back are not kept at all.
        result = EMPTIED
    cursor.execute(
        "UPDATE realtime_commandresult SET result = %s, ref = %s WHERE id = %s",
        [result, next(iter(refs), ""), answer.row_id],
    )
