"""Alarms of many sessions: each at its time and once, from one timer."""

import asyncio

import pytest

from realtime.hub.alarms import Alarms


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time stands still, and whose timers are only counted."""

    def __init__(self) -> None:
        self.now = 100.0
        self.set_for: list[float] = []
        self.ring = lambda: None
        super().__init__()

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback, *arguments, context=None):  # type: ignore[no-untyped-def]  # as asyncio has it
        self.set_for.append(when)
        self.ring = callback
        return super().call_at(when, callback, *arguments, context=context)

    def pass_to(self, now: float) -> None:
        self.now = now
        self.ring()


@pytest.fixture
def clock():  # type: ignore[no-untyped-def]
    clock = Clock()
    yield clock
    clock.close()


def test_each_rings_once_at_its_time_in_order_whatever_was_set_first(clock: Clock) -> None:
    rung: list[str] = []
    alarms = Alarms(clock)
    for at, name in ((130.0, "c"), (110.0, "a"), (120.0, "b"), (110.0, "a")):
        alarms.set(at, rung.append, name)
    assert clock.set_for == [130.0, 110.0], "a timer for each new first one, and for no other"
    clock.pass_to(109.9)
    assert rung == []
    clock.pass_to(125.0)
    assert rung == ["a", "a", "b"]
    clock.pass_to(1000.0)
    assert rung == ["a", "a", "b", "c"]


def test_what_is_cancelled_never_rings_and_does_not_pile_up(clock: Clock) -> None:
    rung: list[int] = []
    alarms = Alarms(clock)
    kept = alarms.set(500.0, rung.append, 1)
    for number in range(10_000):
        alarms.cancel(alarms.set(200.0 + number % 7, rung.append, number))
    assert len(alarms._waiting) < 2_010
    clock.pass_to(600.0)
    assert rung == [1]
    alarms.cancel(kept)
    assert alarms._waiting == []


def test_one_that_fails_keeps_no_other_from_ringing(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    rung: list[str] = []
    alarms = Alarms(clock)
    alarms.set(110.0, lambda _: 1 / 0, "broken")
    alarms.set(110.0, rung.append, "whole")
    clock.pass_to(110.0)
    assert rung == ["whole"]
    assert "has failed" in caplog.text


def test_an_end_is_an_end(clock: Clock) -> None:
    rung: list[str] = []
    alarms = Alarms(clock)
    alarms.set(110.0, rung.append, "a")
    alarms.stop()
    alarms.set(105.0, rung.append, "b")
    assert clock.set_for == [110.0]
