"""What rooms are sent of people who come and go, and how whoever missed something is told."""

import pytest

from realtime.people.presence.store import LIST_LIMIT
from tests.realtime.people.presence.processes import ROOM, processes

__all__ = ["processes"]

pytestmark = pytest.mark.either_database


async def test_who_comes_is_not_told_about_themselves(processes):
    a = await processes.start("a")
    await a.enter(7, "tab")
    assert [sent.skip for sent in processes.sent] == ["tab"]


async def test_versions_have_no_holes_whichever_process_tells(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(1, "one")
    await b.enter(2, "two")
    await a.leave("one")
    await b.enter(3, "three")
    versions = [sent.payload.version for sent in processes.sent]
    assert versions == list(range(versions[0], versions[0] + 4))


async def test_in_a_crowd_nobody_hears_who_looks_away(processes):
    a = await processes.start("a")
    for user in range(1, LIST_LIMIT + 2):
        await a.enter(user, f"tab {user}")
    await processes.pass_time(6)
    processes.sent.clear()
    await a.attend("tab 1", away=True)
    assert processes.sent == []


async def test_numbers_go_out_once_a_second_at_most_over_all_processes(processes):
    a, b = await processes.start("a"), await processes.start("b")
    seconds = 10
    for second in range(seconds):
        await a.enter("guest", f"a{second}")
        await b.enter("guest", f"b{second}")
        await processes.pass_time(1)
    found = [sent for sent in processes.sent if sent.name == "presence:changed" and not sent.here]
    assert 1 < len(found) <= seconds
    await processes.pass_time(2)
    assert processes.payloads("presence:changed")[-1].guest_count == 2 * seconds


async def test_numbers_whose_turn_it_is_not_are_told_a_little_later(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter("guest", "one")
    processes.world.clock.advance(0.5)
    await b.enter("guest", "two")
    processes.world.clock.advance(0.5)
    await a.tracker.settle()
    await b.enter("guest", "three")
    for _ in range(3):
        processes.world.clock.advance(0.5)
        await b.tracker.settle()
    assert [payload.guest_count for payload in processes.payloads("presence:changed")] == [2, 3]


async def test_above_the_limit_people_are_numbers_and_below_it_they_are_listed_again(processes):
    a, b = await processes.start("a"), await processes.start("b")
    for user in range(1, LIST_LIMIT + 1):
        await a.enter(user, f"tab {user}")
    processes.sent.clear()
    roster = await b.enter(500, "one too many")
    assert roster.people is None
    assert roster.counts.user_count == LIST_LIMIT + 1
    assert processes.changes() == []
    await processes.pass_time(2)
    assert processes.payloads("presence:changed")[-1].user_count == LIST_LIMIT + 1
    processes.sent.clear()
    await b.leave("one too many")
    await processes.pass_time(6)
    assert processes.changes() == []
    [listed, *_] = [sent for sent in processes.sent if sent.here and sent.process == "a"]
    assert {user.user_id for user in listed.payload.users} == set(range(1, LIST_LIMIT + 1))


async def test_a_change_that_clients_here_missed_is_healed_by_the_list(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(1, "one")
    await b.enter(2, "two")
    processes.sent.clear()
    await processes.pass_time(6)
    assert [(sent.process, sent.here) for sent in processes.sent] == [("a", True)]
    assert {user.user_id for user in processes.sent[0].payload.users} == {1, 2}
    processes.sent.clear()
    await processes.pass_time(12)
    assert processes.sent == []


async def test_a_change_delivered_from_another_process_needs_no_healing(processes):
    a, b = await processes.start("a"), await processes.start("b")
    await a.enter(1, "one")
    await b.enter(2, "two")
    joined = processes.payloads("user:joined")[-1]
    a.tracker.delivered(ROOM, joined.version, joined.user_count)
    processes.sent.clear()
    await processes.pass_time(6)
    assert processes.sent == []
