"""Threads with database connections of their own, apart by purpose, so that blocked writers never starve delivery."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeAlias, TypeVar

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections
from django.db import connection as database

from realtime.errors import Unavailable
from realtime.log.flushing import is_outage

P = ParamSpec("P")
T = TypeVar("T")

_Job: TypeAlias = tuple[asyncio.Future[Any], Callable[[], Any]]


def settle(future: asyncio.Future[T], value: T, error: BaseException | None) -> None:
    """Gives a future its result, or the error if there is one, unless nobody waits for it any more."""
    if future.done():
        return
    if error is None:
        future.set_result(value)
    elif isinstance(error, StopIteration):  # which no future takes
        failure = RuntimeError("What ran in a thread raised StopIteration.")
        failure.__cause__ = error
        future.set_exception(failure)
    else:
        future.set_exception(error)


class DatabaseThreads:
    """A few threads that run sync functions for one loop; each begins when all others are busy.

    `keep`: a thread keeps its database connection between calls (the hub's reads, the lanes), and drops it
    after a database error; otherwise each call gives it back to the pool. SQLite has none: opening its file anew
    takes 2 ms, a seventh of what a crowd costs that comes back, so there all are kept.

    An executor would make a second future, with a lock, for each call and chain the two.
    """

    def __init__(self, name: str, count: int, *, keep: bool) -> None:
        self._name = name
        self._count = count
        self._keep = keep or database.vendor == "sqlite"
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle: deque[None] = deque(maxlen=count)
        """One for each thread that is done with a job and has got no other. Threads add to it, the loop takes."""
        self._stopped = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Returns what `function` returns; what it raises comes out here, an absent database as Unavailable.

        Cancelled before its turn, it is not called; later it runs to its end. Raises RuntimeError after `stop`.
        """
        return await self.submit(partial(function, *args, **kwargs))

    def submit(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Does what `run` does, for whoever has something to do until the future is done."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._stopped:
            future.set_exception(RuntimeError(f"The threads realtime-{self._name} have been stopped."))
            return future
        if self._idle:
            self._idle.pop()
        elif len(self._threads) < self._count:
            name = f"realtime-{self._name}_{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put((future, function))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, function = job
            value, error = None, None
            if not future.cancelled():
                try:
                    value = self._call(function)
                except BaseException as raised:
                    error = raised
            self._idle.append(None)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                future.get_loop().call_soon_threadsafe(settle, future, value, error)
            del job, future, function, value, error  # not to be kept alive while there is nothing to do
        connections.close_all()

    def _call(self, function: Callable[[], T]) -> T:
        try:
            return self._connected(function)
        except (OperationalError, InterfaceError) as error:
            if is_outage(error):
                raise Unavailable(retry_after_ms=1000) from error
            raise

    def _connected(self, function: Callable[[], T]) -> T:
        if not self._keep:
            close_old_connections()
            try:
                return function()
            finally:
                close_old_connections()
        try:
            return function()
        except Error:
            connections.close_all()
            raise

    async def stop(self) -> None:
        """Waits for what was asked for, ends the threads and closes their database connections."""
        self._stopped = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
