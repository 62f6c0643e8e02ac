"""Threads that write to the database, and commits that wait for a word."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction

T = TypeVar("T")
PATIENCE_S = 30


class Threads:
    """Runs functions in threads whose database connections end with the function."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)

    def run(self, work: Callable[[], T]) -> Future[T]:
        def closing() -> T:
            try:
                return work()
            finally:
                connection.close()

        return self._pool.submit(closing)

    def end(self) -> None:
        self._pool.shutdown()


class HeldCommit:
    """A transaction in a thread of its own that has written everything, and commits when it is let go."""

    def __init__(self, threads: Threads, write: Callable[[], object]) -> None:
        self._let_go = threading.Event()
        written = threading.Event()

        def held() -> None:
            wrapper = transaction.get_connection()
            commit = wrapper.commit

            def late() -> None:
                written.set()
                assert self._let_go.wait(PATIENCE_S)
                commit()

            wrapper.commit = late  # type: ignore[method-assign]  # of this thread's connection alone
            try:
                write()
            finally:
                wrapper.commit = commit  # type: ignore[method-assign]  # as it was

        self.done = threads.run(held)
        assert written.wait(PATIENCE_S)

    def let_go(self) -> None:
        self._let_go.set()
        self.done.result(PATIENCE_S)


@contextmanager
def threads_of(size: int) -> Iterator[Threads]:
    """Yields so many threads and waits for them at the end."""
    threads = Threads(size)
    try:
        yield threads
    finally:
        threads.end()


def until(true: Callable[[], bool]) -> None:
    """Returns once `true()` is, for what tells nobody when it happens: another thread's wait for a lock."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.002)
