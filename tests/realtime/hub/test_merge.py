"""The merge of log and live events, under random histories: every stream is dense and in order, always."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.hub import Hub
from realtime.identity import ANONYMOUS
from realtime.log import reading
from realtime.log.events import StoredEvent
from realtime.namespaces import NAMESPACES
from realtime.positions import Position
from realtime.sessions.session import Session
from realtime.transport.connection import Connection
from realtime.transport.packets import Packet
from realtime.transport.wire import JSON
from tests.realtime.app import namespaces as _namespaces  # noqa: F401  # declares them
from tests.realtime.app.events import HallRoom

ROOM = HallRoom(1)
CLIENTS = 3

operation = st.one_of(
    st.tuples(st.just("commit"), st.integers(1, 6)),
    st.tuples(st.just("hint"), st.permutations(range(6))),
    st.tuples(st.just("sweep"), st.none()),
    st.tuples(st.just("join"), st.integers(0, CLIENTS - 1)),
    st.tuples(st.just("leave"), st.integers(0, CLIENTS - 1)),
    st.tuples(st.just("choke"), st.integers(0, CLIENTS - 1)),
    st.tuples(st.just("drain"), st.integers(0, CLIENTS - 1)),
    st.tuples(st.just("ask again"), st.integers(0, CLIENTS - 1)),
    st.tuples(st.just("wait"), st.integers(0, 3)),
)


class Log:
    """Stands in for the database: what is committed, and the engine's three ways of reading it."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.unhinted: list[StoredEvent] = []

    def commit(self, count: int) -> None:
        for _ in range(count):
            event = StoredEvent(ROOM.name, "e", len(self.events) + 1, "hall:said", b'{"text":"x"}', 0)
            self.events.append(event)
            self.unhinted.append(event)

    def heads(self, rooms: list[str]) -> dict[str, reading.Head]:
        return {room: reading.Head("e", len(self.events), 1) if self.events else reading.NEVER for room in rooms}

    def read_page(self, room: str, after: int, up_to: int, limit: int) -> list[StoredEvent]:
        return self.events[after : min(up_to, after + limit)]

    def read_many(self, ranges: Mapping[str, tuple[int, int]]) -> dict[str, list[StoredEvent] | None]:
        return {room: self.events[after:up_to] for room, (after, up_to) in ranges.items()}


class Paper(Connection):
    """A link that notes what it is given, and chokes or drains when told to."""

    __slots__ = ("frames",)

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub.write_batch)
        self.frames: list[dict[str, Any]] = []

    def _send(self, packets: list[Packet]) -> None:
        self.frames += [json.loads(packet.text) for packet in packets]

    def close(self, code: int, reason: str = "") -> None:
        raise AssertionError("Nobody should be closed here.")

    abort = close  # type: ignore[assignment]

    def choke(self) -> None:
        self.became_congested()

    def drain(self) -> None:
        self.became_drained()


@dataclass
class Reader:
    """A client with a memory: it comes back to where it was."""

    session: Session
    link: Paper
    starts: list[int] = field(default_factory=list)
    inside: bool = False

    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.link.frames if "seq" in frame]

    async def join(self) -> None:
        if self.inside:
            return
        self.link.flush()
        since = Position("e", self.seqs()[-1]) if self.seqs() else None
        joined = await self.session.join(ROOM, since)
        assert joined.get("recovered") is not False
        if since is None:
            self.starts = [joined["position"].seq]
        self.inside = True
        self.session._rooms.release()

    async def leave(self) -> None:
        await self.session.leave(ROOM)
        self.link.flush()
        self.inside = False

    def is_up_to(self, seq: int) -> bool:
        self.link.flush()
        return not self.inside or (self.seqs()[-1] if self.seqs() else self.starts[0]) == seq


async def live_through(operations: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    for name in ("heads", "read_page", "read_many"):
        monkeypatch.setattr(reading, name, getattr(log, name))
    hub = Hub(asyncio.get_running_loop())
    hub.settings = msgspec.structs.replace(
        hub.settings, fan_out_slice=1, ring_events=4, replay_page=3, early_limit=5, gap_seconds=0.001
    )
    readers = []
    for _ in range(CLIENTS):
        link = Paper(hub)
        hub.add_connection(link)
        session = Session(hub, link, JSON, NAMESPACES["/halls"], ANONYMOUS)
        link.sessions["/halls"] = session
        readers.append(Reader(session, link))
    try:
        for name, value in operations:
            await carry_out(name, value, hub, log, readers)
        for reader in readers:
            reader.link.drain()
        if state := hub.rooms.get(ROOM.name):
            hub.log.close_gap(state)
        async with asyncio.timeout(5):
            while not all(reader.is_up_to(len(log.events)) for reader in readers):  # noqa: ASYNC110  # nothing to await
                await asyncio.sleep(0.002)
        for reader in readers:
            if seqs := reader.seqs():
                assert seqs == list(range(reader.starts[0] + 1, reader.starts[0] + 1 + len(seqs)))
    finally:
        await hub.stop()


async def carry_out(name: str, value: Any, hub: Hub, log: Log, readers: list[Reader]) -> None:
    state = hub.rooms.get(ROOM.name)
    if name == "commit":
        log.commit(value)
    elif name == "hint":
        hinted = [log.unhinted[index] for index in value if index < len(log.unhinted)]
        log.unhinted = log.unhinted[len(hinted) // 2 :]  # some hints come twice, some never
        for event in hinted:
            hub.accept(event)
    elif name == "sweep" and state:
        hub.log.close_gap(state)
    elif name == "join":
        await readers[value].join()
    elif name == "leave":
        await readers[value].leave()
    elif name == "choke":
        readers[value].link.choke()
    elif name == "drain":
        readers[value].link.drain()
    elif name == "ask again":
        readers[value].session.recheck_room(ROOM.name, "")
    elif name == "wait":
        for _ in range(value):
            await asyncio.sleep(0)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(operation, min_size=3, max_size=40))
def test_every_stream_is_dense_and_in_order(operations: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(live_through(operations, monkeypatch))
