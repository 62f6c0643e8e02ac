"""Lanes: commands that write go one after another per room and process, so that they never fight over its head."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from django.db import Error, connections
from django.db import connection as database

from realtime.errors import Unavailable
from realtime.hub.threads import DatabaseThreads, settle
from realtime.log.attempts import one_work
from realtime.log.writing import MAX_ROOMS, Unit, atomic

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH = 32
"""How many commands share a transaction at most."""

Result: TypeAlias = tuple[Any, BaseException | None]


@dataclass(slots=True)
class _Work:
    function: Callable[[], Any]
    future: asyncio.Future[Any]
    batchable: bool


class Lanes:
    """One transaction in flight per lane; what queues meanwhile is the next one, in which one may fail alone.

    There is no timer: alone, a command waits for nobody. On PostgreSQL a lane is a room, so that one stuck
    room delays no other as long as fewer lanes than threads are stuck; SQLite, with its one writer, has one lane.
    """

    def __init__(self, threads: int) -> None:
        self._single = database.vendor == "sqlite"
        self._threads = DatabaseThreads("lane", 1 if self._single else threads, keep=True)
        self._waiting: dict[str, deque[_Work]] = {}

    async def run(self, lane: str, function: Callable[[], T], *, batchable: bool = False) -> T:
        """Returns what `function` returns, called in a thread after everything that came before it in its lane.

        `batchable`: it may share a transaction with its neighbours; it is then called inside `atomic()`, and
        again when the shared one failed. Cancelling the caller does not stop what has begun.
        """
        loop = asyncio.get_running_loop()
        work = _Work(one_work(function), loop.create_future(), batchable)
        key = "" if self._single else lane
        queue = self._waiting.get(key)
        if queue is None:
            queue = self._waiting[key] = deque()
            loop.call_soon(self._go_on, key)  # what comes in the same turn shares the transaction
        queue.append(work)
        result: T = await work.future
        return result

    def _go_on(self, key: str) -> None:
        queue = self._waiting[key]
        if not queue:
            del self._waiting[key]
            return
        batch = _next_batch(queue)
        functions = [work.function for work in batch]
        job = self._threads.submit(partial(_run_batch if len(batch) > 1 else _run_each, functions))
        job.add_done_callback(partial(self._settle, key, batch))

    def _settle(self, key: str, batch: list[_Work], job: asyncio.Future[list[Result]]) -> None:
        failure = job.exception()
        results = [(None, failure)] * len(batch) if failure is not None else job.result()
        for work, (value, error) in zip(batch, results, strict=True):
            settle(work.future, value, error)
        self._go_on(key)

    async def stop(self) -> None:
        """Waits for what runs and ends the threads."""
        await self._threads.stop()


def _next_batch(queue: deque[_Work]) -> list[_Work]:
    batch = [queue.popleft()]
    while batch[0].batchable and queue and queue[0].batchable and len(batch) < BATCH:
        batch.append(queue.popleft())
    return batch


def _run_each(functions: list[Callable[[], Any]]) -> list[Result]:
    return [_run(function) for function in functions]


def _run_batch(functions: list[Callable[[], Any]]) -> list[Result]:
    """Runs all in one transaction; a refusal undoes its own command alone, a database error the shared attempt.

    Most batches hold no refusal, so the first attempt does without savepoints, also those of the services themselves:
    each would be two round trips to the database. Only when a command fails, or a service has caught what rolls its own
    block back, all are run again, each in its own. When the commit itself fails they are not run again: it may have
    happened, and not every command has a requestId.
    """
    try:
        return _share(functions, _run_bare)
    except (Error, Unavailable):
        logger.debug("A batch of %d commands failed; each runs alone.", len(functions), exc_info=True)
    except Exception:
        try:
            return _share(functions, _run_in_savepoint)
        except Exception:
            logger.debug("A batch of %d commands failed; each runs alone.", len(functions), exc_info=True)
    return _run_each(functions)


def _share(functions: list[Callable[[], Any]], run: Callable[[Callable[[], Any]], Result]) -> list[Result]:
    """Returns the results of one transaction. Raises what made it roll back; what its commit raised is a result."""
    unit: Unit | None = None
    try:
        with atomic(max_rooms=MAX_ROOMS * len(functions)) as unit:
            unit.whole = run is _run_bare
            return [run(function) for function in functions]
    except Exception as error:
        if unit is not None and unit.flushed:
            return [(None, error)] * len(functions)
        raise


def _run_bare(function: Callable[[], Any]) -> Result:
    return function(), None


def _run_in_savepoint(function: Callable[[], Any]) -> Result:
    try:
        with atomic():
            return function(), None
    except (Error, Unavailable):
        raise
    except Exception as error:
        return None, error


def _run(function: Callable[[], Any]) -> Result:
    try:
        return function(), None
    except Error as error:
        connections.close_all()  # as the threads do themselves with what comes so far: the next gets a fresh one
        return None, error
    except Exception as error:
        return None, error
