"""Removes the events that are too old: many rooms in one statement, and nobody waits for it for long."""

import logging
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from realtime.errors import Unavailable
from realtime.log.flushing import LOCK_TIMEOUT_MS
from realtime.log.writing import atomic
from realtime.models import DocumentState, RoomHead

logger = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 2000
"""In one transaction: 25 ms, and what a writer may have to wait."""
_ROOMS_AT_ONCE = 400
_PATIENCE_MS = LOCK_TIMEOUT_MS
"""How long it waits for the head of one room, as whoever writes there does."""

# With both ends: without the lower one PostgreSQL passes over every row that went before.
_GONE = "e.room = column1 AND e.seq >= column2 AND e.seq <= column3"
_DELETE = {
    "postgresql": f"DELETE FROM realtime_event e USING (VALUES {{}}) AS gone WHERE {_GONE}",  # noqa: S608  # no input in it
    "sqlite": "DELETE FROM realtime_event WHERE id IN "  # noqa: S608  # no input in it
    f"(SELECT e.id FROM (VALUES {{}}) JOIN realtime_event e ON {_GONE})",
}


class _Span(NamedTuple):
    """What is too old at the beginning of a room's log: both ends go, too."""

    room: str
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def prune_events(before_ms: int) -> int:
    """Removes what was written before that time, from the beginning of each room, and returns how many events.

    Only a prefix goes, so that what is left is dense. `min_seq` moves in the same transaction: a reader sees a whole
    page, or that its history is gone. Each batch is a transaction that waits for nobody: who holds a room's head is
    passed over, and waited for alone, at the end.

    How far it is shows in what it has removed: killed, the next run goes on there.
    """
    removed = 0
    busy: dict[str, int] = {}
    after = ""
    while spans := _oldest(after, before_ms):
        after = spans[-1].room
        spans = _spared(spans)
        for batch in _packed(spans):
            removed += _remove(batch, busy)
        for span in spans:
            if span.size == _EVENTS_AT_ONCE and span.room not in busy:
                removed += _prune_room(span.room, span.last + 1, before_ms, busy)
    for room, first in busy.items():
        removed += _prune_room(room, first, before_ms)
    return removed


def _prune_room(room: str, first: int, before_ms: int, busy: dict[str, int] | None = None) -> int:
    """Removes what is too old from `first` on. Without `busy` it waits for whoever writes there, for a while."""
    removed = 0
    while (span := _Span(room, first, _last(room, first, before_ms))).size and (spared := _spared([span])):
        [span] = spared
        try:
            removed += _remove([span], busy)
        except Unavailable:
            logger.info("Old events of %s are kept until the next time: somebody holds its head.", room)
            break
        if busy and room in busy:
            break
        first = span.last + 1
    return removed


def _oldest(after: str, before_ms: int) -> list[_Span]:
    """Returns what may go in the next rooms by name, a batch of each room at most; of many rooms in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.room, h.min_seq, COALESCE("
            "(SELECT e.seq - 1 FROM realtime_event e WHERE e.room = h.room AND e.seq >= h.min_seq "
            "AND e.seq < h.min_seq + %s AND e.created_at_ms >= %s ORDER BY e.seq LIMIT 1), "
            "CASE WHEN h.seq < h.min_seq + %s THEN h.seq ELSE h.min_seq + %s - 1 END) "
            "FROM realtime_roomhead h WHERE h.room > %s AND "
            # As a question for each head: joined, PostgreSQL walked all events of long rooms beside them.
            "(SELECT o.created_at_ms FROM realtime_event o WHERE o.room = h.room AND o.seq = h.min_seq) < %s "
            "ORDER BY h.room LIMIT %s",
            [_EVENTS_AT_ONCE, before_ms, _EVENTS_AT_ONCE, _EVENTS_AT_ONCE, after, before_ms, _ROOMS_AT_ONCE],
        )
        return [_Span(*row) for row in cursor.fetchall()]


def _last(room: str, first: int, before_ms: int) -> int:
    """Returns the last of a batch that may go from `first` on; `first - 1` when nothing may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(min(seq) FILTER (WHERE created_at_ms >= %s) - 1, max(seq), %s) FROM realtime_event "
            "WHERE room = %s AND seq >= %s AND seq < %s",
            [before_ms, first - 1, room, first, first + _EVENTS_AT_ONCE],
        )
        (last,) = cursor.fetchone()
        return int(last)


def _spared(spans: Sequence[_Span]) -> list[_Span]:
    """Returns the spans without what a document still needs: the changes behind its last full state."""
    states = DocumentState.objects.filter(room__in=[span.room for span in spans])
    kept_from = {room: seq + 1 for room, seq in states.values_list("room", "seq")}
    cut = [span._replace(last=min(span.last, kept_from.get(span.room, span.last + 1) - 1)) for span in spans]
    return [span for span in cut if span.size > 0]


def _packed(spans: Sequence[_Span]) -> Iterator[Sequence[_Span]]:
    """Yields them in groups, each removed in one transaction."""
    batch: list[_Span] = []
    for span in spans:
        if sum(each.size for each in batch) + span.size > _EVENTS_AT_ONCE:
            yield batch
            batch = []
        batch.append(span)
    yield batch


@atomic()
def _remove(spans: Sequence[_Span], busy: dict[str, int] | None) -> int:
    """Returns how many events went. What begins in rooms that somebody holds goes into `busy`; without it, it waits.

    Heads before events, as whoever blanks does: so the two never wait for each other.
    """
    held = RoomHead.objects.filter(room__in=[span.room for span in spans])
    if connection.vendor == "postgresql":
        if busy is None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
        held = held.select_for_update(no_key=True, skip_locked=busy is not None)
    first = dict(held.values_list("room", "min_seq"))
    if busy is not None:
        busy.update((span.room, span.first) for span in spans if span.room not in first)
    gone = [span for span in spans if first.get(span.room) == span.first]  # else another prune was here
    if not gone:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _DELETE[connection.vendor].format(", ".join(["(%s, %s, %s)"] * len(gone))),
            [value for span in gone for value in span],
        )
        removed: int = cursor.rowcount
        # An insertion that is none: an UPDATE of many read the whole table, for each batch.
        marks = ", ".join(["(%s, '', 0, %s)"] * len(gone))
        cursor.execute(
            f"INSERT INTO realtime_roomhead (room, epoch, seq, min_seq) VALUES {marks} "  # noqa: S608  # placeholders only
            "ON CONFLICT (room) DO UPDATE SET min_seq = excluded.min_seq",
            [value for span in gone for value in (span.room, span.last + 1)],
        )
    return removed
