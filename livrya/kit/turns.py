"""Turns at work that is dear: few at once, few more that wait, and the others come again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from realtime.errors import Unavailable

RETRY_MS = 5_000


class Turns:
    """Lets `at_once` callers in, and `waiting` more stand before the door for `seconds` at most. Thread-safe.

    Per process. Whoever waits holds a thread, so that they are bounded, too.
    """

    def __init__(self, *, at_once: int, waiting: int, seconds: float, refusal: str) -> None:
        self._inside = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._seconds = seconds
        self._refusal = refusal

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Holds a turn. Raises Unavailable where too many wait already, or none came free in time."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(self._refusal, retry_after_ms=RETRY_MS)
        try:
            if not self._inside.acquire(timeout=self._seconds):
                raise Unavailable(self._refusal, retry_after_ms=RETRY_MS)
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._places.release()
