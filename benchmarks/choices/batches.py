"""Savepoints around the commands of a batch: 32 of one room, each storing one event."""

from collections.abc import Callable
from functools import partial

import realtime
from benchmarks.choices.statements import statements
from benchmarks.choices.tables import interleaved, table
from benchmarks.namespace import BenchRoom, Stored
from realtime.errors import Conflict
from realtime.hub import lanes

ROUNDS = 25


def _store() -> None:
    with realtime.atomic():
        realtime.emit(BenchRoom(1), Stored(text="x"))


def _refuse() -> None:
    _store()
    raise Conflict


def measure() -> list[str]:
    """Returns statements and time for each command of a batch."""
    batch: list[Callable[[], None]] = [_store] * lanes.BATCH
    refused = [*batch[1:], _refuse]
    ways = {
        "one transaction, no savepoints (chosen)": partial(lanes._run_batch, batch),
        "one transaction, a savepoint for each": partial(lanes._share, batch, lanes._run_in_savepoint),
        "a transaction for each": partial(lanes._run_each, batch),
        "chosen, when one of the 32 is refused": partial(lanes._run_batch, refused),
    }
    taken = interleaved(ways, ROUNDS)
    rows = [
        (name, statements(act) / lanes.BATCH, taken[name] / lanes.BATCH * 1e6, taken[name] / taken[next(iter(ways))])
        for name, act in ways.items()
    ]
    return table(("32 commands of one room", "statements per command", "µs per command", "ratio"), rows)
