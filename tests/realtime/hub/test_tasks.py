"""Ending tasks that would rather not."""

import asyncio

import pytest

from realtime.hub import tasks
from realtime.hub.tasks import end


async def test_a_task_that_loses_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_AGAIN_SECONDS", 0.01)
    lost = 0

    async def forgetful() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    running = {asyncio.create_task(forgetful()), asyncio.create_task(asyncio.Event().wait())}
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(lambda: running)
    assert (lost, all(task.cancelled() for task in running)) == (3, True)
