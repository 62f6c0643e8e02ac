"""Who is there and who takes part in a call, as a group is told and as who asks sees it."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from realtime.errors import NotJoined, Unauthenticated
from realtime.identity import ANONYMOUS, Identity
from realtime.people import Privacy
from realtime.rooms import Counts, Grant, Present, Roster
from realtime.testing.capture import capture_events
from social.errors import NotMember
from social.events import CallRoom, GroupRoom
from social.events.commands import AskRoom
from social.events.talking import JoinCall, LeaveCall, StartCall
from social.events.typing import StartTyping
from social.namespaces.presence import emit_call, emit_members, presence
from tests.books.library import somebody
from tests.social.rooms import group, member_of

pytestmark = pytest.mark.django_db

ROSTER = Roster(Counts(user_count=2, guest_count=0, version=4), {7: Present("ada", "Ada L."), 8: Present("bob")})


class Session:
    """Is in one group, sees `hidden_ids` nowhere, and notes where it goes."""

    def __init__(self, here: GroupRoom | None, hidden_ids: frozenset[int] = frozenset()) -> None:
        self.here, self.view = here, Privacy(hidden_ids=hidden_ids)
        self.asked: list[tuple[Any, ...]] = []

    def is_present(self, room: object) -> bool:
        return room == self.here

    def grant(self, room: object) -> Grant | None:
        return Grant(view=self.view)

    async def join(self, room: object, *, present: bool) -> None:
        self.asked.append(("join", room, present))

    async def leave(self, room: object) -> None:
        self.asked.append(("leave", room))

    async def roster(self, room: object) -> Roster:
        return ROSTER


def call_of(session: Session, identity: Identity = ANONYMOUS) -> Any:
    async def read(function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    return SimpleNamespace(identity=identity, session=session, read=read, roster=session.roster)


def run(name: str, call: Any, wanted: Any) -> Any:
    return presence.handlers[name].run(call, wanted)


@pytest.fixture
def ones_membership_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is not asked on the test's loop."""
    module = import_module("social.namespaces.presence")
    monkeypatch.setattr(module, "_member_count", lambda identity, group_id: 5)

    async def sockets(room: GroupRoom) -> int:
        return 3

    monkeypatch.setattr(module, "socket_count", sockets)


@pytest.mark.usefixtures("ones_membership_is_known")
async def test_who_asks_sees_how_many_are_there_and_nobody_whom_they_do_not_see() -> None:
    info = await run("room:info", call_of(Session(None, frozenset({8}))), AskRoom(room_id=5))
    assert (info.online_count, info.online_users, info.socket_count, info.member_count) == (2, [7], 3, 5)


async def test_who_is_not_there_neither_types_nor_calls() -> None:
    call = call_of(Session(GroupRoom(6)))
    for name, wanted in (
        ("typing:start", StartTyping(room_id=5)),
        ("call:start", StartCall(room_id=5)),
        ("call:join", JoinCall(room_id=5)),
    ):
        with pytest.raises(NotJoined):
            await run(name, call, wanted)
    assert call.session.asked == []


@pytest.mark.usefixtures("ones_membership_is_known")
async def test_a_call_is_entered_and_left_in_a_room_of_its_own() -> None:
    call = call_of(Session(GroupRoom(5), frozenset({8})))
    state = await run("call:start", call, StartCall(room_id=5))
    assert (state.room_id, state.participant_count) == (5, 2)
    assert [user.user_id for user in state.participants] == [7]
    await run("call:leave", call, LeaveCall(room_id=5))
    assert call.session.asked == [("join", CallRoom(5), True), ("leave", CallRoom(5))]


def test_only_members_are_told_how_many_belong() -> None:
    count = import_module("social.namespaces.presence")._member_count
    made = group()
    assert count(Identity(member_of(made).pk), made.pk) == 2
    with pytest.raises(NotMember):
        count(Identity(somebody().pk), made.pk)
    with pytest.raises(Unauthenticated):
        count(ANONYMOUS, made.pk)


def test_a_group_is_told_who_is_there_and_who_is_in_its_call() -> None:
    with capture_events() as captured:
        emit_members(GroupRoom(5), ROSTER)
        emit_call(CallRoom(5), ROSTER)
        emit_members(GroupRoom(6), Roster(Counts(user_count=900, version=5), None))
    (_, here), (_, calling) = captured.emitted(GroupRoom(5))
    assert (here.online_count, [user.username for user in here.online_members], here.version) == (2, ["ada", "bob"], 4)
    assert (calling.participant_count, [user.user_id for user in calling.participants]) == (2, [7, 8])
    [(_, crowd)] = captured.emitted(GroupRoom(6))
    assert (crowd.online_count, crowd.online_members) == (900, None)
