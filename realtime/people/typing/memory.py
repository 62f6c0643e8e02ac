"""Who types, in memory: the reference, and what the embedded mode runs on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from realtime.clock import Clock
from realtime.people.typing.store import Typist, Typists


@dataclass
class _Place:
    version: int
    people: dict[int, tuple[Typist, int]] = field(default_factory=dict)

    def expire(self, now: int) -> bool:
        before = len(self.people)
        self.people = {user: (typist, ends) for user, (typist, ends) in self.people.items() if ends > now}
        return len(self.people) != before

    def read(self, now: int) -> Typists:
        people = (self.people[user_id] for user_id in sorted(self.people))
        return Typists(tuple(typist for typist, ends in people if ends > now), self.version)


class MemoryTyping:
    """The store of one process, or of several in a test."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._places: dict[tuple[str, str], _Place] = {}
        self._version = 0

    async def put(self, room: str, kind: str, typist: Typist, lasts_ms: int) -> Typists | None:
        now = self._clock.now_ms()
        place = self._places.setdefault((room, kind), _Place(0))
        changed = place.expire(now)
        before = place.people.get(typist.user_id)
        place.people[typist.user_id] = (typist, now + lasts_ms)
        return self._changed(place, now) if changed or not before or before[0] != typist else None

    async def remove(self, room: str, kind: str, user_id: int, connection_id: str | None = None) -> Typists | None:
        now = self._clock.now_ms()
        place = self._places.get((room, kind))
        if not place:
            return None
        found = place.people.get(user_id)
        changed = bool(found and connection_id in (None, found[0].connection_id))
        if changed:
            del place.people[user_id]
        changed = place.expire(now) or changed
        if not place.people:
            del self._places[room, kind]
        return self._changed(place, now) if changed else None

    async def read(self, room: str, kinds: Sequence[str]) -> list[Typists]:
        now = self._clock.now_ms()
        places = [self._places.get((room, kind)) for kind in kinds]
        return [place.read(now) if place else Typists() for place in places]

    def _changed(self, place: _Place, now: int) -> Typists:
        # One count for all places: one that is made anew goes on above what it said before.
        self._version = place.version = max(self._version + 1, now)
        return place.read(now)
