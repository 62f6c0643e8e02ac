"""`python -m benchmarks.pruning`: how long old history takes to go, and what a writer waits for it meanwhile.

Half of the events stand in rooms of five, half in one room; all are too old. On a PostgreSQL of its own (or that of
`DATABASE_URL`), with `--sqlite` in a file. While it runs, somebody writes into the long room ten times a second.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.choices.tables import table
from tests.services import postgres_url

EVENTS = 1_000_000
IN_A_SHORT_ROOM = 5
LONG_ROOM = 1
WRITES_PER_SECOND = 10
_OLD_MS = 1_000_000_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pruning", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help=f"{EVENTS:,} by default")
    parser.add_argument("--sqlite", action="store_true")
    arguments = parser.parse_args()
    database, server = ("", None) if arguments.sqlite else postgres_url()
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {"DATABASE_URL": database, "VAR_DIR": folder, "DEBUG": "true"}
            os.environ.pop("REDIS_URL", None)
            print("\n".join(measure(arguments.events)), flush=True)
    finally:
        if server:
            server.stop()
    return 0


def measure(events: int) -> list[str]:
    """Returns a table of what it took, and how long a writer waited."""
    from django.core.management import call_command
    from django.db import connection, connections

    import benchmarks.namespace  # noqa: F401  # sets Django up
    from realtime.log.retention import prune

    call_command("migrate", verbosity=0)
    rooms = events // 2 // IN_A_SHORT_ROOM
    _fill(rooms, events // 2)
    waits_ms: list[float] = []
    with _writing(waits_ms):
        began = time.perf_counter()
        pruned = prune(days=1)
        seconds = time.perf_counter() - began
    kind = connection.vendor
    connections.close_all()
    waits_ms.sort()
    shown = (waits_ms[len(waits_ms) // 2], waits_ms[-1]) if waits_ms else ("–", "–")
    columns = ("database", "events", "rooms", "seconds", "events a second", "ms a writer waits, p50", "at most")
    return table(columns, [(kind, f"{pruned.events:,}", f"{rooms + 1:,}", seconds, pruned.events / seconds, *shown)])


def _fill(rooms: int, in_the_long_one: int) -> None:
    """Puts the events there by themselves: emitted one by one they would take half an hour."""
    from django.db import connection

    series = (
        "generate_series(%s, %s) AS n(n)"
        if connection.vendor == "postgresql"
        else "(WITH RECURSIVE s(n) AS (VALUES(%s) UNION ALL SELECT n + 1 FROM s WHERE n < %s) SELECT n FROM s)"
    )
    with connection.cursor() as cursor:
        for first, last, count in (
            (LONG_ROOM + 1, LONG_ROOM + rooms, IN_A_SHORT_ROOM),
            (LONG_ROOM, LONG_ROOM, in_the_long_one),
        ):
            cursor.execute(
                "INSERT INTO realtime_roomhead (room, epoch, seq, min_seq) "
                f"SELECT 'bench:' || n, 'e', %s, 1 FROM {series}",
                [count, first, last],
            )
        columns = "room, seq, type, ref, payload, skip, internal, created_at_ms"
        fixed = f"'bench:stored', '', %s, '', {'false' if connection.vendor == 'postgresql' else 0}, {_OLD_MS}"
        payload = '{"text":"' + "x" * 200 + '"}'
        cursor.execute(
            f"INSERT INTO realtime_event ({columns}) "
            f"SELECT 'bench:' || (%s + n / %s), n %% %s + 1, {fixed} FROM {series}",
            [LONG_ROOM + 1, IN_A_SHORT_ROOM, IN_A_SHORT_ROOM, payload, 0, rooms * IN_A_SHORT_ROOM - 1],
        )
        cursor.execute(
            f"INSERT INTO realtime_event ({columns}) SELECT 'bench:{LONG_ROOM}', n, {fixed} FROM {series}",
            [payload, 1, in_the_long_one],
        )
        cursor.execute("ANALYZE")


@contextmanager
def _writing(waits_ms: list[float]) -> Iterator[None]:
    from django.db import connection

    import realtime
    from benchmarks.namespace import BenchRoom, Stored

    ready, done = threading.Event(), threading.Event()

    def write() -> None:
        realtime.emit(BenchRoom(LONG_ROOM), Stored(text="x"))  # who has no connection yet waits for that
        ready.set()
        while not done.wait(1 / WRITES_PER_SECOND):
            began = time.perf_counter()
            realtime.emit(BenchRoom(LONG_ROOM), Stored(text="x"))
            waits_ms.append((time.perf_counter() - began) * 1000)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
