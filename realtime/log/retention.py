"""Letting go of old history, openly: whoever asks for what is gone gets an answer that says so."""

import time
from dataclasses import dataclass

from django.db import connection

from realtime.conf import realtime_settings
from realtime.log.batches import in_batches
from realtime.log.flushing import forgetting, new_epoch
from realtime.log.pruning import prune_events
from realtime.log.writing import atomic
from realtime.models import CommandResult, RoomHead, Ticket

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

    `days` None: what the settings say, `KEEP_EVENTS_DAYS`. Small batches, a transaction each; killed, it goes on
    the next time where it was.
    """
    now_ms = time.time_ns() // 1_000_000
    kept_days = realtime_settings().keep_events_days if days is None else days
    before_ms = now_ms - kept_days * _DAY_MS
    events = prune_events(before_ms)
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
    rooms = sorted(RoomHead.objects.values_list("room", flat=True))
    for batch in in_batches(rooms, _ROOMS_AT_ONCE):
        _begin_anew(batch)
    return len(rooms)


def _begin_anew(rooms: list[str]) -> None:
    with atomic(max_rooms=_ROOMS_AT_ONCE) as unit:
        # In the order in which the flush locks them, too: Python's, not that of the database's language.
        for room in rooms:
            RoomHead.objects.filter(room=room).update(epoch=new_epoch())
            unit.register(forgetting(room))
