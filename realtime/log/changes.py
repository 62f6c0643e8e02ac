"""What has changed since the last look, whoever changed it: the sweep's two questions."""

import sqlite3
from types import TracebackType

from django.db import connection

from realtime.log.reading import log_cursor
from realtime.positions import Position


class ChangeCursor:
    """Finds the rooms in which something was committed since the last `poll`, in one or two queries.

    Owned by one thread at a time. Never misses a commit: on PostgreSQL it looks again at everything written
    by transactions that were still open the last time (`xid8` against `pg_snapshot_xmin`), for they
    commit in another order than they began; so a room may be named twice, and a transaction left open for
    long makes each look longer. On SQLite there is one writer, and ids grow in the order of commits.
    """

    def __init__(self) -> None:
        self._mark: str | None = None

    def poll(self) -> dict[str, Position]:
        """Returns the head of every room with news. The first call only marks the start and returns nothing.

        Raises Unavailable when the database does not answer; the next call then covers this one's time too.
        """
        with log_cursor() as cursor:
            if connection.vendor == "postgresql":
                # Read before the rows: what commits in between is found twice rather than never.
                cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                news = "e.xid >= %s::xid8 AND e.xid < pg_snapshot_xmax(pg_current_snapshot())"
            else:
                cursor.execute("SELECT CAST(COALESCE(MAX(id), 0) AS TEXT) FROM realtime_event")
                news = "e.id > CAST(%s AS INTEGER)"
            (mark,) = cursor.fetchone()
            changed = {}
            if self._mark is not None and (connection.vendor == "postgresql" or mark != self._mark):
                cursor.execute(
                    "SELECT h.room, h.epoch, h.seq FROM realtime_roomhead h "  # noqa: S608  # no input in it
                    f"WHERE h.room IN (SELECT e.room FROM realtime_event e WHERE {news})",
                    [self._mark],
                )
                changed = {room: Position(epoch, seq) for room, epoch, seq in cursor.fetchall()}
        self._mark = mark
        return changed


class DataVersion:
    """Tells whether a SQLite file was written since the last question, by whatever process; costs microseconds.

    Has a connection of its own. May be used from any thread, by one at a time.
    Source: https://www.sqlite.org/pragma.html#pragma_data_version
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
        self._version = self._read()

    def changed(self) -> bool:
        """Answers, and takes what is there now as known."""
        before, self._version = self._version, self._read()
        return self._version != before

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def __enter__(self) -> "DataVersion":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)
