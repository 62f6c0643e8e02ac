"""Threads with database connections of their own, apart by purpose, so that blocked writers never starve delivery."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections

from realtime.errors import Unavailable
from realtime.flushing import is_outage

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class DatabaseThreads:
    """A few threads that run sync functions for the loop.

    `keep`: a thread keeps its database connection between calls (the hub's reads, the lanes), and drops it
    after a database error; otherwise each call gives it back.
    """

    def __init__(self, name: str, count: int, *, keep: bool) -> None:
        self._count = count
        self._keep = keep
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=f"realtime-{name}")
        self._stopped = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Returns what `function` returns; what it raises comes out here, an absent database as Unavailable."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: self._call(function, *args, **kwargs))

    def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return self._connected(function, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if is_outage(error):
                raise Unavailable(retry_after_ms=1000) from error
            raise

    def _connected(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._keep:
            close_old_connections()
            try:
                return function(*args, **kwargs)
            finally:
                close_old_connections()
        try:
            return function(*args, **kwargs)
        except Error:
            connections.close_all()
            raise

    def stop(self) -> None:
        """Waits for what runs, closes every thread's database connection, ends the threads."""
        if self._stopped:
            return
        self._stopped = True
        everyone = threading.Barrier(self._count)

        def close() -> None:
            # Each thread takes exactly one of these, since nobody leaves before all have come.
            try:
                everyone.wait(timeout=5)
            except threading.BrokenBarrierError:
                logger.debug("A thread was still busy when the hub stopped.")
            connections.close_all()

        for _ in range(self._count):
            self._executor.submit(close)
        self._executor.shutdown(wait=True)
