"""A lock that is granted in the order of asking."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from realtime.errors import Unavailable


class FairLock:
    """First come, first served, among the threads of one process.

    `threading.Lock` and SQLite's own busy handler let newcomers overtake: under load one writer was seen
    to wait for longer than 4 s while others had thousands of turns.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self.waiting: deque[threading.Event] = deque()

    @contextmanager
    def held(self, timeout_s: float) -> Iterator[None]:
        """Holds the lock for the block. Raises Unavailable when it is not granted in time."""
        self._acquire(timeout_s)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, timeout_s: float) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self.waiting.append(turn)
        if turn.wait(timeout_s):
            return
        with self._guard:
            if turn in self.waiting:
                self.waiting.remove(turn)
                raise Unavailable(retry_after_ms=1000)
        # Granted between the timeout and the guard: it is ours after all.

    def _release(self) -> None:
        with self._guard:
            if self.waiting:
                self.waiting.popleft().set()  # stays held: handed over, so that no newcomer slips in
            else:
                self._held = False


sqlite_writers = FairLock()
"""Taken by every write transaction of this process on SQLite, which has one writer at a time anyway."""


def _forget_the_parents_threads() -> None:
    sqlite_writers.__init__()  # type: ignore[misc]  # whoever held it does not exist in the child


os.register_at_fork(after_in_child=_forget_the_parents_threads)
