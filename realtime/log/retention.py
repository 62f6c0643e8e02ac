"""Letting go of old history, openly: whoever asks for what is gone is told so."""

import time
from dataclasses import dataclass

from django.db import connection

from realtime.conf import realtime_settings
from realtime.log.batches import in_batches
from realtime.log.events import BLANKED
from realtime.log.flushing import Emission, new_epoch
from realtime.log.writing import atomic
from realtime.models import CommandResult, Event, RoomHead, Ticket

_DAY_MS = 24 * 60 * 60 * 1000
_BATCH = 1000
_ROOMS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows a prune removed."""

    events: int
    answers: int
    tickets: int


def prune(*, days: int | None = None) -> Pruned:
    """Removes events older than `days`, answers to commands after 24 hours, and tickets that have expired.

    `days` None: what the settings say, `KEEP_EVENTS_DAYS`. Small batches, a transaction each, one room at a
    time: writers of a room wait for one batch at most. `min_seq` moves in the same transaction, so a
    reader sees a whole page or that its history is gone.
    """
    now_ms = time.time_ns() // 1_000_000
    kept_days = realtime_settings().keep_events_days if days is None else days
    before_ms = now_ms - kept_days * _DAY_MS
    events = sum(_prune_room(room, before_ms) for room in _rooms_with_history_before(before_ms))
    answers = 0
    outlived = CommandResult.objects.filter(created_at_ms__lt=now_ms - _DAY_MS).values_list("pk", flat=True)
    while batch := list(outlived[:_BATCH]):
        answers += CommandResult.objects.filter(pk__in=batch).delete()[0]
    tickets, _ = Ticket.objects.filter(expires_at_ms__lt=now_ms).delete()
    return Pruned(events, answers, tickets)


def begin_new_epoch() -> int:
    """Declares history lost in every room, and returns how many there are; part of restoring a backup.

    A restored log may lack events that clients have seen, and would give their numbers to others. With a
    new epoch every hub and client starts afresh: each room gets an event of the engine's own, by which
    servers that are running notice it like any other, at once or with the next sweep.
    """
    if connection.vendor == "postgresql":
        # Another cluster counts its transactions from elsewhere: its numbers would look like the future here.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE realtime_event SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()")
    rooms = list(RoomHead.objects.order_by("room").values_list("room", flat=True))
    for batch in in_batches(rooms, _ROOMS_AT_ONCE):
        _begin_anew(batch)
    return len(rooms)


def _begin_anew(rooms: list[str]) -> None:
    now_ms = time.time_ns() // 1_000_000
    with atomic(max_rooms=_ROOMS_AT_ONCE) as unit:
        for room in rooms:  # in the order in which the flush locks them too
            RoomHead.objects.filter(room=room).update(epoch=new_epoch())
            unit.register(Emission(room, BLANKED, b"{}", now_ms, internal=True))


def _rooms_with_history_before(before_ms: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.room FROM realtime_roomhead h JOIN realtime_event e ON e.room = h.room AND e.seq = h.min_seq "
            "WHERE e.created_at_ms < %s ORDER BY h.room",
            [before_ms],
        )
        return [room for (room,) in cursor.fetchall()]


def _prune_room(room: str, before_ms: int) -> int:
    removed = 0
    while (batch := _prune_batch(room, before_ms)) == _BATCH:
        removed += batch
    return removed + batch


@atomic()
def _prune_batch(room: str, before_ms: int) -> int:
    first = RoomHead.objects.select_for_update(no_key=True).get(room=room).min_seq
    oldest = Event.objects.filter(room=room, seq__gte=first).order_by("seq").values_list("seq", "created_at_ms")
    last = first - 1
    for seq, created_at_ms in oldest[:_BATCH]:
        if created_at_ms >= before_ms:
            break
        last = seq
    if last < first:
        return 0
    RoomHead.objects.filter(room=room).update(min_seq=last + 1)
    # Without a lower end PostgreSQL passes over every row that went before: it took twice as long in a long room.
    return Event.objects.filter(room=room, seq__gte=first, seq__lte=last).delete()[0]
