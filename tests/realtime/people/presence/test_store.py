"""The states of a person, and that both stores come to the same ones."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.people.presence.store import State, strongest
from tests.realtime.people.presence.contract import hold, roster_of
from tests.realtime.stores import MemoryWorld, RedisWorld

pytestmark = pytest.mark.either_database


def test_what_others_see_is_the_state_without_the_cut() -> None:
    assert [state.shown for state in State] == [State.HERE, State.AWAY, State.HERE, State.AWAY, State.GONE]
    assert [state for state in State if state.is_connected] == [State.HERE, State.AWAY]
    assert [state for state in State if state.is_cut] == [State.CUT, State.CUT_AWAY]


def test_of_several_processes_the_strongest_state_counts() -> None:
    weakest_first = [State.GONE, State.CUT_AWAY, State.CUT, State.AWAY, State.HERE]
    for known in range(1, len(weakest_first) + 1):
        assert strongest(weakest_first[:known]) is weakest_first[known - 1]
    assert strongest([]) is State.GONE


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 3),
        st.sampled_from(list(State)),
        st.booleans(),
    ),
    max_size=30,
)


@given(steps=_STEPS, dead=st.sampled_from(["a", "b", "c"]))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_both_stores_agree_on_every_history(valkey_url, steps, dead):
    memory, valkey = MemoryWorld(), RedisWorld(valkey_url)
    try:
        for process, user, state, listed in steps:
            expected = await hold(memory.presence(process), user, state, listed=listed)
            assert await hold(valkey.presence(process), user, state, listed=listed) == expected
        expected_outcomes = await memory.presence("x").evict(dead)
        outcomes = await valkey.presence("x").evict(dead)
        assert {(o.user_id, o.was, o.now) for o in outcomes} == {(o.user_id, o.was, o.now) for o in expected_outcomes}
        roster, expected_roster = await roster_of(valkey.presence("x")), await roster_of(memory.presence("x"))
        assert roster.people == expected_roster.people
        assert roster.counts.guest_count == expected_roster.counts.guest_count
    finally:
        await valkey.close()
