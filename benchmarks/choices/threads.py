"""A read of the database from the loop: by our threads, and by what the libraries have for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from asgiref.sync import sync_to_async
from django.db import connection

from benchmarks.choices.tables import interleaved, table
from realtime.hub.threads import DatabaseThreads

CALLS = 400
AT_ONCE = 20
ROUNDS = 9
COUNT = 4

Run = Callable[[Callable[[], None]], Awaitable[None]]


def _nothing() -> None:
    pass


def _read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def _in_a_row(run: Run, function: Callable[[], None]) -> None:
    for _ in range(CALLS):
        await run(function)


async def _at_once(run: Run, function: Callable[[], None]) -> None:
    for _ in range(CALLS // AT_ONCE):
        await asyncio.gather(*(run(function) for _ in range(AT_ONCE)))


def measure() -> list[str]:
    """Returns CPU time per call of the whole process, loop and threads."""
    loop = asyncio.new_event_loop()
    threads, executor = DatabaseThreads("choice", COUNT, keep=True), ThreadPoolExecutor(COUNT)
    loop.set_default_executor(ThreadPoolExecutor(COUNT))
    ways: dict[str, Run] = {
        "our threads (chosen)": threads.run,
        "`run_in_executor`": lambda function: loop.run_in_executor(executor, function),
        "`asyncio.to_thread`": asyncio.to_thread,
        "`sync_to_async`, executor": lambda function: sync_to_async(
            function, thread_sensitive=False, executor=executor
        )(),
        "`sync_to_async`, thread-sensitive": lambda function: sync_to_async(function)(),
    }
    rows: list[tuple[object, ...]] = []
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for pattern in (_in_a_row, _at_once):
        for function in (_nothing, _read):
            acts = {name: partial(_through, loop, pattern, run, function) for name, run in ways.items()}
            for name, seconds in interleaved(acts, ROUNDS, time.process_time).items():
                figures[name].append(seconds / CALLS * 1e6)
    loop.run_until_complete(threads.stop())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    executor.shutdown()
    rows = [(name, *measured) for name, measured in figures.items()]
    columns = ("CPU µs per call", "nothing, in a row", "a read, in a row", "nothing, 20 at once", "a read, 20 at once")
    return table(columns, rows)


def _through(
    loop: asyncio.AbstractEventLoop,
    pattern: Callable[[Run, Callable[[], None]], Awaitable[None]],
    run: Run,
    function: Callable[[], None],
) -> None:
    async def act() -> None:
        await pattern(run, function)

    loop.run_until_complete(act())
