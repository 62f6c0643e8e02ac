"""Threads for requests, kept from one request to the next."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

KEPT = 32
"""Idle threads of a process. More at once come from requests that wait, and go with them: a thread takes 50 KB."""


class RequestThreads:
    """Gives each request a thread of its own: an idle one, or else a new one.

    asgiref begins two threads for a request that brings none, and the loop waits until each of them runs. While others
    were at work that took 10 ms of the loop twice a request: nine of ten late turns while authors saved long texts.

    For any loop; `one` may be entered by several at once.
    """

    def __init__(self) -> None:
        self._idle: deque[_Thread] = deque()

    @contextmanager
    def one(self) -> Iterator[ThreadPoolExecutor]:
        """Yields an executor with one thread, for `ThreadSensitiveContext`."""
        try:
            thread = self._idle.pop()  # the last that worked: its memory is still warm
        except IndexError:
            thread = _Thread()
        try:
            yield thread
        finally:
            thread.when_done(self._take_back)

    def _take_back(self, thread: "_Thread") -> None:
        if len(self._idle) < KEPT:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)


class _Thread(ThreadPoolExecutor):
    """One thread that knows whether it still works: a request may be gone before what it began is."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="request")
        self._last: Future[Any] | None = None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        last = self._last = super().submit(fn, *args, **kwargs)
        return last

    def when_done(self, then: Callable[["_Thread"], None]) -> None:
        """Calls back once nothing is under way, nor a database connection kept: at once, or from the thread."""
        last, self._last = self._last, None
        if last is None or (last.done() and not last.cancelled()):
            then(self)
        else:
            super().submit(self._leave, then)

    def _leave(self, then: Callable[["_Thread"], None]) -> None:
        # Whoever gave up on the request, as Daphne does where a client is gone while its view still works, has Django
        # say of it no more that it is finished.
        close_old_connections()
        then(self)
