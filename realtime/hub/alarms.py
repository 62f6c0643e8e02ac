"""What is to be done for many sessions at times of their own, all from one timer of the loop."""

import asyncio
import heapq
import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

_KEPT_CANCELLED = 1000
"""So many that are cancelled may stay until their time; beyond that, as soon as they are more than the others."""


class Alarm:
    """One act at one time; `act` is called with `subject`, so that what is to be done is shared by all."""

    __slots__ = ("act", "at", "subject")

    def __init__(self, at: float, act: Callable[[Any], None], subject: Any) -> None:
        self.at = at
        self.act = act
        self.subject = subject

    def __lt__(self, other: "Alarm") -> bool:
        return self.at < other.at


class Alarms:
    """Belongs to the loop. A timer of the loop's for each would have 600 bytes, its context and callback included."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[Alarm] = []
        self._cancelled = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    def set(self, at: float, act: Callable[[Any], None], subject: Any) -> Alarm:
        """Has `act(subject)` called at that time of the loop's clock."""
        alarm = Alarm(at, act, subject)
        heapq.heappush(self._waiting, alarm)
        if self._waiting[0] is alarm:
            self._schedule()
        return alarm

    def cancel(self, alarm: Alarm) -> None:
        """Forgets an alarm that has not rung; harmless for one that has."""
        if alarm.subject is None:
            return
        alarm.subject = None
        self._cancelled += 1
        if self._cancelled > max(_KEPT_CANCELLED, len(self._waiting) / 2):
            self._waiting = [waiting for waiting in self._waiting if waiting.subject is not None]
            heapq.heapify(self._waiting)
            self._cancelled = 0
            self._schedule()

    def stop(self) -> None:
        """Rings no more."""
        self._stopped = True
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and not self._stopped:
            self._timer = self._loop.call_at(self._waiting[0].at, self._ring)

    def _ring(self) -> None:
        now = self._loop.time()
        while self._waiting and self._waiting[0].at <= now:
            alarm = heapq.heappop(self._waiting)
            subject, alarm.subject = alarm.subject, None
            if subject is None:
                self._cancelled -= 1
                continue
            try:
                alarm.act(subject)
            except Exception:
                logger.exception("What was to be done at its time has failed.")
        self._schedule()
