"""Reads the log: for hubs, for replay, for snapshots. Sync; called from threads of the caller's own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.utils import CursorWrapper

from realtime.contracts import holds_binary
from realtime.errors import ApplicationError, Unavailable
from realtime.log.batches import in_batches
from realtime.log.events import StoredEvent, with_data
from realtime.positions import Position

_ROOMS_PER_STATEMENT = 500
_PAGE_BYTES = 512 * 1024
"""What a page may bring to a client at once, half of what may wait for one; a single event may have more."""
_COLUMNS = (
    "e.room, h.epoch, e.seq, e.type, e.payload, e.created_at_ms, e.internal, e.ref, e.actor_id, e.skip, e.data "
    "FROM realtime_event e JOIN realtime_roomhead h ON h.room = e.room"
)


class HistoryGone(ApplicationError):
    """What was asked for has been pruned or lost: load the state afresh, then follow from now."""

    code = "HISTORY_GONE"
    http_status = 410
    message = "That part of the history is gone. Please reload."


class Head(NamedTuple):
    """The end of a room's log: the last number given out, and the lowest that is still kept."""

    epoch: str
    seq: int
    min_seq: int

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.seq)

    def recovers(self, since: Position) -> bool:
        """Tells whether everything after `since` is still there to be read."""
        if since == NEVER.position:
            return self.min_seq == 1
        return since.epoch == self.epoch and self.min_seq - 1 <= since.seq <= self.seq


NEVER = Head(epoch="", seq=0, min_seq=1)
"""The head of a room in which nothing durable has happened yet. Its position is the place before the first event."""


def heads(rooms: Iterable[str], *, locked: bool = False) -> dict[str, Head]:
    """Returns the head of every room asked for, `NEVER` for one without events; one query per 500 rooms.

    `locked`, in a transaction that asks for one room: nobody else writes there until it ends. On SQLite that is so of
    every transaction.
    """
    lock = " FOR UPDATE" if locked and connection.features.has_select_for_update else ""
    names = list(rooms)
    found = dict.fromkeys(names, NEVER)
    with log_cursor() as cursor:
        for batch in in_batches(names, _ROOMS_PER_STATEMENT):
            cursor.execute(
                f"SELECT room, epoch, seq, min_seq FROM realtime_roomhead WHERE room IN ({_marks(batch)}){lock}",  # noqa: S608  # placeholders only
                batch,
            )
            found.update((room, Head(*head)) for room, *head in cursor.fetchall())
    return found


def read_page(room: str, after: int, up_to: int, limit: int) -> list[StoredEvent]:
    """Returns the events `after < seq ≤ up_to` of a room in order, the first `limit` of them, fewer of large ones.

    `up_to` comes from a head read before. Raises HistoryGone when one of them is missing (a prune may run
    between two pages): a page is complete or it is none.
    """
    last = min(up_to, after + limit)
    if last <= after:
        return []
    with log_cursor() as cursor:
        last = _fitting(cursor, room, after, last)
        cursor.execute(
            f"SELECT {_COLUMNS} WHERE e.room = %s AND e.seq > %s AND e.seq <= %s ORDER BY e.seq",  # no input in it
            [room, after, last],
        )
        events = [_event(row) for row in cursor.fetchall()]
    if not _dense(events, after, last):
        raise HistoryGone(details={"room": room})
    return events


def read_many(ranges: Mapping[str, tuple[int, int]]) -> dict[str, list[StoredEvent] | None]:
    """Returns for every room the events `after < seq ≤ up_to` of its range, None where one of them is gone.

    A query per 500 rooms. For gaps: the ranges are the caller's to keep short; they are cut where bytes are in them.
    """
    found: dict[str, list[StoredEvent]] = {room: [] for room in ranges}
    with log_cursor() as cursor:
        ranges = {room: (after, _fitting(cursor, room, after, up_to)) for room, (after, up_to) in ranges.items()}
        for batch in in_batches(list(ranges.items()), _ROOMS_PER_STATEMENT):
            asked = " UNION ALL ".join(["SELECT %s AS room, %s AS after, %s AS up_to"] * len(batch))
            cursor.execute(
                f"WITH asked AS ({asked}) SELECT {_COLUMNS} "  # placeholders only
                "JOIN asked ON asked.room = e.room AND e.seq > asked.after AND e.seq <= asked.up_to "
                "ORDER BY e.room, e.seq",
                [value for room, (after, up_to) in batch for value in (room, after, up_to)],
            )
            for row in cursor.fetchall():
                found[row[0]].append(_event(row))
    return {room: events if _dense(events, *ranges[room]) else None for room, events in found.items()}


@contextmanager
def log_cursor() -> Iterator[CursorWrapper]:
    """A cursor whose failure gives the connection up, so that the thread's next call gets a fresh one."""
    try:
        with connection.cursor() as cursor:
            yield cursor
    except (DatabaseError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close()
        raise Unavailable(retry_after_ms=1000) from error


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _event(row: tuple[Any, ...]) -> StoredEvent:
    room, epoch, seq, event_type, payload, created_at_ms, internal, ref, actor_id, skip, data = row
    text = payload.encode() if data is None else with_data(payload.encode(), data)
    return StoredEvent(
        room, epoch, seq, event_type, text, created_at_ms, bool(internal), ref, actor_id, skip or None, data is not None
    )


def _fitting(cursor: CursorWrapper, room: str, after: int, last: int) -> int:
    """Returns how far a page goes: to `last`, or less far where the events in it have too many bytes."""
    if not holds_binary(room):
        return last
    cursor.execute(
        "SELECT seq, COALESCE(LENGTH(data), 0) FROM realtime_event "
        "WHERE room = %s AND seq > %s AND seq <= %s ORDER BY seq",
        [room, after, last],
    )
    size = 0
    for seq, length in cursor.fetchall():
        size += length
        if size > _PAGE_BYTES:
            return max(int(seq) - 1, after + 1)
    return last


def _dense(events: Sequence[StoredEvent], after: int, last: int) -> bool:
    return [event.seq for event in events] == list(range(after + 1, last + 1))
