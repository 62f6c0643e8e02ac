"""The clock of the machine, which the engine reads unless a test has put its own in its place."""

import asyncio
import time

import pytest

from realtime.clock import SystemClock

pytestmark = pytest.mark.either_database


async def test_it_says_what_time_it_is_and_calls_back_unless_it_is_told_not_to() -> None:
    clock, called = SystemClock(), asyncio.Event()
    before = time.time_ns() // 1_000_000
    assert before <= clock.now_ms() <= time.time_ns() // 1_000_000
    kept: list[str] = []
    clock.call_later(0, lambda: kept.append("cancelled")).cancel()
    timer = clock.call_later(0.001, called.set)
    async with asyncio.timeout(10):
        await called.wait()
    timer.cancel()  # harmless once it has happened
    assert kept == []
