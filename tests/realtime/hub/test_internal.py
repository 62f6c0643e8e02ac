"""What the engine notes for itself in the log is carried out where it stands in a room's order."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import realtime
from realtime.contracts import Payload, event_contract
from realtime.hub import Hub
from realtime.hub.internal import Internals
from realtime.hub.room import Membership, RoomState
from realtime.identity import Identity
from realtime.log.auto_rooms import RoomsChanged
from realtime.log.events import StoredEvent
from realtime.log.revocation import Revoked, UserRoom
from realtime.rooms import Room
from tests.realtime.app.events import Said
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import HALL, say

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_was_blanked_is_replayed_as_hidden_also_from_the_ring(connect: Connect, hub: Hub) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await realtime.aemit(HALL, Said(text="secret"), ref="saying:1")
    await client.event("hall:said")
    await hub.handlers.run(_blank, "saying:1")
    await client.event("hidden")
    again = await connect()
    await again.tell("session:resume", {"rooms": {"hall:1": position}})
    await say("end")
    await again.event("hall:said")
    assert [event["type"] for event in again.events()] == ["hidden", "hidden", "hall:said"]


def _blank(ref: str) -> None:
    with realtime.atomic():
        realtime.blank(ref=ref)


class Somebody:
    """A session that notes what is asked of it."""

    def __init__(self, user_id: int = 7, credential: str = "jwt:7") -> None:
        self.identity = Identity(user_id, "ada", credential=credential)
        self.connection: Any = None
        self.asked: list[tuple[object, ...]] = []

    def recheck_room(self, room: str, reason: str) -> None:
        self.asked.append(("recheck_room", room, reason))

    def expel(self, reason: str) -> None:
        self.asked.append(("expel", reason))

    async def recheck_identity(self, reason: str) -> None:
        self.asked.append(("recheck_identity", reason))

    async def refresh_auto_rooms(self) -> None:
        self.asked.append(("refresh_auto_rooms",))


class Desk:
    """Internals without a hub: `forgotten` are the rooms whose answers were thrown away."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self._spawned: list[Any] = []
        hub: Any = SimpleNamespace(spawn=self._spawned.append)
        authorizer: Any = SimpleNamespace(forget=lambda room: self.forgotten.append(room.name))
        self.internals = Internals(hub, authorizer)

    def enter(self, room: Room, *sessions: Somebody, watching: bool) -> RoomState:
        state = RoomState(room, 10)
        for session in sessions:
            member = Membership(session, state)  # type: ignore[arg-type]  # as much of one as is asked here
            member.watching = watching
            state.add(member)
        return state

    async def carry_out(self, state: RoomState, payload: Payload | None = None, type: str = "") -> None:
        kind = event_contract(payload).name if payload else type
        encoded = msgspec.json.encode(payload) if payload else b"{}"
        self.internals.carry_out(state, StoredEvent(state.name, "e", 1, kind, encoded, 0, internal=True))
        await self.end()

    async def end(self) -> None:
        for work in self._spawned:
            await work
        self._spawned.clear()


@pytest.mark.parametrize(
    ("revoked", "asked"),
    [
        (Revoked(user_id=7, room="vault:1", reason="key lost"), [("recheck_room", "vault:1", "key lost")]),
        (Revoked(user_id=7, reason="banned"), [("recheck_identity", "banned")]),
        (Revoked(user_id=7, reason="begone", expel=True), [("expel", "begone")]),
        (Revoked(user_id=7, credential="jwt:7", reason="signed out"), [("expel", "signed out")]),
        (Revoked(user_id=7, credential="jwt:of another device"), []),
    ],
)
async def test_a_persons_sessions_do_what_was_revoked_from_them(
    revoked: Revoked, asked: list[tuple[object, ...]]
) -> None:
    desk, session = Desk(), Somebody()
    await desk.carry_out(desk.enter(UserRoom(7), session, watching=True), revoked)
    assert session.asked == asked
    assert desk.forgotten == []


async def test_where_a_room_itself_was_revoked_everybody_in_it_is_asked_about_anew() -> None:
    desk, inside, listening = Desk(), Somebody(), Somebody(8)
    state = desk.enter(HALL, inside, watching=False)
    only_watching = Membership(listening, state)  # type: ignore[arg-type]
    only_watching.watching = True
    state.add(only_watching)
    await desk.carry_out(state, Revoked(room=HALL.name, reason="private now"))
    assert (inside.asked, listening.asked) == ([("recheck_room", HALL.name, "private now")], [])
    assert desk.forgotten == [HALL.name]


async def test_rooms_that_are_entered_by_themselves_are_looked_up_again() -> None:
    desk, session = Desk(), Somebody()
    await desk.carry_out(desk.enter(UserRoom(7), session, watching=True), RoomsChanged())
    assert session.asked == [("refresh_auto_rooms",)]


async def test_who_may_have_missed_a_revocation_is_asked_about_as_if_there_had_been_one() -> None:
    desk, inside, listening = Desk(), Somebody(), Somebody(8)
    desk.internals.ask_again(desk.enter(HALL, inside, watching=False))
    desk.internals.ask_again(desk.enter(UserRoom(8), listening, watching=True))
    await desk.end()
    assert inside.asked == [("recheck_room", HALL.name, "")]
    assert listening.asked == [("recheck_identity", "")]


async def test_what_a_newer_release_notes_means_nothing_to_this_one() -> None:
    desk, session = Desk(), Somebody()
    await desk.carry_out(desk.enter(UserRoom(7), session, watching=True), type="realtime:someday")
    assert session.asked == []
