"""Random histories of a role: whoever joins, resumes, lags or chokes, nobody sees an event from outside their time.

A time begins with the room's event at which permission was granted and ends with the one at which it was revoked. The
hub hears of everything late, policies answer late, and clients claim any place.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from realtime.contracts import event_contract
from realtime.errors import ApplicationError
from realtime.hub import Hub
from realtime.identity import Identity
from realtime.log import reading
from realtime.log.events import StoredEvent
from realtime.log.revocation import Revoked, UserRoom
from realtime.namespaces import NAMESPACES
from realtime.positions import Position
from realtime.rooms import Grant, Room
from realtime.sessions.session import Session
from realtime.transport.packets import Packet
from realtime.transport.wire import JSON
from tests.realtime.app.events import VaultRoom
from tests.realtime.hub.test_merge import Paper

PERSON = Identity(7, "ada", credential="jwt:7")
VAULT, OWN = VaultRoom(1), UserRoom(7)

operation = st.one_of(
    st.tuples(st.just("commit"), st.integers(1, 5)),
    st.tuples(st.just("hear"), st.integers(1, 6)),
    st.tuples(st.just("read the log"), st.just(0)),
    st.tuples(st.just("give"), st.just(0)),
    st.tuples(st.just("take"), st.just(0)),
    st.tuples(st.just("join"), st.none()),
    st.tuples(st.just("join from"), st.integers(0, 25)),
    st.tuples(st.just("leave"), st.just(0)),
    st.tuples(st.just("choke"), st.just(0)),
    st.tuples(st.just("drain"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


class World:
    """Stands in for the database: the log of both rooms, and since when the person has permission."""

    def __init__(self) -> None:
        self.events: dict[str, list[StoredEvent]] = {VAULT.name: [], OWN.name: []}
        self.unheard: list[StoredEvent] = []
        self.since: int | None = None
        self.times: list[tuple[int, int, int]] = []
        """Ended ones: after which event, up to which, and the number of the revocation in the person's own room."""

    def write(self, room: Room, kind: str, payload: bytes, *, internal: bool = False) -> None:
        events = self.events[room.name]
        event = StoredEvent(room.name, "e", len(events) + 1, kind, payload, 0, internal=internal)
        events.append(event)
        self.unheard.append(event)

    def give(self) -> None:
        if self.since is None:
            self.since = len(self.events[VAULT.name])

    def take(self) -> None:
        if self.since is not None:
            revoked = Revoked(user_id=7, room=VAULT.name)
            self.write(OWN, event_contract(Revoked).name, msgspec.json.encode(revoked), internal=True)
            self.times.append((self.since, len(self.events[VAULT.name]), len(self.events[OWN.name])))
            self.since = None

    def may_show(self, seq: int, heard_of_own: int) -> bool:
        """Tells whether the event is of the person's time, or of one whose end this hub has not heard of yet."""
        if self.since is not None and seq > self.since:
            return True
        return any(after < seq <= up_to or (seq > up_to and heard_of_own < end) for after, up_to, end in self.times)

    # What the engine asks

    def heads(self, rooms: list[str]) -> dict[str, reading.Head]:
        return {
            room: reading.Head("e", len(self.events[room]), 1) if self.events[room] else reading.NEVER for room in rooms
        }

    def read_page(self, room: str, after: int, up_to: int, limit: int) -> list[StoredEvent]:
        return self.events[room][after : min(up_to, after + limit)]

    def read_many(self, ranges: Mapping[str, tuple[int, int]]) -> dict[str, list[StoredEvent] | None]:
        return {room: self.events[room][after:up_to] for room, (after, up_to) in ranges.items()}

    async def authorise(self, identity: Identity, rooms: list[Room]) -> Mapping[Room, Grant | None]:
        await asyncio.sleep(0)
        since = self.since
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return {room: Grant(from_seq=since) if since is not None else None for room in rooms}


class Witness(Paper):
    """A link that checks each event of the vault in the moment in which it is written."""

    __slots__ = ("hub", "world", "wrong")

    def __init__(self, hub: Hub, world: World) -> None:
        super().__init__(hub)
        self.hub, self.world, self.wrong = hub, world, list[int]()

    def write(self, packet: Packet) -> None:
        frame = msgspec.json.decode(packet.text)
        said = frame.get("room") == VAULT.name and frame["type"] == "hall:said"
        if said and not self.world.may_show(frame["seq"], self.hub.rooms[OWN.name].seq):
            self.wrong.append(frame["seq"])
        super().write(packet)


async def live_through(operations: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for name in ("heads", "read_page", "read_many"):
        monkeypatch.setattr(reading, name, getattr(world, name))
    hub = Hub(asyncio.get_running_loop())
    hub.settings = msgspec.structs.replace(hub.settings, ring_events=4, replay_page=3, gap_seconds=0.001)
    monkeypatch.setattr(hub.authorizer, "authorise", world.authorise)

    async def still_valid(identity: Identity) -> bool:
        return True

    monkeypatch.setattr(hub.authorizer, "still_valid", still_valid)
    link = Witness(hub, world)
    hub.add_connection(link)
    session = Session(hub, link, JSON, NAMESPACES["/halls"], PERSON)
    link.sessions["/halls"] = session
    await session._watch_for_revocations()
    joins: set[asyncio.Task[None]] = set()

    async def join(since: Position | None) -> None:
        try:
            await session.join(VAULT, since)
        except ApplicationError:
            return
        session._rooms.release()

    async def carry_out(name: str, value: Any) -> None:
        match name:
            case "commit":
                for _ in range(value):
                    world.write(VAULT, "hall:said", b'{"text":"x"}')
            case "hear":
                heard, world.unheard = world.unheard[:value], world.unheard[value:]
                for event in heard:
                    hub.accept(event)
            case "read the log" if state := hub.rooms.get(VAULT.name):
                hub.log.close_gap(state)
            case "give":
                world.give()
            case "take":
                world.take()
            case "join" | "join from":
                joins.add(asyncio.create_task(join(Position("e", value) if value is not None else None)))
            case "leave":
                await session.leave(VAULT)
            case "choke":
                link.choke()
            case "drain":
                link.drain()
            case "wait":
                for _ in range(value):
                    await asyncio.sleep(0.001)

    try:
        for step in operations:
            await carry_out(*step)
            assert link.wrong == []
        link.drain()
        for event in world.unheard:
            hub.accept(event)
        async with asyncio.timeout(10):
            await asyncio.gather(*joins)
            for _ in range(20):
                await asyncio.sleep(0.002)
        assert link.wrong == []
        assert world.since is not None or VAULT.name not in session.memberships
    finally:
        await hub.stop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.either_database
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(operation, min_size=6, max_size=40))
@example(  # permission is revoked and granted again before the hub has heard of either
    operations=[("give", 0), ("join", None), ("wait", 3), ("take", 0), ("commit", 3), ("give", 0), ("hear", 4)]
)
@example(  # somebody enters whose time begins further on than the hub is
    operations=[
        *[("give", 0), ("join", None), ("wait", 3), ("leave", 0), ("take", 0), ("hear", 1), ("commit", 3)],
        *[("give", 0), ("join", None), ("wait", 3), ("hear", 3)],
    ]
)
@example(  # permission is revoked while the hub looks whether the place that a client claims exists
    operations=[
        *[("commit", 1), ("give", 0), ("join", None), ("wait", 3), ("leave", 0), ("commit", 5), ("join from", 4)],
        *[("wait", 1), ("take", 0), ("hear", 7), ("wait", 4), ("wait", 4), ("wait", 4), ("commit", 2), ("hear", 2)],
    ]
)
def test_nobody_sees_an_event_from_outside_their_time(
    operations: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(live_through(operations, monkeypatch))
