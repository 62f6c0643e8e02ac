"""A clock that does not move until a test moves it."""

from collections.abc import Callable

from realtime.clock import Timer


class _Timer:
    def __init__(self, due_ms: int, callback: Callable[[], None]) -> None:
        self.due_ms = due_ms
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """A `realtime.clock.Clock`; `advance` calls what falls due, in order, each at its own time."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms
        self._timers: list[_Timer] = []

    def now_ms(self) -> int:
        return self._now_ms

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = _Timer(self._now_ms + round(seconds * 1000), callback)
        self._timers.append(timer)
        return timer

    def advance(self, seconds: float) -> None:
        """Moves the time on by `seconds`; callbacks run before this returns."""
        until = self._now_ms + round(seconds * 1000)
        while due := [timer for timer in self._timers if not timer.cancelled and timer.due_ms <= until]:
            first = min(due, key=lambda timer: timer.due_ms)
            self._timers.remove(first)
            self._now_ms = max(self._now_ms, first.due_ms)
            first.callback()
        self._timers = [timer for timer in self._timers if not timer.cancelled]
        self._now_ms = until
