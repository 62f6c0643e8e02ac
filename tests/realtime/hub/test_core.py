"""What the pieces of a hub share: its tasks, and a name of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime.hub.core import HubCore

pytestmark = pytest.mark.either_database


@pytest.fixture
async def core() -> AsyncIterator[HubCore]:
    made = HubCore(asyncio.get_running_loop())
    yield made
    for threads in (made.readers, made.handlers):
        await threads.stop()


async def test_a_task_gives_its_result_and_is_forgotten_when_it_is_over(core: HubCore) -> None:
    async def answer() -> int:
        return 42

    task = core.spawn(answer())
    assert core._tasks == {task}
    assert await task == 42
    assert core._tasks == set()


async def test_what_a_task_raises_is_logged_although_nobody_waits_for_it(
    core: HubCore, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("a defect")

    await asyncio.wait([core.spawn(fail())])
    assert "A task of the hub failed." in caplog.text
    assert "ZeroDivisionError: a defect" in caplog.text


async def test_a_task_that_is_cancelled_is_no_failure(core: HubCore, caplog: pytest.LogCaptureFixture) -> None:
    task = core.spawn(asyncio.Event().wait())
    task.cancel()
    await asyncio.wait([task])
    assert (caplog.text, core._tasks) == ("", set())


async def test_each_hub_has_a_name_of_its_own(core: HubCore) -> None:
    assert core.id != HubCore(core.loop).id
