"""What every store of points and seats does."""

import pytest

from realtime.people.limits.bucket import Rate
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database

RATE = Rate(per_second=10, burst=20)


async def test_a_burst_is_granted_and_then_the_time_to_wait_is_told(world: World):
    points = world.points()
    assert await points.take("user:1", RATE, 15, 15) == (15, 0)
    assert await points.take("user:1", RATE, 5, 5) == (5, 0)
    taken, wait_ms = await points.take("user:1", RATE, 5, 5)
    assert taken == 0
    assert 500 <= wait_ms <= 510
    world.clock.advance(wait_ms / 1000)
    assert await points.take("user:1", RATE, 5, 5) == (5, 0)


async def test_a_refusal_costs_nothing(world: World):
    points = world.points()
    await points.take("user:1", RATE, 20, 20)
    _, first = await points.take("user:1", RATE, 5, 5)
    _, second = await points.take("user:1", RATE, 5, 5)
    assert first == second


async def test_fewer_points_than_wanted_are_had_when_they_will_do(world: World):
    points = world.points()
    await points.take("user:1", RATE, 17, 17)
    assert await points.take("user:1", RATE, 10, 2) == (3, 0)


async def test_what_costs_more_than_the_burst_is_had_for_the_whole_burst(world: World):
    points = world.points()
    assert await points.take("user:1", RATE, 50, 50) == (20, 0)
    world.clock.advance(1)
    assert (await points.take("user:1", RATE, 50, 50))[0] == 0


async def test_takers_do_not_share(world: World):
    points = world.points()
    await points.take("user:1", RATE, 20, 20)
    assert await points.take("user:2", RATE, 20, 20) == (20, 0)


async def test_seats_are_limited_over_all_processes(world: World):
    a, b = world.seats("a"), world.seats("b")
    assert [await a.take("user:1", 3), await b.take("user:1", 3), await a.take("user:1", 3)] == [True] * 3
    assert not await b.take("user:1", 3)
    await a.give_back("user:1")
    assert await b.take("user:1", 3)
    assert await a.take("user:2", 3)


async def test_giving_back_what_one_does_not_have_frees_nothing(world: World):
    a, b = world.seats("a"), world.seats("b")
    await a.take("user:1", 1)
    await b.give_back("user:1")
    await b.give_back("user:2")
    assert not await b.take("user:1", 1)


async def test_the_seats_of_a_dead_process_are_free(world: World):
    dead, a = world.seats("dead"), world.seats("a")
    await a.take("user:1", 3)
    await dead.take("user:1", 3)
    await dead.take("user:1", 3)
    await a.evict("dead")
    assert [await a.take("user:1", 3) for _ in range(3)] == [True, True, False]


async def test_seats_that_the_store_lost_are_put_back(world: World):
    a = world.seats("a")
    await world.lose_everything()
    await a.put_back({"user:1": 2})
    assert [await a.take("user:1", 3) for _ in range(2)] == [True, False]
    await a.evict("a")
    assert await a.take("user:1", 1)
