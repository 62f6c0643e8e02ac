"""How rooms hear of people, over several processes, on every store."""

import pytest

from tests.realtime.people.presence.processes import ROOM, named, processes

__all__ = ["processes"]

pytestmark = pytest.mark.either_database


async def test_the_first_connection_of_a_person_is_told_and_further_ones_are_not(processes):
    a, b = await processes.start("a"), await processes.start("b")
    first = await a.enter(7, "tab 1")
    await a.enter(7, "tab 2")
    elsewhere = await b.enter(7, "phone")
    assert named(first) == named(elsewhere) == {7: "name 7"}
    assert processes.changes() == [("user:joined", 7)]
    joined = processes.payloads("user:joined")[0]
    assert (joined.user_count, joined.username, joined.version) == (1, "name 7", first.counts.version)


async def test_only_the_last_connection_going_is_told(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab")
    await b.enter(7, "phone")
    await a.leave("tab")
    assert processes.payloads("user:left") == []
    await b.leave("phone")
    [left] = processes.payloads("user:left")
    assert (left.user_id, left.user_count, left.disconnected) == (7, 0, False)


async def test_a_join_on_another_process_sees_everybody(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(1, "one")
    await a.enter("guest", "someone")
    roster = await b.enter(2, "two")
    assert named(roster) == {1: "name 1", 2: "name 2"}
    assert (roster.counts.user_count, roster.counts.guest_count) == (2, 1)


async def test_a_reload_is_a_reconnection_and_never_a_leaving(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab")
    await a.lose("tab")
    await b.enter(7, "tab again")
    await processes.pass_time(60)
    assert processes.changes() == [("user:joined", 7), ("user:reconnected", 7)]


async def test_a_reload_faster_than_the_store_is_not_told_at_all(processes):
    a = await processes.start("a")
    await a.enter(7, "tab")
    a.tracker.leave(ROOM, next(iter(a.tracker._rooms[ROOM].people[7].sessions)), disconnected=True, clean=False)
    await a.enter(7, "tab again")
    await processes.pass_time(60)
    assert processes.changes() == [("user:joined", 7)]


async def test_who_does_not_come_back_within_the_grace_has_left(processes):
    a = await processes.start("a")
    await a.enter(7, "tab")
    await a.lose("tab")
    await processes.pass_time(29)
    assert processes.payloads("user:left") == []
    assert named(await a.tracker.roster(ROOM)) == {7: "name 7"}
    await processes.pass_time(1)
    [left] = processes.payloads("user:left")
    assert left.disconnected
    assert left.user_count == 0


async def test_a_deliberate_disconnect_has_no_grace(processes):
    a = await processes.start("a")
    await a.enter(7, "tab")
    await a.lose("tab", clean=True)
    [left] = processes.payloads("user:left")
    assert left.disconnected


async def test_leaving_after_a_reconnection_elsewhere_is_told_at_once_and_once(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab")
    await a.lose("tab")
    await b.enter(7, "tab again")
    await b.leave("tab again")
    await processes.pass_time(40)
    assert processes.changes() == [("user:joined", 7), ("user:reconnected", 7), ("user:left", 7)]


async def test_a_person_is_away_once_all_their_pages_are_and_here_with_the_first_that_is_looked_at(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab")
    await a.enter(7, "other tab")
    await b.enter(7, "phone", away=True)
    await a.attend("tab", away=True)
    assert processes.payloads("user:away") == []
    await a.leave("other tab")
    assert [(sent.away, sent.user_count) for sent in processes.payloads("user:away")] == [(True, 1)]
    assert (await b.tracker.roster(ROOM)).people[7].is_away
    await b.attend("phone", away=False)
    await b.attend("phone", away=False)
    assert [sent.away for sent in processes.payloads("user:away")] == [True, False]
    versions = [sent.payload.version for sent in processes.sent]
    assert versions == list(range(versions[0], versions[0] + 3))


async def test_a_reload_in_the_background_goes_unnoticed_but_for_a_reconnection(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab", away=True)
    await a.lose("tab")
    assert (await b.tracker.roster(ROOM)).people[7].is_away
    await b.enter(7, "tab again", away=True)
    await processes.pass_time(40)
    assert processes.changes() == [("user:joined", 7), ("user:reconnected", 7)]
    assert [sent.payload.away for sent in processes.sent if sent.name.startswith("user:")] == [True, True]


async def test_guests_are_counted_but_never_named(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter("guest", "one")
    roster = await b.enter("guest", "two")
    assert (roster.counts.user_count, roster.counts.guest_count, named(roster)) == (0, 2, {})
    assert processes.changes() == []
    await processes.pass_time(2)
    assert processes.payloads("presence:changed")[-1].guest_count == 2
    await b.leave("two")
    await processes.pass_time(2)
    assert processes.payloads("presence:changed")[-1].guest_count == 1


async def test_a_person_who_hides_is_told_to_nobody(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(7, "tab", listed=False)
    roster = await b.enter(8, "other")
    assert named(roster) == {8: "name 8"}
    assert roster.counts.guest_count == 1
    await a.leave("tab")
    await processes.pass_time(6)
    assert processes.changes() == [("user:joined", 8)]


async def test_a_person_who_is_not_counted_leaves_no_trace(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter_uncounted(7, "tab")
    roster = await b.enter(8, "other")
    assert (named(roster), roster.counts.guest_count) == ({8: "name 8"}, 0)
    assert named(await a.enter_uncounted(7, "second tab")) == {8: "name 8"}
    await a.attend("tab", away=True)
    # Those who lose the store say again whom they count.
    await a.tracker.register_again()
    await a.leave("tab")
    await processes.pass_time(6)
    await a.leave("second tab")
    await processes.pass_time(6)
    assert processes.changes() == [("user:joined", 8)]
    assert [sent for sent in processes.payloads("presence:changed") if sent.guest_count] == []
    assert a.tracker._rooms == {}


async def test_who_is_not_counted_any_more_is_gone_from_everywhere_and_can_come_back(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await b.enter(8, "other")
    await a.enter(7, "tab")
    await a.enter(7, "cut")
    await a.lose("cut")
    await a.lose("tab")
    # Within the grace of the connection that was lost.
    roster = await a.enter_uncounted(7, "new tab")
    assert named(roster) == {8: "name 8"}
    assert processes.changes()[-1] == ("user:left", 7)
    assert (named(await a.enter(7, "new tab")), len(processes.payloads("user:left"))) == ({7: "name 7", 8: "name 8"}, 1)
    await a.enter_uncounted(7, "new tab")
    assert processes.changes()[-2:] == [("user:joined", 7), ("user:left", 7)]


async def test_a_killed_process_leaves_no_ghost_beyond_its_lease(processes):
    a, b, killed = [await processes.start(name) for name in ("a", "b", "killed")]
    await a.enter(1, "one")
    await killed.enter(2, "two")
    await killed.enter("guest", "someone")
    await killed.enter(1, "one's phone")
    await processes.pass_time(20, alive=[a, b])
    [left] = processes.payloads("user:left")
    assert (left.user_id, left.user_count, left.disconnected) == (2, 1, True)
    roster = await a.tracker.roster(ROOM)
    assert (named(roster), roster.counts.guest_count) == ({1: "name 1"}, 0)


async def test_who_moves_from_a_killed_process_in_time_is_never_gone(processes):
    a, killed = await processes.start("a"), await processes.start("killed")
    await killed.enter(2, "two")
    await a.enter(2, "two again")
    await processes.pass_time(60, alive=[a])
    assert processes.changes() == [("user:joined", 2)]


async def test_a_process_that_slept_through_its_lease_puts_its_people_back(processes):
    a, sleeper = await processes.start("a"), await processes.start("sleeper")
    await sleeper.enter(2, "two")
    await processes.pass_time(20, alive=[a])
    assert processes.changes()[-1] == ("user:left", 2)
    await sleeper.beat()
    assert processes.changes()[-1] == ("user:joined", 2)
    assert named(await a.tracker.roster(ROOM)) == {2: "name 2"}


async def test_after_a_loss_of_the_store_nobody_is_told_wrong_counts_and_everything_comes_back(processes):
    a, b = await processes.start("a"), await processes.start("b")
    for user in range(1, 6):
        await a.enter(user, f"tab {user}")
    await b.enter(9, "nine")
    processes.sent.clear()
    await processes.world.lose_everything()
    roster = await b.enter(10, "ten")
    assert {9, 10} <= set(roster.people)
    assert roster.counts.version == 0
    await processes.pass_time(20)
    assert ("user:left", 1) not in processes.changes()
    assert all(sent.payload.user_count >= 6 for sent in processes.sent)
    healed = [sent for sent in processes.sent if sent.process == "b" and sent.here][-1]
    assert {user.user_id for user in healed.payload.users} == {1, 2, 3, 4, 5, 9, 10}
    assert (await b.tracker.roster(ROOM)).counts.user_count == 7


async def test_with_the_store_down_joins_are_answered_from_what_is_known_here_and_healed_afterwards(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(1, "one")
    await b.enter(2, "two")
    processes.sent.clear()
    a.go_down()
    roster = await a.enter(3, "three")
    assert (named(roster), roster.counts.version) == ({1: "name 1", 3: "name 3"}, 0) or named(roster) == {
        1: "name 1",
        2: "name 2",
        3: "name 3",
    }
    assert [(sent.name, sent.here, sent.payload.version) for sent in processes.sent] == [("user:joined", True, 0)]
    await a.leave("one")
    await processes.pass_time(10, alive=[b])
    assert ("user:left", 1) not in processes.changes()
    a.come_back()
    await processes.pass_time(10)
    assert ("user:left", 1) in processes.changes()
    roster = await b.tracker.roster(ROOM)
    assert named(roster) == {2: "name 2", 3: "name 3"}
    lists = [sent.payload.users for sent in processes.sent if sent.process == "a" and sent.here and sent.name[0] == "p"]
    assert {user.user_id for user in lists[-1]} == {2, 3}


async def test_a_store_that_hangs_costs_one_short_wait_and_not_one_each(processes):
    import asyncio

    a = await processes.start("a")
    forever = asyncio.Event()

    async def hang(*args, **kwargs):
        await forever.wait()

    a.tracker._store = type("Hanging", (), {"exchange": staticmethod(hang)})()
    a.tracker._wait_seconds = 0.01
    assert named(await a.enter(1, "one")) == {1: "name 1"}
    a.tracker._wait_seconds = 3600
    assert named(await a.enter(2, "two")) == {1: "name 1", 2: "name 2"}


async def test_a_room_left_by_all_is_forgotten_here(processes):
    a = await processes.start("a")
    await a.enter(1, "one")
    await a.enter("guest", "someone")
    await a.leave("one")
    await a.leave("someone")
    await processes.pass_time(3)
    assert a.tracker._rooms == {}
    assert a.tracker._tick is None
