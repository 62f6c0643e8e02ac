"""What happens by the clock."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

logger = logging.getLogger("livrya.site.jobs")

LONGEST_PAUSE_S = 1.0


@dataclass(frozen=True)
class Periodic:
    """A function that runs every `every_s` seconds, and at the moment `due()` names, to the second.

    `due` returns the next such moment, None when there is none; it is asked every second, so it costs one indexed
    read. `run` is idempotent and brief: work that takes longer enqueues a job.
    """

    name: str
    run: Callable[[], object]
    every_s: float
    due: Callable[[], datetime | None] | None = None


class Clock:
    """Runs the entries of a schedule when their time has come. One thread."""

    def __init__(self, schedule: Sequence[Periodic]) -> None:
        self._schedule = schedule
        self._next_run = dict.fromkeys((entry.name for entry in schedule), time.monotonic())
        self._last_due: dict[str, datetime] = {}

    def turn(self) -> float:
        """Runs what is due and returns the seconds to wait until the next turn (at most one).

        Raises the database's error when that was away; what it kept from running is due in a second.
        """
        outage: Exception | None = None
        for entry in self._schedule:
            if time.monotonic() >= self._next_run[entry.name] or self._is_due(entry):
                self._next_run[entry.name] = time.monotonic() + entry.every_s
                outage = self._run(entry) or outage
        if outage:
            raise outage
        pauses = [LONGEST_PAUSE_S, *(moment - time.monotonic() for moment in self._next_run.values())]
        for entry in self._schedule:
            due = entry.due() if entry.due else None
            if due and due != self._last_due.get(entry.name):
                pauses.append((due - timezone.now()).total_seconds())
        return max(0.0, min(pauses))

    def _is_due(self, entry: Periodic) -> bool:
        due = entry.due() if entry.due else None
        # The same moment a second time: the run could not settle it. `every_s` will try again.
        if due is None or due > timezone.now() or due == self._last_due.get(entry.name):
            return False
        self._last_due[entry.name] = due
        return True

    def _run(self, entry: Periodic) -> Exception | None:
        """Returns what the database said when it was away, which is no fault of the entry."""
        try:
            entry.run()
        except (OperationalError, InterfaceError) as error:
            self._next_run[entry.name] = time.monotonic() + LONGEST_PAUSE_S
            connection.close()
            return error
        except Exception:
            logger.exception("the schedule's %s failed; it runs again in its turn", entry.name)
            connection.close()
        return None
