"""Time as the engine sees it; tests put their own in its place."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None:
        """Keeps it from happening; harmless once it has."""


class Clock(Protocol):
    """Says what time it is and calls back later; belongs to one event loop."""

    def now_ms(self) -> int:
        """Returns Unix milliseconds."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Calls `callback` on the loop once, after `seconds`."""


class SystemClock:
    """The clock of the machine and the timers of the running loop."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)
