"""Points and seats in Redis, for several processes and hosts."""

from collections.abc import Callable

from realtime.people.limits.bucket import Rate
from realtime.people.redis_link import RedisLink, Script

TAKE_POINTS = Script.read("now", "limits_take_points")
"""A bucket: HASH points, at. It expires when it would be full. Arguments: rate, burst, wanted, least, now or ""."""

_TAKE_SEAT = Script.read("limits_take_seat")

_GIVE_BACK = Script.read("limits_give_back")


def points_key(prefix: str, key: str) -> str:
    """Returns where the bucket of a key is kept."""
    return f"{prefix}.points.{{{key}}}"


class RedisPoints:
    """Buckets; `prefix` names the installation, `now_ms` replaces Redis's own clock (tests)."""

    def __init__(self, link: RedisLink, prefix: str, *, now_ms: Callable[[], int] | None = None) -> None:
        self._link = link
        self._prefix = prefix
        self._now_ms = now_ms

    async def take(self, key: str, rate: Rate, wanted: float, at_least: float) -> tuple[float, int]:
        now = self._now_ms() if self._now_ms else ""
        arguments = [rate.per_second, rate.burst, wanted, at_least, now]
        [(taken, wait_ms)] = await self._link.run([TAKE_POINTS.call([points_key(self._prefix, key)], arguments)])
        return float(taken), int(wait_ms)


class RedisSeats:
    """One process's access to the seats. A SET names the keys of which it has some, for clearing away after it."""

    def __init__(self, link: RedisLink, prefix: str, process_id: str) -> None:
        self._link = link
        self._prefix = prefix
        self._process_id = process_id

    async def take(self, key: str, limit: int) -> bool:
        [_, taken] = await self._link.run(
            [
                # First: a process that dies in between leaves a key too many on its list, never one too few.
                ("SADD", self._keys_of(self._process_id), key),
                _TAKE_SEAT.call([self._seats(key)], [self._process_id, limit]),
            ]
        )
        return bool(taken)

    async def give_back(self, key: str) -> None:
        [left] = await self._link.run([_GIVE_BACK.call([self._seats(key)], [self._process_id])])
        if left <= 0:
            await self._link.run([("SREM", self._keys_of(self._process_id), key)])

    async def put_back(self, taken: dict[str, int]) -> None:
        if taken:
            await self._link.run([("SADD", self._keys_of(self._process_id), *taken)])
            await self._link.run(
                [
                    ("HSET", self._seats(key), self._process_id, number)
                    if number
                    else ("HDEL", self._seats(key), self._process_id)
                    for key, number in taken.items()
                ]
            )

    async def evict(self, process_id: str) -> None:
        [keys] = await self._link.run([("SMEMBERS", self._keys_of(process_id))])
        await self._link.run(
            [*(("HDEL", self._seats(key), process_id) for key in keys), ("DEL", self._keys_of(process_id))]
        )

    def _seats(self, key: str) -> str:
        return f"{self._prefix}.seats.{{{key}}}"

    def _keys_of(self, process_id: str) -> str:
        return f"{self._prefix}.seats.keys:{process_id}"
