"""Functions in threads: what comes back, who is called at all, and what becomes of a database that goes away."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from realtime.errors import Unavailable
from realtime.hub.threads import DatabaseThreads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["kept", "given back"])
async def threads(request: pytest.FixtureRequest) -> AsyncIterator[DatabaseThreads]:
    running = DatabaseThreads("test", 2, keep=request.param)
    yield running
    await running.stop()


def fail(cause: Exception) -> None:
    raise OperationalError("server closed the connection unexpectedly") from cause


async def test_an_absent_database_is_unavailable(threads: DatabaseThreads) -> None:
    with pytest.raises(Unavailable):
        await threads.run(fail, psycopg.OperationalError("server closed the connection unexpectedly"))


async def test_what_the_database_refuses_comes_out_as_it_is(threads: DatabaseThreads) -> None:
    with pytest.raises(OperationalError):
        await threads.run(fail, psycopg.errors.DiskFull("no space left on device"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's connections come from a pool")
async def test_a_file_is_opened_once_for_each_thread_and_again_after_an_error(threads: DatabaseThreads) -> None:
    def opened() -> Any:
        connection.ensure_connection()
        return connection.connection

    first = await threads.run(opened)
    assert await threads.run(opened) is first
    with pytest.raises(OperationalError):
        await threads.run(fail, psycopg.errors.DiskFull("no space left on device"))
    assert await threads.run(opened) is not first


async def test_as_many_run_at_once_as_there_are_threads_and_no_more(threads: DatabaseThreads) -> None:
    both_are_here = threading.Barrier(3)
    let_go = threading.Event()

    def meet() -> str:
        both_are_here.wait(10)
        assert let_go.wait(10)
        return threading.current_thread().name

    met = [asyncio.create_task(threads.run(meet)) for _ in range(2)]
    await asyncio.to_thread(both_are_here.wait, 10)
    third = asyncio.create_task(threads.run(lambda: threading.current_thread().name))
    await asyncio.sleep(0)
    let_go.set()
    names = set(await asyncio.gather(*met))
    assert names == {"realtime-test_0", "realtime-test_1"}
    assert await third in names


async def test_a_thread_that_is_free_is_taken_before_another_begins(threads: DatabaseThreads) -> None:
    names = {await threads.run(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"realtime-test_0"}


async def test_what_is_cancelled_before_its_turn_is_not_called(threads: DatabaseThreads) -> None:
    called: list[str] = []
    let_go = threading.Event()
    busy = [asyncio.create_task(threads.run(let_go.wait, 10)) for _ in range(2)]
    given_up = asyncio.create_task(threads.run(called.append, "given up"))
    kept = asyncio.create_task(threads.run(called.append, "kept"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])
    let_go.set()
    await asyncio.gather(*busy, kept)
    assert called == ["kept"]


async def test_an_end_of_iteration_comes_out_as_an_error_instead_of_never(threads: DatabaseThreads) -> None:
    def finds_nothing() -> Any:
        return next(iter(()))

    with pytest.raises(RuntimeError) as raised:
        await threads.run(finds_nothing)
    assert isinstance(raised.value.__cause__, StopIteration)


async def test_stopping_waits_for_what_was_asked_for_and_leaves_no_thread() -> None:
    stopping = DatabaseThreads("test", 2, keep=True)

    def query() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 7")
            return cursor.fetchone()[0]

    asked = asyncio.create_task(stopping.run(query))
    await asyncio.sleep(0)
    await stopping.stop()
    assert await asked == 7
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("realtime-test")]
    with pytest.raises(RuntimeError):
        await stopping.run(query)
