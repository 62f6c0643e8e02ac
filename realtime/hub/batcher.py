"""Asks the database one question for many: what is asked while an answer is on its way is asked in one go next."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import Generic, TypeVar

from realtime.hub.threads import DatabaseThreads

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")


MOST = 2_000
"""As many questions are asked in one go: more would only keep the first of them waiting."""


class Batcher(Generic[Q, A]):
    """Collects questions of one kind; `answer` takes a list of them, sync, and answers each in order.

    An answer that is an exception is raised by its own question alone.

    A question is never answered from a reading that began before it was asked.
    """

    def __init__(self, threads: DatabaseThreads, answer: Callable[[list[Q]], Sequence[A | Exception]]) -> None:
        self._threads = threads
        self._answer = answer
        self._waiting: dict[Q, asyncio.Future[A]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """Returns the answer. Raises what `answer` raised."""
        loop = asyncio.get_running_loop()
        future = self._waiting.get(question)
        if future is None:
            future = self._waiting[question] = loop.create_future()
            if self._task is None:
                self._task = loop.create_task(self._ask_all())
        return await asyncio.shield(future)

    async def _ask_all(self) -> None:
        try:
            while self._waiting:
                waiting = dict(islice(self._waiting.items(), MOST))
                for question in waiting:
                    del self._waiting[question]
                try:
                    answers = await self._threads.run(self._answer, list(waiting))
                except Exception as error:
                    for future in waiting.values():
                        future.set_exception(error)
                        future.exception()  # nobody may be waiting any more
                    continue
                for future, answer in zip(waiting.values(), answers, strict=True):
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                        future.exception()
                    else:
                        future.set_result(answer)
        finally:
            self._task = None
