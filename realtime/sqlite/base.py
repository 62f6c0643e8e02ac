"""Django's SQLite backend, with writers that take turns: `"ENGINE": "realtime.sqlite"`.

SQLite has one writer at a time. Who finds it busy sleeps and tries again, and is overtaken by whoever comes
at the right moment: next to one busy writer a single row was seen to take 1.7 s, and under load 4 s were
not enough. Here every write transaction of the process queues first. Other processes are met as before.
"""

import os
from typing import Any

from django.db.backends.sqlite3 import base

from realtime.sqlite.fairlock import FairLock

PATIENCE_S = 20.0
"""How long a writer queues; as long as SQLite's own busy timeout, which is then tried without a turn."""

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")

writers = FairLock()
os.register_at_fork(after_in_child=writers.__init__)  # type: ignore[misc]  # its holder stayed in the parent


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions, unless they are begun plainly to read, hold the writers' turn."""

    transaction_mode: str | None  # set by Django when it connects

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_turn = False

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=_Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode is not None:
            self._has_turn = writers.acquire(PATIENCE_S)
        try:
            with self.wrap_database_errors:  # all that is needed of Django's cursor, which every transaction would make
                self.connection.execute(f"BEGIN {self.transaction_mode or ''}")
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            writers.release()


class _Cursor(base.SQLiteCursorWrapper):
    """A cursor whose single writes outside a transaction queue too."""

    def execute(self, query: str, params: Any = None) -> Any:
        return self._in_turn(query, super().execute, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        return self._in_turn(query, super().executemany, param_list)

    def _in_turn(self, query: str, run: Any, params: Any) -> Any:
        if self.connection.in_transaction or not query.lstrip()[:7].upper().startswith(_WRITES):
            return run(query, params)
        has_turn = writers.acquire(PATIENCE_S)
        try:
            return run(query, params)
        finally:
            if has_turn:
                writers.release()
