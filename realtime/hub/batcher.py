"""Carries out in one batch what is asked while the one before is on its way. No timer: nobody waits for company."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from realtime.errors import Unavailable

Q = TypeVar("Q")
A = TypeVar("A")

MOST_AT_ONCE = 500
"""As many questions are one batch: more would only keep the first of them waiting."""
MOST_WAITING = 50_000
"""Questions beyond it are refused: whoever asks them would have left before it is their turn."""
_ANSWERED_AT_ONCE = 50
"""So many answers are given in one turn of the loop: each of them sets somebody going."""


class Batcher(Generic[Q, A]):
    """Collects questions; `carry_out` takes a list of them and answers each in its order. Belongs to a loop.

    Questions are carried out in the order of asking, one batch at a time: who asks two gets the second answer from the
    same batch as the first, or from a later one. A question is never answered from a batch that began before it was
    asked.

    An answer that is an exception is raised by its own question alone, what `carry_out` raises by all of its list. Who
    does not wait any more takes nothing from the others; a question that nobody waits for is not carried out.
    """

    def __init__(
        self, carry_out: Callable[[list[Q]], Awaitable[Sequence[A | Exception]]], *, most: int = MOST_AT_ONCE
    ) -> None:
        self._carry_out = carry_out
        self._most = most
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def ask(self, question: Q) -> asyncio.Future[A]:
        """Returns the answer to come. Raises its error, Unavailable when too many are waiting."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        if len(self._waiting) >= MOST_WAITING:
            future.set_exception(Unavailable(retry_after_ms=1000))
            return future
        self._waiting.append((question, future))
        if self._task is None:
            self._task = loop.create_task(self._go_on())
        return future

    async def _go_on(self) -> None:
        try:
            while batch := self._next():
                try:
                    answers: Sequence[A | Exception] = await self._carry_out([question for question, _ in batch])
                except Exception as error:
                    answers = [error] * len(batch)
                for number, ((_, future), answer) in enumerate(zip(batch, answers, strict=True), 1):
                    _settle(future, answer)
                    if number % _ANSWERED_AT_ONCE == 0:
                        await asyncio.sleep(0)
        finally:
            self._task = None

    def _next(self) -> list[tuple[Q, asyncio.Future[A]]]:
        batch: list[tuple[Q, asyncio.Future[A]]] = []
        while self._waiting and len(batch) < self._most:
            asked = self._waiting.popleft()
            if not asked[1].done():
                batch.append(asked)
        return batch


def _settle(future: asyncio.Future[A], answer: A | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
        future.exception()  # nobody may be waiting any more
    else:
        future.set_result(answer)
