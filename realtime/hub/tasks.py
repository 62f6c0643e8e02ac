"""Ends tasks for certain."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

_AGAIN_SECONDS = 0.5


async def end(tasks: Callable[[], Collection[asyncio.Task[Any]]]) -> None:
    """Cancels what `tasks` returns until all have ended, also those that begin meanwhile; what they raise is dropped.

    Again and again: before Python 3.12 `asyncio.wait_for` loses a cancellation that comes as its wait is over.
    Source: python/cpython#86296.
    """
    while running := [task for task in tasks() if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_AGAIN_SECONDS)
