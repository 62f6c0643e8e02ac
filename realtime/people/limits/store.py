"""The contracts of what is counted over all processes."""

from typing import Protocol

from realtime.people.limits.bucket import Rate


class PointStore(Protocol):
    """Token buckets by key. Raises Unavailable when the store does not answer."""

    async def take(self, key: str, rate: Rate, wanted: float, at_least: float) -> tuple[float, int]:
        """Takes up to `wanted` points, no fewer than `at_least`; see `Bucket.take` for what is returned."""


class SeatStore(Protocol):
    """One process's access to seats: each key has a number of them, which end with the process's lease.

    Every method raises Unavailable when the store does not answer.
    """

    async def take(self, key: str, limit: int) -> bool:
        """Takes one seat unless `limit` are taken over all processes; tells whether it did."""

    async def give_back(self, key: str) -> None:
        """Gives one of this process's seats back; harmless when it has none."""

    async def put_back(self, taken: dict[str, int]) -> None:
        """Says of some keys how many seats this process holds, whatever the limit: the store may not know."""

    async def evict(self, process_id: str) -> None:
        """Frees every seat of a dead process."""
