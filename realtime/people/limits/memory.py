"""Points and seats in memory: the reference, and what the embedded mode runs on."""

from collections import defaultdict
from dataclasses import dataclass, field

from realtime.clock import Clock
from realtime.people.limits.bucket import Bucket, Rate

_SWEEP_ABOVE = 10_000


class MemoryPoints:
    """Buckets of one process, or of several in a test. Full ones are forgotten when there are many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._sweep_above = _SWEEP_ABOVE

    async def take(self, key: str, rate: Rate, wanted: float, at_least: float) -> tuple[float, int]:
        return self.take_now(key, rate, wanted, at_least)

    def take_now(self, key: str, rate: Rate, wanted: float, at_least: float) -> tuple[float, int]:
        """Takes as `take` does, for who cannot await; one thread at a time."""
        now = self._clock.now_ms()
        if len(self._buckets) > self._sweep_above:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.full_at(now)}
            self._sweep_above = max(_SWEEP_ABOVE, 2 * len(self._buckets))
        bucket = self._buckets.get(key)
        if not bucket:
            bucket = self._buckets[key] = Bucket(rate, now)
        return bucket.take(wanted, now, at_least=at_least)


@dataclass
class MemorySeating:
    """Who holds how many seats of each key, by process."""

    taken: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def hold(self, key: str, process_id: str, number: int) -> None:
        if number > 0:
            self.taken[key][process_id] = number
            return
        self.taken[key].pop(process_id, None)
        if not self.taken[key]:
            del self.taken[key]


class MemorySeats:
    """One process's access to the seats."""

    def __init__(self, seating: MemorySeating, process_id: str) -> None:
        self._seating = seating
        self._process_id = process_id

    async def take(self, key: str, limit: int) -> bool:
        taken = self._seating.taken.get(key, {})
        if sum(taken.values()) >= limit:
            return False
        self._seating.hold(key, self._process_id, taken.get(self._process_id, 0) + 1)
        return True

    async def give_back(self, key: str) -> None:
        if key in self._seating.taken:
            self._seating.hold(key, self._process_id, self._seating.taken[key].get(self._process_id, 0) - 1)

    async def put_back(self, taken: dict[str, int]) -> None:
        for key, number in taken.items():
            self._seating.hold(key, self._process_id, number)

    async def evict(self, process_id: str) -> None:
        for key in [key for key, taken in self._seating.taken.items() if process_id in taken]:
            self._seating.hold(key, process_id, 0)
