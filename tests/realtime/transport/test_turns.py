"""A turn of the loop is shared out: everybody a little, and no more than there is."""

import asyncio

import pytest

from realtime.transport.turns import TURN_POINTS, Turns, turns_of

pytestmark = pytest.mark.either_database


async def test_other_work_goes_on_when_one_raises(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def step(self) -> bool:
            raise ZeroDivisionError

    class Steps:
        left = 3

        def step(self) -> bool:
            self.left -= 1
            return self.left > 0

    turns, steps = Turns(asyncio.get_running_loop()), Steps()
    for work in (Broken(), steps):
        turns.add(work)
    for _ in range(10):
        await asyncio.sleep(0)
    assert steps.left == 0
    assert "ZeroDivisionError" in caplog.text


class Messages:
    """So many steps, each of which hands on as many bytes."""

    def __init__(self, turns: Turns, left: int, size: int = 0) -> None:
        self.turns, self.left, self.size = turns, left, size

    def step(self) -> bool:
        self.turns.spend(self.size)
        self.left -= 1
        return self.left > 0


@pytest.mark.parametrize(("size", "steps"), [(0, TURN_POINTS), (511, TURN_POINTS), (512, TURN_POINTS // 2), (10**9, 1)])
async def test_a_turn_has_so_many_points_for_all_and_bytes_cost_some(size: int, steps: int) -> None:
    turns = Turns(asyncio.get_running_loop(), clock=lambda: 0.0)
    works = [Messages(turns, 1000, size) for _ in range(2)]
    for work in works:
        turns.add(work)
    before = [work.left for work in works]
    await asyncio.sleep(0)
    assert sum(before) - sum(work.left for work in works) == steps
    await asyncio.sleep(0)
    assert sum(before) - sum(work.left for work in works) == 2 * steps


async def test_who_has_no_more_to_do_may_come_again() -> None:
    turns = Turns(asyncio.get_running_loop())
    work = Messages(turns, 1)
    for left in (1, 2):
        work.left = left
        turns.add(work)
        for _ in range(5):
            await asyncio.sleep(0)
        assert work.left == 0


async def test_a_loop_has_one_budget() -> None:
    loop = asyncio.get_running_loop()
    assert turns_of(loop) is turns_of(loop)
    other = asyncio.new_event_loop()
    assert turns_of(other) is not turns_of(loop)
    other.close()


async def test_time_ends_a_turn_too_and_everybody_is_served_in_turn() -> None:
    now, order, at = 0.0, list[str](), list[int]()

    class Slow:
        def __init__(self, name: str) -> None:
            self.name = name

        def step(self) -> bool:
            nonlocal now
            now += 0.0009
            order.append(self.name)
            return len(order) < 9

    turns = Turns(asyncio.get_running_loop(), clock=lambda: now)
    for name in "abc":
        turns.add(Slow(name))
    while len(order) < 9:
        await asyncio.sleep(0)
        at.append(len(order))
    assert "".join(order) == "abcabcabc"
    assert at == [3, 6, 9]
