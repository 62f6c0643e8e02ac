"""What every store of typists does."""

import pytest

from realtime.people.typing.store import Typist
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database

ROOM, KIND = "chapter:1", "commenting"
ISHMAEL = Typist(1, "ishmael", "one", 5)
QUEEQUEG = Typist(2, "queequeg", "two")


async def test_everybody_who_types_is_in_the_list(world: World):
    store = world.typists()
    first = await store.put(ROOM, KIND, ISHMAEL, 3000)
    second = await store.put(ROOM, KIND, QUEEQUEG, 3000)
    assert first.people == (ISHMAEL,)
    assert second.people == (ISHMAEL, QUEEQUEG)
    assert second.version > first.version


async def test_going_on_typing_is_no_news_but_a_moved_caret_is(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    assert await store.put(ROOM, KIND, ISHMAEL, 3000) is None
    moved = await store.put(ROOM, KIND, Typist(1, "ishmael", "one", 6), 3000)
    assert moved.people[0].position == 6


async def test_going_on_typing_prolongs_it(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    world.clock.advance(2)
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    world.clock.advance(2)
    assert (await store.read(ROOM, [KIND]))[0].people == (ISHMAEL,)
    world.clock.advance(1)
    assert (await store.read(ROOM, [KIND]))[0].people == ()


async def test_stopping_ends_it_once(world: World):
    store = world.typists()
    put = await store.put(ROOM, KIND, ISHMAEL, 3000)
    stopped = await store.remove(ROOM, KIND, 1)
    assert stopped.people == ()
    assert stopped.version > put.version
    assert await store.remove(ROOM, KIND, 1) is None


async def test_a_connection_ends_only_what_was_typed_on_it(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    assert await store.remove(ROOM, KIND, 1, "another tab") is None
    assert (await store.remove(ROOM, KIND, 1, "one")).people == ()


async def test_who_stopped_without_a_word_falls_out_with_the_next_change(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    world.clock.advance(3)
    assert (await store.put(ROOM, KIND, QUEEQUEG, 3000)).people == (QUEEQUEG,)


async def test_kinds_and_rooms_do_not_mix(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    await store.put(ROOM, "reviewing", QUEEQUEG, 3000)
    commenting, reviewing = await store.read(ROOM, [KIND, "reviewing"])
    assert (commenting.people, reviewing.people) == ((ISHMAEL,), (QUEEQUEG,))
    assert (await store.read("chapter:2", [KIND]))[0].people == ()


async def test_versions_grow_on_after_everybody_stopped(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    stopped = await store.remove(ROOM, KIND, 1)
    assert (await store.put(ROOM, KIND, ISHMAEL, 3000)).version > stopped.version


async def test_who_fell_out_is_news_although_somebody_read_the_list_before(world: World):
    store = world.typists()
    await store.put(ROOM, KIND, ISHMAEL, 3000)
    world.clock.advance(3)
    await store.read(ROOM, [KIND])
    assert (await store.remove(ROOM, KIND, 1)).people == ()
