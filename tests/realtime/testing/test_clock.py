"""The clock that stands still until a test moves it."""

import pytest

from realtime.testing.clock import FakeClock

pytestmark = pytest.mark.either_database


def test_callbacks_come_in_order_each_at_its_own_time() -> None:
    clock, seen = FakeClock(0), list[tuple[str, int]]()
    for name, seconds in (("late", 2.0), ("early", 0.5), ("beyond", 9.0)):
        clock.call_later(seconds, lambda name=name: seen.append((name, clock.now_ms())))  # type: ignore[misc]
    clock.advance(0.4)
    assert seen == []
    clock.advance(2.0)
    assert seen == [("early", 500), ("late", 2000)]
    assert clock.now_ms() == 2400


def test_what_a_callback_asks_for_comes_in_the_same_advance_when_it_falls_due() -> None:
    clock, seen = FakeClock(0), list[int]()

    def again() -> None:
        seen.append(clock.now_ms())
        clock.call_later(1, again)

    clock.call_later(1, again)
    clock.advance(3.5)
    assert seen == [1000, 2000, 3000]


def test_what_is_cancelled_does_not_come_not_even_from_a_callback() -> None:
    clock, seen = FakeClock(0), list[str]()
    second = clock.call_later(2, lambda: seen.append("second"))
    clock.call_later(1, second.cancel)
    clock.advance(5)
    assert seen == []
