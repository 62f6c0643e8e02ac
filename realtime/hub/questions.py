"""What sessions need to know of the database, asked in batches."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, transaction

from realtime.errors import Unavailable
from realtime.hub.batcher import Batcher
from realtime.hub.threads import DatabaseThreads
from realtime.log.flushing import is_outage
from realtime.log.snapshots import snapshot

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")

Answering = Callable[[list[Q]], Sequence[A | Exception]]
"""Reads the answers to some questions, each asked once: sync, in a thread, within a snapshot of the database."""


class Questions:
    """Asks of one hub; belongs to its loop.

    All that is asked while a batch is on its way, of whatever kind, is the next batch: one call of a thread, one
    snapshot. So answers of one batch fit each other, and who asks for a room's place first and then whether somebody
    may be there is notified of every later change.

    When a question fails, it fails alone: its kind is asked again in parts. That the database is away concerns all.
    """

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads
        self._batcher: Batcher[tuple[Answering[Any, Any], Any], Any] = Batcher(self._ask_all)

    def ask(self, answering: Answering[Q, A], question: Q) -> asyncio.Future[A]:
        """Returns what `answering` answers to come; it is asked even if nobody awaits it. Raises its error."""
        return self._batcher.ask((answering, question))

    async def _ask_all(self, asked: list[tuple[Answering[Any, Any], Any]]) -> list[Any]:
        kinds: dict[Answering[Any, Any], dict[Any, None]] = {}
        for answering, question in asked:
            kinds.setdefault(answering, {})[question] = None
        answers = await self._threads.run(
            _answers, {answering: list(questions) for answering, questions in kinds.items()}
        )
        return [answers[answering][question] for answering, question in asked]


def _answers(kinds: dict[Answering[Any, Any], list[Any]]) -> dict[Answering[Any, Any], dict[Any, Any]]:
    try:
        return _in_snapshot(kinds, lambda answering, questions: answering(questions))
    except Exception as error:
        if _concerns_all(error):
            raise
    return _in_snapshot(kinds, _separately)


def _in_snapshot(
    kinds: dict[Answering[Any, Any], list[Any]],
    ask: Callable[[Answering[Any, Any], list[Any]], Sequence[Any]],
) -> dict[Answering[Any, Any], dict[Any, Any]]:
    with snapshot():
        return {
            answering: dict(zip(questions, ask(answering, questions), strict=True))
            for answering, questions in kinds.items()
        }


def _separately(answering: Answering[Q, A], questions: list[Q]) -> Sequence[A | Exception]:
    """Answers behind savepoints: who fails is found by halves, and the others keep the instant that all share."""
    try:
        with transaction.atomic():
            return answering(questions)
    except Exception as error:
        if _concerns_all(error):
            raise
        if len(questions) == 1:
            return [error]
    middle = len(questions) // 2
    return [*_separately(answering, questions[:middle]), *_separately(answering, questions[middle:])]


def _concerns_all(error: Exception) -> bool:
    return isinstance(error, Unavailable) or (isinstance(error, DatabaseError | InterfaceError) and is_outage(error))
