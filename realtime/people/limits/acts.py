"""Acts that are counted in the service that does them: one count, whichever edge the service was called by.

    COMMENTS = Act("comment", most=30, seconds=60)
    COMMENTS.charge(person.pk)  # raises RateLimited with the time to wait

A person is counted by id, somebody who is not signed in by address. The system (None) is not counted, nor what a
command on the server does in people's names (`uncounted`). Counts are kept in Redis for all processes together, as long
as it answers, else in this process. Charging waits for Redis at most `REDIS_SECONDS`; in a service it comes before
`atomic()`, so that no row is locked meanwhile.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from realtime.clock import SystemClock
from realtime.conf import realtime_settings
from realtime.errors import RateLimited
from realtime.log.attempts import done_before, note_done
from realtime.log.installation import database_id
from realtime.people.limits.bucket import Rate
from realtime.people.limits.memory import MemoryPoints
from realtime.people.limits.redis import TAKE_POINTS, points_key

T = TypeVar("T")

logger = logging.getLogger(__name__)

REDIS_SECONDS = 0.5
_PAUSE_SECONDS = 1.0
"""After a failure Redis is left alone for so long: one that hangs costs one wait in that time, not one an act."""

ACTS: dict[str, "Act"] = {}
"""Every declared act by its name."""

_uncounted: ContextVar[bool] = ContextVar("uncounted", default=False)


class Act:
    """Something that one may do `most` times at once, and again as the time comes back: all of it in `seconds`.

    `ACT_LIMITS = {name: (most, seconds)}` in the settings gives other numbers.
    """

    def __init__(self, name: str, *, most: int, seconds: float) -> None:
        if name in ACTS:
            raise TypeError(f"The act {name} is declared twice.")
        self.name, self.most, self.seconds = name, most, seconds
        ACTS[name] = self

    @property
    def rate(self) -> Rate:
        most, seconds = getattr(settings, "ACT_LIMITS", {}).get(self.name, (self.most, self.seconds))
        return Rate(per_second=most / seconds, burst=most)

    def charge(self, who: int | str | None) -> None:
        """Counts the act once for a person (id) or an address; None and "" are not counted. From any thread.

        Raises RateLimited with the time to wait; what is refused is not counted.
        """
        if who in (None, "") or _uncounted.get():
            return
        key = f"act:{self.name}:{'person' if isinstance(who, int) else 'address'}:{who}"
        if done_before(key):
            return
        if wait_ms := _counts.take(key, self.rate):
            raise RateLimited(retry_after_ms=wait_ms)
        note_done(key)


@contextmanager
def uncounted() -> Iterator[None]:
    """Lets the block act in people's names without counting: for commands on the server."""
    before = _uncounted.set(True)
    try:
        yield
    finally:
        _uncounted.reset(before)


def forget_counts() -> None:
    """Forgets what this process has counted; for tests."""
    _counts.forget()


class _Counts:
    """The buckets, for any thread of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resting_until = 0.0
        self.forget()

    def forget(self) -> None:
        self._own = MemoryPoints(SystemClock())

    def take(self, key: str, rate: Rate) -> int:
        """Takes a point and returns 0, or the milliseconds until there is one."""
        url = realtime_settings().redis_url
        if url and time.monotonic() >= self._resting_until:
            try:
                return _take_shared(url, key, rate)
            except (RedisError, OSError) as error:
                self._resting_until = time.monotonic() + _PAUSE_SECONDS
                logger.warning("Redis does not answer; acts are counted in this process alone: %s", error)
        with self._lock:
            return self._own.take_now(key, rate, 1, 1)[1]


_counts = _Counts()


def _take_shared(url: str, key: str, rate: Rate) -> int:
    take = _redis(url).register_script(TAKE_POINTS.source)
    bucket = points_key(f"{realtime_settings().redis_prefix}.{database_id()}", key)
    _, wait_ms = take([bucket], [rate.per_second, rate.burst, 1, 1, ""])
    return int(wait_ms)


@lru_cache(maxsize=4)
def _redis(url: str) -> Redis:
    """Returns a client with connections of its own, which any thread may use."""
    return Redis.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
