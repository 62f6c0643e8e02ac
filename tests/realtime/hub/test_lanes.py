"""Lanes: commands for one room share transactions, and one that fails fails alone."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
from django.db import Error, IntegrityError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

import realtime
from realtime.errors import Conflict
from realtime.hub.lanes import BATCH, Lanes
from realtime.log.idempotency import run_once
from realtime.models import Event, Lease
from tests.realtime.examples import BenchRoom, Spoken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def lanes(transactional_db: None) -> AsyncIterator[Lanes]:
    made = Lanes(4)
    yield made
    await made.stop()


def speaks(text: str) -> Callable[[], str]:
    def speak() -> str:
        with realtime.atomic():
            realtime.emit(BenchRoom(1), Spoken(text=text))
        return text

    return speak


def refuses() -> None:
    with realtime.atomic():
        realtime.emit(BenchRoom(1), Spoken(text="never"))
        raise Conflict


def breaks_a_constraint() -> None:
    for _ in range(2):
        Lease.objects.create(name="twice", holder="test", expires_at="2030-01-01T00:00:00Z")


class Gate:
    """Holds a lane until it is opened, so that what comes next must queue."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def __call__(self) -> None:
        assert self._opened.wait(10)

    def open(self) -> None:
        self._opened.set()


async def texts(lanes: Lanes) -> list[str]:
    def read() -> list[str]:
        return [json.loads(event.payload)["text"] for event in Event.objects.order_by("seq")]

    return await lanes.run("bench:1", read)


async def test_what_queues_while_a_lane_is_busy_is_committed_together(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import lanes as module

    batches: list[int] = []
    run_batch = module._run_batch
    monkeypatch.setattr(
        module, "_run_batch", lambda functions: (batches.append(len(functions)), run_batch(functions))[1]
    )
    gate = Gate()
    first = asyncio.create_task(lanes.run("bench:1", gate))
    spoken = [asyncio.create_task(lanes.run("bench:1", speaks(str(n)), batchable=True)) for n in range(BATCH + 3)]
    await asyncio.sleep(0)
    gate.open()
    assert await asyncio.gather(*spoken) == [str(n) for n in range(BATCH + 3)]
    await first
    assert batches == [BATCH, 3]
    assert await texts(lanes) == [str(n) for n in range(BATCH + 3)]


async def test_one_refused_command_leaves_its_neighbours_alone(lanes: Lanes) -> None:
    gate = Gate()
    tasks = [asyncio.create_task(lanes.run("bench:1", gate))]
    tasks += [
        asyncio.create_task(lanes.run("bench:1", work, batchable=True)) for work in (speaks("a"), refuses, speaks("b"))
    ]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[2], Conflict)
    assert results[1::2] == ["a", "b"]
    assert await texts(lanes) == ["a", "b"]


async def test_a_batch_without_a_refusal_needs_no_savepoint_for_each_command(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    savepoints: list[str] = []
    monkeypatch.setattr(BaseDatabaseWrapper, "_savepoint", lambda self, name: savepoints.append(name))
    gate = Gate()
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(lanes.run("bench:1", gate))]
    for text in "abc":
        spoken = partial(run_once, "user:1", None, "", partial(realtime.emit, BenchRoom(1), Spoken(text=text)))
        tasks.append(asyncio.create_task(lanes.run("bench:1", spoken, batchable=True)))
    tasks.append(asyncio.create_task(lanes.run("bench:1", speaks("d"), batchable=True)))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*tasks)
    assert await texts(lanes) == ["a", "b", "c", "d"]
    assert savepoints == []


@pytest.mark.parametrize("goes_on", [True, False], ids=["and speaks", "and is silent"])
async def test_a_service_that_catches_a_refusal_inside_it_has_only_that_rolled_back(
    lanes: Lanes, goes_on: bool
) -> None:
    def caught() -> str:
        with realtime.atomic():
            with contextlib.suppress(Conflict):
                refuses()
            if goes_on:
                speaks("caught")()
        return "caught"

    gate = Gate()
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(lanes.run("bench:1", gate))]
    for function in (speaks("a"), caught, speaks("b")):
        tasks.append(asyncio.create_task(lanes.run("bench:1", function, batchable=True)))
    await asyncio.sleep(0)
    gate.open()
    assert (await asyncio.gather(*tasks))[1:] == ["a", "caught", "b"]
    assert await texts(lanes) == ["a", *(["caught"] if goes_on else []), "b"]


async def test_what_a_service_catches_last_in_a_batch_is_rolled_back_alone(lanes: Lanes) -> None:
    def caught() -> None:
        with realtime.atomic(), contextlib.suppress(Conflict):
            refuses()

    gate = Gate()
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(lanes.run("bench:1", gate))]
    for function in (speaks("a"), caught):
        tasks.append(asyncio.create_task(lanes.run("bench:1", function, batchable=True)))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(*tasks)
    assert await texts(lanes) == ["a"]


async def test_a_database_error_fails_its_own_command_only(lanes: Lanes) -> None:
    gate = Gate()
    tasks = [asyncio.create_task(lanes.run("bench:1", gate))]
    tasks += [
        asyncio.create_task(lanes.run("bench:1", work, batchable=True))
        for work in (speaks("a"), breaks_a_constraint, speaks("b"))
    ]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[2], IntegrityError)
    assert results[1::2] == ["a", "b"]
    assert await texts(lanes) == ["a", "b"]


async def test_a_commit_that_may_have_happened_is_not_tried_again(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = BaseDatabaseWrapper.commit

    def commit_and_lose_the_connection(self: BaseDatabaseWrapper) -> None:
        monkeypatch.undo()
        commit(self)
        raise OperationalError("the server closed the connection unexpectedly")

    gate = Gate()
    tasks = [asyncio.create_task(lanes.run("bench:1", gate))]
    tasks += [asyncio.create_task(lanes.run("bench:1", speaks(text), batchable=True)) for text in "ab"]
    await asyncio.sleep(0)
    monkeypatch.setattr(BaseDatabaseWrapper, "commit", commit_and_lose_the_connection)
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results[1:]] == [OperationalError, OperationalError]
    assert await texts(lanes) == ["a", "b"]


async def test_a_batch_that_fails_as_a_whole_does_not_end_its_lane(lanes: Lanes) -> None:
    def speaks_everywhere() -> None:
        with realtime.atomic():
            for bench in range(1, 30):
                realtime.emit(BenchRoom(bench), Spoken(text="too wide"))

    gate = Gate()
    tasks = [asyncio.create_task(lanes.run("bench:1", gate))]
    tasks += [
        asyncio.create_task(lanes.run("bench:1", work, batchable=True))
        for work in (speaks("a"), speaks_everywhere, speaks("b"))
    ]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[2], RuntimeError)
    assert await texts(lanes) == ["a", "b"]


@pytest.mark.parametrize("together", [False, True])
async def test_a_command_that_raises_what_no_future_takes_does_not_end_its_lane(lanes: Lanes, together: bool) -> None:
    def finds_nothing() -> Any:
        return next(text for text in ["a"] if text == "b")

    gate = Gate()
    tasks = [asyncio.create_task(lanes.run("bench:1", gate))]
    tasks += [
        asyncio.create_task(lanes.run("bench:1", work, batchable=together)) for work in (finds_nothing, speaks("a"))
    ]
    await asyncio.sleep(0)
    gate.open()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[1], RuntimeError)
    assert isinstance(results[1].__cause__, StopIteration)
    assert await texts(lanes) == ["a"]


async def test_a_stuck_lane_delays_no_other(lanes: Lanes) -> None:
    if lanes._single:
        pytest.skip("SQLite has one writer")
    gate = Gate()
    stuck = asyncio.create_task(lanes.run("bench:1", gate))
    assert await lanes.run("bench:2", speaks("elsewhere"), batchable=True) == "elsewhere"
    assert not stuck.done()
    gate.open()
    await stuck


async def test_a_connection_that_broke_over_a_bare_read_is_not_the_next_ones(lanes: Lanes) -> None:
    """Inside `atomic()` it is given up with the transaction; here nothing else does it."""

    def break_and_read() -> int:
        connection.ensure_connection()
        connection.connection.close()
        return Lease.objects.count()

    with pytest.raises(Error):
        await lanes.run("bench:1", break_and_read)
    assert await lanes.run("bench:1", Lease.objects.count) == 0
