"""The runner: the one place of an installation where jobs and the schedule are carried out."""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from django.db import connection

from livrya.site.jobs import queue
from livrya.site.jobs.schedule import Clock, Periodic

logger = logging.getLogger("livrya.site.jobs")

RENEW_S = 5.0
STANDBY_S = 1.0
POLL_S = 0.25
"""How long a job enqueued by another process waits at most; this one's own wake the runner at once."""

T = TypeVar("T")


class Lease(Protocol):
    """The right to be the runner: held by one process at a time, lost when it is not renewed."""

    def acquire(self) -> bool:
        """Takes or renews the lease; false when another process holds it."""

    def release(self) -> None:
        """Gives the lease back, if it is held."""


class Runner:
    """Carries out jobs and the schedule while this process holds the lease; until then it stands by.

    Three threads, so that a long job delays neither a scheduled chapter nor the renewal of the lease: the
    keeper, which calls `run`, and for each term of the lease a worker and a clock. A process that lost its
    lease (it was suspended) finishes the job in hand and stands by; meanwhile the next holder may begin the
    same job again, which is why jobs are idempotent.
    """

    def __init__(self, lease: Lease, schedule: Sequence[Periodic]) -> None:
        self._lease = lease
        self._schedule = schedule
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._term: _Term | None = None

    def run(self) -> None:
        """Runs until `stop`. A database that does not answer is waited for."""
        patience = _Patience("take the lease of the jobs")
        while not self._stopping.is_set():
            held = patience.attempt(self._lease.acquire)
            if held and not self._term:
                self._term = _Term(self._wake, self._schedule)
                logger.info("this process runs the jobs and the schedule")
            elif held is False and self._term:
                logger.warning("another process took over the jobs and the schedule")
                self._end_term(patience)
            self._stopping.wait(RENEW_S if self._term else STANDBY_S)
        self._end_term(patience)
        patience.attempt(self._lease.release)
        connection.close()

    def stop(self) -> None:
        """Asks the runner to end: it finishes the job in hand and begins no other. Thread-safe."""
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        """Says that a job may be waiting. Thread-safe."""
        self._wake.set()

    def _end_term(self, patience: "_Patience") -> None:
        term, self._term = self._term, None
        if not term:
            return
        term.over.set()
        self._wake.set()
        while not term.ended(within_s=RENEW_S):
            patience.attempt(self._lease.acquire)  # nobody shall begin again what is being finished here


class _Term:
    """One uninterrupted holding of the lease: its worker and its clock, begun at once."""

    def __init__(self, wake: threading.Event, schedule: Sequence[Periodic]) -> None:
        self.over = threading.Event()
        self._wake = wake
        self._clock = Clock(schedule)
        self._worker_id = secrets.token_hex(8)
        self._threads = [
            threading.Thread(target=self._work, name="jobs-worker", daemon=True),
            threading.Thread(target=self._keep_time, name="jobs-clock", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def ended(self, within_s: float) -> bool:
        for thread in self._threads:
            thread.join(within_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        patience = _Patience("run the jobs")
        # At the start of a term, what a dead process left; after a failure, perhaps what could not be recorded.
        abandoned = True
        while not self.over.is_set():
            self._wake.clear()
            if abandoned:
                abandoned = patience.attempt(queue.requeue_abandoned) is None
            busy = None if abandoned else patience.attempt(lambda: queue.run_one(self._worker_id))
            abandoned = busy is None
            if not busy and not self.over.is_set():
                self._wake.wait(STANDBY_S if abandoned else POLL_S)
        connection.close()

    def _keep_time(self) -> None:
        patience = _Patience("keep the schedule")
        while not self.over.is_set():
            pause_s = patience.attempt(self._clock.turn)
            self.over.wait(STANDBY_S if pause_s is None else pause_s)
        connection.close()


class _Patience:
    """Outlives what the database does meanwhile (not migrated yet, restarted); logs the first failure of a row."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._failing = False

    def attempt(self, act: Callable[[], T]) -> T | None:
        """Returns what `act` returns, or None when it raised."""
        try:
            result = act()
        except Exception as error:
            if not self._failing:
                logger.warning("cannot %s, trying on: %s: %s", self._what, type(error).__name__, error)
            self._failing = True
            connection.close()
            return None
        self._failing = False
        return result
