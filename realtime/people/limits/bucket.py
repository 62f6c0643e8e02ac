"""A token bucket: points that come back at a steady rate, up to a burst."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many points a second, and up to `burst` of them at once after a pause."""

    per_second: float
    burst: float


class Bucket:
    """Points of one taker. Starts full. Times are Unix milliseconds."""

    __slots__ = ("_at_ms", "_points", "_rate")

    def __init__(self, rate: Rate, now_ms: int) -> None:
        self._rate = rate
        self._points = rate.burst
        self._at_ms = now_ms

    def take(self, wanted: float, now_ms: int, *, at_least: float | None = None) -> tuple[float, int]:
        """Takes up to `wanted` points; returns how many, and if none, after how many ms it is worth another try.

        All or nothing, unless `at_least` says that fewer will do. What costs more than the burst is had for it.
        """
        self._fill(now_ms)
        least = min(wanted if at_least is None else at_least, self._rate.burst)
        if self._points < least:
            return 0, _wait_ms(least - self._points, self._rate)
        taken = min(wanted, self._points)
        self._points -= taken
        return taken, 0

    def full_at(self, now_ms: int) -> bool:
        """Tells whether nothing is missing, so that a new bucket would say the same."""
        self._fill(now_ms)
        return self._points >= self._rate.burst

    def _fill(self, now_ms: int) -> None:
        passed = max(0, now_ms - self._at_ms) / 1000
        self._points = min(self._rate.burst, self._points + passed * self._rate.per_second)
        self._at_ms = now_ms


def _wait_ms(missing: float, rate: Rate) -> int:
    # Rounded up: a try that comes a fraction too early would be refused again.
    return int(missing / rate.per_second * 1000) + 1
