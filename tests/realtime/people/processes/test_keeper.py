"""A process's lease is kept for all that hangs on it, and what dead ones held is cleared away."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime.errors import Unavailable
from realtime.people.processes.keeper import Holder, ProcessKeeper
from realtime.people.processes.register import Times
from tests.realtime.stores import MemoryWorld

pytestmark = pytest.mark.either_database

LEASE_S = Times().lease_ms / 1000
SETTLE_S = Times().settle_ms / 1000


class Shelf(Holder):
    """Notes what it is told; refuses as often as `refusals` says."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.refusals = 0

    async def register_again(self) -> None:
        self._note("register again")

    async def settled(self) -> None:
        self._note("settled")

    async def clear_away(self, process_id: str) -> None:
        self._note(f"clear away {process_id}")

    def _note(self, what: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable
        self.told.append(what)

    def news(self) -> list[str]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def keeper(world: MemoryWorld, shelf: Shelf) -> AsyncIterator[ProcessKeeper]:
    made = ProcessKeeper(world.register("a"), world.clock)
    made.look_after(shelf)
    yield made
    await made.stop(0)


async def test_what_is_held_is_registered_with_the_first_beat_and_not_with_every_one(
    keeper: ProcessKeeper, shelf: Shelf
) -> None:
    assert not keeper.believable
    await keeper.beat()
    assert shelf.news() == ["register again"]
    assert keeper.believable
    await keeper.beat()
    assert shelf.news() == []


async def test_who_lost_the_lease_registers_again(keeper: ProcessKeeper, shelf: Shelf, world: MemoryWorld) -> None:
    await keeper.beat()
    shelf.news()
    world.clock.advance(LEASE_S)
    await keeper.beat()
    assert shelf.news() == ["register again"]


async def test_after_a_loss_totals_are_believed_when_everybody_had_time_to_come_back(
    keeper: ProcessKeeper, shelf: Shelf, world: MemoryWorld
) -> None:
    await keeper.beat()
    before = keeper.generation
    shelf.news()
    await world.lose_everything()
    await keeper.beat()
    assert (shelf.news(), keeper.believable) == (["register again"], False)
    assert keeper.generation != before
    assert not keeper.believes(keeper.generation)
    world.clock.advance(SETTLE_S)
    await keeper.beat()
    assert (shelf.news(), keeper.believable) == (["settled"], True)
    assert keeper.believes(keeper.generation)


async def test_a_dead_process_is_cleared_away_once_and_buried(
    keeper: ProcessKeeper, shelf: Shelf, world: MemoryWorld
) -> None:
    await world.register("dead").renew()
    world.clock.advance(LEASE_S)
    await keeper.beat()
    assert shelf.news() == ["register again", "clear away dead"]
    world.clock.advance(LEASE_S)
    await keeper.beat()
    assert "clear away dead" not in shelf.news()
    assert set(world.processes.leases) == {"a"}


async def test_what_was_refused_is_done_with_a_later_beat(
    keeper: ProcessKeeper, shelf: Shelf, world: MemoryWorld
) -> None:
    await world.register("dead").renew()
    world.clock.advance(LEASE_S)
    shelf.refusals = 1
    await keeper.beat()
    assert shelf.news() == []
    shelf.refusals = 0
    await keeper.beat()
    assert shelf.news() == ["register again", "clear away dead"]
    assert set(world.processes.leases) == {"a"}


async def test_another_life_of_the_register_makes_the_next_beat_come_at_once(
    keeper: ProcessKeeper, shelf: Shelf, world: MemoryWorld
) -> None:
    await keeper.start()
    shelf.news()
    await world.lose_everything()
    assert not keeper.believes("another")
    assert keeper._task is not None
    await keeper._task
    assert shelf.news() == ["register again"]


async def test_beats_go_on_by_themselves_until_it_is_stopped(keeper: ProcessKeeper, world: MemoryWorld) -> None:
    await keeper.start()
    for _ in range(5):
        world.clock.advance(LEASE_S / 3)
        assert keeper._task is not None
        await keeper._task
        assert world.processes.leases["a"] == world.clock.now_ms() + LEASE_S * 1000
    await keeper.stop(60)
    assert world.processes.leases["a"] == world.clock.now_ms() + 60_000
    keeper.hurry()
    world.clock.advance(LEASE_S)
    await asyncio.sleep(0)
    assert world.processes.leases["a"] == world.clock.now_ms() + 60_000 - LEASE_S * 1000


async def test_a_beat_with_a_defect_is_logged_and_followed_by_another(
    keeper: ProcessKeeper, world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(keeper._register, "renew", fail)
        await keeper.start()
    assert "A beat failed" in caplog.text
    world.clock.advance(LEASE_S / 3)
    assert keeper._task is not None
    await keeper._task
    assert "a" in world.processes.leases
