"""A thousand people who join a room: Redis asked in batches, by redis-py's pipeline, and one by one."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from benchmarks.choices.tables import table
from realtime.clock import SystemClock
from realtime.errors import Unavailable
from realtime.people.presence import redis as presence
from realtime.people.presence.store import Holding, State
from realtime.people.redis_link import RedisLink

PEOPLE = 1000
TURN = 100
"""So many people come in one turn of the loop, as the tracker hands them over."""
TIMEOUT_S = 0.2
CALLS = 10


class _Sent:
    count = 0


@contextmanager
def _counting() -> Iterator[_Sent]:
    """Counts what is sent to Redis: each time somebody waits for it."""
    sent, original = _Sent(), Connection.send_packed_command

    async def counted(self: Any, command: Any, check_health: bool = True) -> None:
        sent.count += 1
        await original(self, command, check_health)

    Connection.send_packed_command = counted  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        Connection.send_packed_command = original  # type: ignore[method-assign]


def _plain(url: str, *, timeout: float | None = None) -> Redis:
    retry = Retry(NoBackoff(), 0)
    return Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=retry, decode_responses=True
    )


async def _joins(url: str) -> list[list[object]]:
    link, redis = RedisLink(url, SystemClock()), _plain(url)
    ours = presence.RedisPresence(link, "choice", "process")
    script = redis.register_script(presence._HOLD.source)
    rows: list[list[object]] = []

    def holdings(room: str, first: int) -> list[Holding]:
        return [Holding(room, number, f"p{number}", State.HERE) for number in range(first, first + TURN)]

    def arguments(holding: Holding) -> dict[str, Any]:
        _, count, *rest = ours._hold(holding)
        return {"keys": rest[:count], "args": rest[count:]}

    async def by_link(room: str) -> None:
        for first in range(0, PEOPLE, TURN):
            await ours.exchange(holdings(room, first))

    async def by_pipeline(room: str) -> None:
        for first in range(0, PEOPLE, TURN):
            pipeline = redis.pipeline(transaction=False)
            pipeline.sadd(ours._rooms_of("process"), room)
            pipeline.hget("choice", "id")
            for holding in holdings(room, first):
                await script(client=pipeline, **arguments(holding))
            await pipeline.execute()

    async def one_by_one(room: str) -> None:
        for first in range(0, PEOPLE, TURN):
            for holding in holdings(room, first):
                await script(**arguments(holding))

    ways: dict[str, Callable[[str], Awaitable[None]]] = {
        "the link (chosen)": by_link,
        "redis-py's pipeline and scripts": by_pipeline,
        "one call of redis-py for each": one_by_one,
    }
    for name, way in ways.items():
        await way("warm")
        with _counting() as sent:
            cpu = time.process_time()
            await way(name)
            rows.append([name, sent.count, (time.process_time() - cpu) / PEOPLE * 1e6])
    await link.close()
    await redis.aclose()
    return rows


async def _hangs(pause: Callable[[], None], resume: Callable[[], None], url: str) -> dict[str, float]:
    """Returns how long ten callers, one after another, wait in all for a Redis that does not answer."""
    link, redis = RedisLink(url, SystemClock(), timeout=TIMEOUT_S), _plain(url, timeout=TIMEOUT_S)

    async def ask_link() -> None:
        await link.run([("GET", "x")])

    async def ask_redis() -> None:
        await redis.get("x")

    waits: dict[str, float] = {}
    await ask_link()
    await ask_redis()
    pause()
    for name, ask in (("link", ask_link), ("redis-py", ask_redis)):
        began = time.monotonic()
        for _ in range(CALLS):
            try:
                await ask()
            except (Unavailable, RedisError, OSError, TimeoutError):
                continue
        waits[name] = (time.monotonic() - began) * 1000
    resume()
    await link.close()
    await redis.aclose()
    return waits


def measure() -> list[str]:
    """Returns round trips, CPU, and what a Redis that hangs costs."""
    from tests.services import Valkey

    rows = asyncio.run(_joins(os.environ["REDIS_URL"]))
    server = Valkey()
    try:
        waits = asyncio.run(_hangs(server.pause, server.resume, server.url))
    finally:
        server.stop()
    for row, name in zip(rows, ("link", "redis-py", "redis-py"), strict=True):
        row.append(waits[name])
    columns = (
        "1,000 joins, 100 in a turn",
        "round trips",
        "CPU µs per join",
        f"ms that {CALLS} callers wait for a Redis that hangs",
    )
    return table(columns, rows)
