"""Audiences and their rooms, small and large: the same members in the same order."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime.hub.audience import Audience
from realtime.hub.room import Membership, Phase, RoomState
from realtime.log.revocation import UserRoom
from realtime.rooms import Grant, View
from realtime.transport.wire import JSON


class SeesNot:
    """A view of its own for everybody whom it shows something else."""

    def __init__(self, number: int) -> None:
        self.key = number


def member_of(state: RoomState, view: int) -> Membership:
    session: Any = SimpleNamespace(
        connection=object(), wire=JSON, namespace=SimpleNamespace(name="/"), rooms_changed=lambda: None
    )
    member = Membership(session, state)
    shown: View = SeesNot(view)  # type: ignore[assignment]  # nothing is shown here
    member.grant = Grant(view=shown) if view else Grant()
    state.add(member)
    return member


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=40))
def test_a_room_has_everybody_in_their_audience_whatever_came_and_went(steps: list[tuple[int, int]]) -> None:
    state = RoomState(UserRoom(1), 10)
    members = [member_of(state, number % 3) for number in range(6)]
    live: list[Membership] = []
    for number, view in steps:
        member = members[number]
        if member in live:
            state.leave_live(member, Phase.CATCHING_UP)
            live.remove(member)
        else:
            shown: View = SeesNot(view)  # type: ignore[assignment]  # as above
            member.grant = Grant(view=shown) if view else Grant()
            state.enter_live(member)
            live.append(member)
        views = {audience.view.key if audience.view else 0: list(audience.members) for audience in state.audiences}
        expected: dict[Any, list[Membership]] = {}
        for one in live:
            assert one.grant is not None
            expected.setdefault(one.grant.view.key if one.grant.view else 0, []).append(one)
        assert views == expected
        assert state.live_count == len(live)
        assert sorted(map(id, state.members)) == sorted(map(id, members))


def test_who_is_no_member_takes_nobody_out() -> None:
    state = RoomState(UserRoom(1), 10)
    one, other = member_of(state, 0), member_of(state, 0)
    audience: Audience[Membership] = Audience("key", JSON, "/", None)
    audience.discard(one)
    audience.add(one)
    audience.discard(other)
    assert list(audience.members) == [one]
    assert audience.recipients().connections == (one.connection,)
    audience.add(other)
    assert audience.recipients().connections == (one.connection, other.connection)
