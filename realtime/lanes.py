"""Lanes: commands that write go one after another per room and process, so that they never fight over its head."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection as database

T = TypeVar("T")


class Lanes:
    """One transaction in flight per lane; SQLite, with its one writer, has one lane.

    What waits in a lane keeps its order. One stuck lane holds one thread and delays no other lane, as long
    as fewer lanes than threads are stuck.
    """

    def __init__(self, threads: int) -> None:
        from realtime.hub.threads import DatabaseThreads

        self._single = database.vendor == "sqlite"
        self._threads = DatabaseThreads("lane", 1 if self._single else threads, keep=True)
        self._waiting: dict[str, deque[tuple[Callable[[], Any], asyncio.Future[Any]]]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, lane: str, work: Callable[[], T]) -> T:
        """Returns what `work` returns, called in a thread after everything that came before it in its lane.

        Cancelling the caller does not stop work that has begun.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        key = "" if self._single else lane
        queue = self._waiting.get(key)
        if queue is None:
            queue = self._waiting[key] = deque()
            task = loop.create_task(self._drive(key, queue))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        queue.append((work, future))
        return await future

    async def _drive(self, key: str, queue: deque[tuple[Callable[[], Any], asyncio.Future[Any]]]) -> None:
        while queue:
            work, future = queue.popleft()
            if future.cancelled():
                continue
            try:
                result = await self._threads.run(work)
            except Exception as error:
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(result)
        del self._waiting[key]

    def stop(self) -> None:
        """Waits for what runs and ends the threads."""
        self._threads.stop()
