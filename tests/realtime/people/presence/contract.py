"""What every store of presence does."""

import pytest

from realtime.people.presence.store import LIST_LIMIT, Holding, PresenceStore, Present, State
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database

HERE, AWAY, CUT, CUT_AWAY, GONE = State
ROOM = "book:1"


async def hold(store: PresenceStore, user_id: int, state: State, *, room: str = ROOM, listed: bool = True):
    answer = await store.exchange([Holding(room, user_id, f"name {user_id}", state, listed, f"Name {user_id}")])
    return answer.outcomes[0]


async def roster_of(store: PresenceStore, room: str = ROOM):
    return (await store.exchange([], rosters=[room])).rosters[room]


async def test_a_person_held_by_two_processes_counts_once(world: World):
    a, b = world.presence("a"), world.presence("b")
    first, second = await hold(a, 7, HERE), await hold(b, 7, HERE)
    assert (first.was, first.now, first.counts.user_count) == (GONE, HERE, 1)
    assert (second.was, second.now, second.counts.user_count) == (HERE, HERE, 1)
    assert second.counts.version == first.counts.version


async def test_a_person_is_gone_when_the_last_process_lets_go(world: World):
    a, b = world.presence("a"), world.presence("b")
    await hold(a, 7, HERE)
    await hold(b, 7, HERE)
    still, gone = await hold(a, 7, GONE), await hold(b, 7, GONE)
    assert (still.was, still.now, still.counts.user_count) == (HERE, HERE, 1)
    assert (gone.was, gone.now, gone.counts.user_count) == (HERE, GONE, 0)


async def test_repeating_a_holding_changes_nothing(world: World):
    a = world.presence("a")
    first, again = await hold(a, 7, HERE), await hold(a, 7, HERE)
    assert again.was is again.now is HERE
    assert again.counts == first.counts


async def test_the_version_grows_by_one_with_each_person_who_comes_or_goes(world: World):
    a = world.presence("a")
    versions = [
        (await hold(a, user, state)).counts.version for user, state in [(1, HERE), (2, HERE), (1, GONE), (1, HERE)]
    ]
    assert versions == list(range(versions[0], versions[0] + 4))


async def test_a_cut_person_still_counts_and_is_known_as_cut_when_coming_back_elsewhere(world: World):
    a, b = world.presence("a"), world.presence("b")
    await hold(a, 7, HERE)
    cut = await hold(a, 7, CUT)
    back = await hold(b, 7, HERE)
    assert (cut.was, cut.now, cut.counts.user_count) == (HERE, CUT, 1)
    assert (back.was, back.now, back.counts.version) == (CUT, HERE, cut.counts.version)


async def test_who_came_back_and_then_leaves_is_gone_although_the_grace_of_the_cut_still_runs(world: World):
    a, b = world.presence("a"), world.presence("b")
    await hold(a, 7, HERE)
    await hold(a, 7, CUT)
    await hold(b, 7, HERE)
    assert (await hold(b, 7, GONE)).now is GONE
    assert (await hold(a, 7, GONE)).was is GONE


async def test_grace_is_for_the_last_connection_only(world: World):
    a, b = world.presence("a"), world.presence("b")
    await hold(a, 7, HERE)
    await hold(b, 7, HERE)
    await hold(a, 7, CUT)
    assert (await hold(b, 7, GONE)).now is GONE


async def test_a_person_is_away_when_all_processes_say_so_and_each_change_is_a_version(world: World):
    a, b = world.presence("a"), world.presence("b")
    here = await hold(a, 7, HERE)
    away = await hold(a, 7, AWAY)
    assert (away.was, away.now, away.counts.user_count) == (HERE, AWAY, 1)
    assert away.counts.version == here.counts.version + 1
    assert (await roster_of(b)).people == {7: Present("name 7", "Name 7", is_away=True)}
    elsewhere, again = await hold(b, 7, HERE), await hold(b, 7, AWAY)
    assert (elsewhere.now, again.now, again.counts.version) == (HERE, AWAY, here.counts.version + 3)
    assert (await hold(b, 7, GONE)).counts.version == again.counts.version


async def test_who_was_away_is_shown_away_through_a_cut_and_here_when_they_come_back(world: World):
    a, b = world.presence("a"), world.presence("b")
    away = await hold(a, 7, AWAY)
    cut = await hold(a, 7, CUT_AWAY)
    assert (cut.now, cut.now.shown, cut.counts.version) == (CUT_AWAY, AWAY, away.counts.version)
    back = await hold(b, 7, HERE)
    assert (back.was, back.now, back.counts.version) == (CUT_AWAY, HERE, away.counts.version + 1)
    assert (await hold(a, 7, GONE)).now is HERE


async def test_guests_are_counted_over_processes_and_never_listed(world: World):
    a, b = world.presence("a"), world.presence("b")
    await a.exchange([], guests={ROOM: 2})
    answer = await b.exchange([], guests={ROOM: 3}, rosters=[ROOM])
    assert answer.guests[ROOM].guest_count == 5
    assert answer.rosters[ROOM].counts.user_count == 0
    assert answer.rosters[ROOM].people == {}
    assert (await a.exchange([], guests={ROOM: 0})).guests[ROOM].guest_count == 3


async def test_a_guest_changes_the_revision_but_not_the_version_of_the_list(world: World):
    a = world.presence("a")
    person = await hold(a, 7, HERE)
    guests = (await a.exchange([], guests={ROOM: 1})).guests[ROOM]
    assert guests.version == person.counts.version
    assert guests.revision == person.counts.revision + 1


async def test_a_person_who_hides_is_one_of_the_guests(world: World):
    a, b = world.presence("a"), world.presence("b")
    hidden = await hold(a, 7, HERE, listed=False)
    await hold(b, 7, HERE, listed=False)
    roster = await roster_of(a)
    assert (hidden.was, hidden.now) == (GONE, GONE)
    assert (roster.counts.user_count, roster.counts.guest_count, roster.people) == (0, 1, {})
    await hold(a, 7, GONE, listed=False)
    await hold(b, 7, GONE, listed=False)
    assert (await roster_of(a)).counts.guest_count == 0


async def test_beginning_to_hide_looks_like_leaving(world: World):
    a = world.presence("a")
    await hold(a, 7, HERE)
    hiding = await hold(a, 7, HERE, listed=False)
    assert (hiding.was, hiding.now) == (HERE, GONE)
    assert (hiding.counts.user_count, hiding.counts.guest_count) == (0, 1)
    assert (await hold(a, 7, HERE)).counts.guest_count == 0


async def test_a_roster_names_people_up_to_the_limit_and_above_it_only_counts(world: World):
    a = world.presence("a")
    await a.exchange([Holding(ROOM, user, f"name {user}", HERE) for user in range(1, LIST_LIMIT + 1)])
    roster = await roster_of(a)
    assert roster.people == {user: Present(f"name {user}") for user in range(1, LIST_LIMIT + 1)}
    await hold(a, LIST_LIMIT + 1, HERE)
    roster = await roster_of(a)
    assert roster.people is None
    assert roster.counts.user_count == LIST_LIMIT + 1


async def test_rooms_do_not_mix(world: World):
    a = world.presence("a")
    await hold(a, 7, HERE)
    await hold(a, 8, HERE, room="book:2")
    assert [counts.user_count for counts in (await a.counts([ROOM, "book:2", "book:3"]))[1]] == [1, 1, 0]
    assert (await roster_of(a, "book:2")).people == {8: Present("name 8", "Name 8")}


async def test_what_a_dead_process_held_goes_once(world: World):
    dead, a, b = world.presence("dead"), world.presence("a"), world.presence("b")
    for user in range(1, 4):
        await hold(dead, user, HERE)
    await hold(dead, 9, HERE, listed=False)
    await dead.exchange([], guests={ROOM: 4, "book:2": 1})
    alive = await hold(a, 3, HERE)
    outcomes = await a.evict("dead")
    gone = [outcome for outcome in outcomes if outcome.was is not outcome.now]
    assert sorted(outcome.user_id for outcome in gone) == [1, 2]
    assert {(outcome.username, outcome.display_name) for outcome in gone} == {
        ("name 1", "Name 1"),
        ("name 2", "Name 2"),
    }
    assert [outcome.counts.version for outcome in gone] == [alive.counts.version + 1, alive.counts.version + 2]
    assert await b.evict("dead") == []
    _, (counts, other) = await a.counts([ROOM, "book:2"])
    assert (counts.user_count, counts.guest_count, other.guest_count) == (1, 0, 0)


async def test_a_room_that_a_process_has_left_is_none_of_its_own_any_more(world: World):
    a, b = world.presence("a"), world.presence("b")
    await hold(a, 7, HERE)
    await a.exchange([Holding(ROOM, 7, "", GONE)], emptied=[ROOM])
    assert await b.evict("a") == []


async def test_it_says_who_of_some_people_is_there_listed_or_hidden(world: World):
    a = world.presence("a")
    await hold(a, 7, HERE)
    await hold(a, 8, CUT)
    await hold(a, 9, HERE, listed=False)
    assert await world.presence("b").among(ROOM, [7, 8, 9, 10]) == ({7, 8}, {9})
    assert await a.among("book:2", [7]) == (set(), set())
    assert await a.among(ROOM, []) == (set(), set())


async def test_numbers_are_told_by_one_process_once_in_a_while_and_only_when_they_are_news(world: World):
    a, b = world.presence("a"), world.presence("b")
    await a.exchange([], guests={ROOM: 1})
    first = await a.take_turns([ROOM])
    assert first.now[ROOM].guest_count == 1
    assert (await b.take_turns([ROOM])).now == {}
    counts = (await b.exchange([], guests={ROOM: 1})).guests[ROOM]
    assert (await b.take_turns([ROOM])).later == [ROOM]
    world.clock.advance(1)
    assert (await b.take_turns([ROOM])).now == {ROOM: counts}
    world.clock.advance(1)
    turns = await a.take_turns([ROOM])
    assert (turns.now, turns.later) == ({}, [])


async def test_numbers_grow_on_although_everything_was_lost(world: World):
    a = world.presence("a")
    before = (await hold(a, 7, HERE)).counts
    await world.lose_everything()
    world.clock.advance(1)
    after = (await hold(a, 7, HERE)).counts
    assert after.version > before.version
    assert after.revision > before.revision
    assert after.user_count == 1


async def test_an_answer_names_the_life_that_it_belongs_to(world: World):
    register, store = world.register("a"), world.presence("a")
    renewal = await register.renew()
    assert (await store.exchange([])).generation == renewal.generation
    await world.lose_everything()
    assert (await store.exchange([])).generation != renewal.generation
