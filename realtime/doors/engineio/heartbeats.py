"""The heartbeats of one endpoint's sessions, all from one timer."""

import asyncio

from realtime.doors.engineio.session import EngineSession

_TICKS_PER_INTERVAL = 25


class Heartbeats:
    """Lets each session beat when it is due, or up to a 25th of the interval later. Belongs to the loop.

    Timers of their own would cost sessions 500 bytes each, and a place in the loop's heap with every pong. Here each
    waits in the set of one tick, and who has moved on by then is put into another. Whoever sends something is due an
    interval later, so a look in every interval misses nobody.
    """

    def __init__(self, interval_ms: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._interval_seconds = interval_ms / 1000
        self._tick_seconds = self._interval_seconds / _TICKS_PER_INTERVAL
        self._waiting: dict[int, set[EngineSession]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, session: EngineSession) -> None:
        """Begins to look after a session, unless it is over already."""
        if session.closed:
            return
        look_at = min(session.beats_at, self._loop.time() + self._interval_seconds)
        session.tick = int(look_at / self._tick_seconds) + 1
        self._waiting.setdefault(session.tick, set()).add(session)
        if self._timer is None:
            self._timer = self._loop.call_later(self._tick_seconds, self._pass)

    def remove(self, session: EngineSession) -> None:
        """Forgets a session."""
        self._waiting.get(session.tick, set()).discard(session)

    def _pass(self) -> None:
        self._timer = None
        now = self._loop.time()
        for tick in [tick for tick in self._waiting if tick * self._tick_seconds <= now]:
            for session in self._waiting.pop(tick):
                if not session.closed and session.beats_at <= now:
                    session.beat()
                self.add(session)
        if self._waiting and self._timer is None:
            self._timer = self._loop.call_later(self._tick_seconds, self._pass)
