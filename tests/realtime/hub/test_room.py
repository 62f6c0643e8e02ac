"""A room as one process knows it: what it keeps, and who is in it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from realtime.hub import Hub
from realtime.hub.room import Membership, RoomState
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import HALL, say

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_room_keeps_nothing_for_events_before_there_is_one(connect: Connect, hub: Hub) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    state = hub.rooms["hall:1"]
    assert (state.ring, state.early, state.versions, state.waiting) == (None,) * 4
    await say("first")
    await client.event("hall:said")
    assert state.ring is not None
    assert [delivery.event.type for delivery in state.ring] == ["hall:said"]


async def test_sessions_share_what_their_places_in_rooms_have_in_common(connect: Connect, hub: Hub) -> None:
    for token in ("7", "8"):
        await (await connect(token=token)).tell("hall:join", {"hallId": 1})
    one, other = (session.memberships for session in hub.sessions())
    assert one["hall:1"].grant is other["hall:1"].grant is not None
    for memberships in (one, other):
        assert all(name is member.state.name for name, member in memberships.items())


async def test_rooms_know_their_members_in_every_phase_and_keep_live_ones_once(connect: Connect, hub: Hub) -> None:
    client = await connect(token="7")
    await client.tell("hall:join", {"hallId": 1})
    state, own = hub.rooms["hall:1"], hub.rooms["user:7"]
    [session] = hub.sessions()
    [member], [watching] = state.members, own.members
    assert (member.is_live, state._apart, state.empty) == (True, None, False)
    assert (watching.is_live, own._apart, own.empty) == (False, {watching}, False)
    hub.catch_up.demote(member)
    assert (state.members, state._apart) == ([member], {member})
    while not member.is_live:  # noqa: ASYNC110  # nothing tells
        await asyncio.sleep(0)
    assert (state.members, state._apart) == ([member], None)
    await session.leave(HALL)
    assert (state.members, state._apart, state.empty) == ([], None, True)


def test_what_is_said_of_a_membership_is_one_thing_each() -> None:
    session: Any = SimpleNamespace(connection=None)
    member = Membership(session, RoomState(HALL, 10))
    names = ("auto", "wanted", "present", "watching", "stale")
    for name in names:
        setattr(member, name, True)
        assert [getattr(member, other) for other in names] == [other == name for other in names]
        setattr(member, name, False)
    assert not any(getattr(member, name) for name in names)
