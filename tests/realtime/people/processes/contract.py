"""What every register of processes does."""

import pytest

from realtime.people.processes.register import Times
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database


async def test_a_first_renewal_takes_the_lease_and_the_next_keeps_it(world: World):
    register = world.register("a")
    first = await register.renew()
    world.clock.advance(5)
    second = await register.renew()
    assert not first.kept
    assert second.kept
    assert first.settled
    assert second.generation == first.generation


async def test_a_process_that_renewed_too_late_learns_that_it_lost_its_lease(world: World):
    register = world.register("a")
    await register.renew()
    world.clock.advance(Times().lease_ms / 1000)
    assert not (await register.renew()).kept


async def test_a_dead_process_is_given_to_one_claimer_only(world: World):
    a, b, dead = world.register("a"), world.register("b"), world.register("dead")
    await dead.renew()
    world.clock.advance(10)
    await a.renew()
    await b.renew()
    assert await a.claim_dead() == []
    world.clock.advance(6)
    assert await a.claim_dead() == ["dead"]
    assert await b.claim_dead() == []


async def test_a_claim_that_nobody_finished_passes_on(world: World):
    a, b, dead = world.register("a"), world.register("b"), world.register("dead")
    await dead.renew()
    world.clock.advance(16)
    await a.claim_dead()
    world.clock.advance(16)
    assert "dead" in await b.claim_dead()


async def test_a_buried_process_is_not_found_again(world: World):
    a, dead = world.register("a"), world.register("dead")
    await dead.renew()
    world.clock.advance(16)
    await a.renew()
    await a.claim_dead()
    await a.bury("dead")
    world.clock.advance(60)
    await a.renew()
    assert await a.claim_dead() == []


async def test_a_process_that_retires_is_dead_after_the_time_it_asked_for(world: World):
    a, leaving = world.register("a"), world.register("leaving")
    await leaving.renew()
    await leaving.retire(30_000)
    world.clock.advance(29)
    await a.renew()
    assert await a.claim_dead() == []
    world.clock.advance(1)
    assert await a.claim_dead() == ["leaving"]


async def test_after_a_loss_totals_settle_once_everybody_had_time_to_come_back(world: World):
    a, b = world.register("a"), world.register("b")
    before = await a.renew()
    await b.renew()
    await world.lose_everything()
    first = await a.renew()
    assert not first.kept
    assert first.generation != before.generation
    assert not first.settled
    assert not (await b.renew()).settled
    world.clock.advance(Times().settle_ms / 1000)
    assert (await a.renew()).settled
    assert (await b.renew()).settled


async def test_a_process_that_starts_first_after_a_loss_does_not_hide_it_from_the_others(world: World):
    old = world.register("old")
    await old.renew()
    await world.lose_everything()
    assert (await world.register("new").renew()).settled
    assert not (await old.renew()).settled
