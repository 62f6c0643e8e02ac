"""Hints that wait to be sent, the same for servers and for processes that are none."""

from collections import deque
from collections.abc import Sequence
from operator import attrgetter

from realtime.log.events import OutgoingEvent, StoredEvent
from realtime.log.hints import EVERYBODY, WAKE_UP, encode, is_bulk

LIMIT = 10_000
"""So many events wait at most; a layer that takes them has none waiting for longer than a turn."""
EVENTS_PER_HINT = 16


class HintQueue:
    """Events of commits, taken out again as hints. Belongs to one loop.

    When it is full the oldest go: a newer event of their room shows the others the hole, and they read the log.
    """

    def __init__(self) -> None:
        self._events: deque[OutgoingEvent] = deque(maxlen=LIMIT)
        self._wakes_all = False

    def put(self, events: Sequence[OutgoingEvent]) -> int:
        """Queues the events of one commit, in order by room, and returns how many older ones went."""
        if is_bulk(events):
            self._wakes_all = True
            events = [event for event in events if not isinstance(event, StoredEvent)]
        dropped = max(0, len(self._events) + len(events) - LIMIT)
        self._events.extend(sorted(events, key=attrgetter("room")))
        return dropped

    def take(self) -> tuple[str, bytes] | None:
        """Returns the next room (or `EVERYBODY`) and the hint for it; None when nothing waits."""
        if self._wakes_all:
            self._wakes_all = False
            return EVERYBODY, WAKE_UP
        if not self._events:
            return None
        room = self._events[0].room
        events: list[OutgoingEvent] = []
        while self._events and self._events[0].room == room and len(events) < EVENTS_PER_HINT:
            events.append(self._events.popleft())
        if any(isinstance(event, StoredEvent) and event.is_large for event in events):
            return room, WAKE_UP
        return room, encode(events)

    def clear(self) -> int:
        """Forgets what waits, for the sweep finds it, and returns how many events that were."""
        waiting = len(self._events)
        self._events.clear()
        self._wakes_all = False
        return waiting
