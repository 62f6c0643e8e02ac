"""The Socket.IO side of a connection: namespaces entered and left, events, and acks in both directions."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import Application, EngineSession, Options
from realtime.doors.errors import MalformedPacket
from realtime.doors.socketio.connection import ComeBack, Reply, SocketConnection
from realtime.errors import CloseCode, Forbidden, Unavailable
from tests.realtime.doors.engineio.echoing import SCOPE, Way
from tests.realtime.doors.temporary import until

pytestmark = pytest.mark.either_database


class Desk:
    """One namespace of one connection."""

    def __init__(self, state: bytes | None = b"here") -> None:
        self.events: list[list[Any]] = []
        self.replies: list[Reply | None] = []
        self.ends: list[str] = []
        self.beats = 0
        self.known = state

    def event(self, arguments: list[Any], reply: Reply | None) -> None:
        self.events.append(arguments)
        self.replies.append(reply)

    def disconnected(self, reason: str) -> None:
        self.ends.append(reason)

    def beating(self) -> None:
        self.beats += 1

    async def settled(self, timeout_seconds: float) -> bool:
        return True

    def state(self) -> bytes | None:
        return self.known


class House:
    """Serves /a and /b; `doorkeeper` decides on whoever comes."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.restored: dict[str, bytes] = {}
        self.doorkeeper: Callable[[str], None] = lambda namespace: None
        self.open = asyncio.Event()
        self.open.set()

    def serves(self, namespace: str) -> bool:
        return namespace in ("/a", "/b")

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> Desk:
        await self.open.wait()
        self.doorkeeper(namespace)
        connection.accept(namespace, {"sid": "s", **auth})
        self.desks[namespace] = Desk()
        return self.desks[namespace]

    def restore(self, connection: SocketConnection, namespace: str, state: bytes) -> Desk:
        self.restored[namespace] = state
        self.desks[namespace] = Desk()
        return self.desks[namespace]


class Line:
    """A connection of the house, and what its client hears."""

    def __init__(self, house: House, *, connect_timeout_ms: int = 60_000) -> None:
        self.house = house

        def application(engine: EngineSession) -> Application:
            return SocketConnection(engine, house, connect_timeout_ms=connect_timeout_ms)

        self.engine = EngineServer(Options(), application).open(SCOPE)
        self.way = Way()
        self.engine.start_on(self.way)
        assert isinstance(self.engine.application, SocketConnection)
        self.connection = self.engine.application

    def say(self, *packets: str) -> None:
        for packet in packets:
            self.engine.heard(f"4{packet}")

    @property
    def heard(self) -> list[str]:
        self.engine.flush()
        return [text.removeprefix("4") for text in self.way.sent]

    async def enter(self, namespace: str = "/a") -> Desk:
        self.say(f"0{namespace},")
        await until(lambda: namespace in self.connection._endpoints)
        self.engine.flush()
        self.way.sent.clear()
        return self.house.desks[namespace]


@pytest.fixture
async def house() -> House:
    return House()


@pytest.fixture
async def line(house: House) -> Line:
    return Line(house)


async def test_a_client_is_let_in_with_what_it_gave_and_its_events_arrive(line: Line, house: House) -> None:
    line.say('0/a,{"token":"7"}')
    await until(lambda: line.connection.live)
    assert line.heard == ['0/a,{"sid":"s","token":"7"}']
    line.say('2/a,["said",1,{"x":null}]')
    assert house.desks["/a"].events == [["said", 1, {"x": None}]]
    assert house.desks["/a"].replies == [None]


async def test_an_unknown_namespace_is_refused_in_the_protocols_words(line: Line, house: House) -> None:
    line.say("0/nowhere,")
    assert line.heard == ['4/nowhere,{"message":"Invalid namespace"}']
    assert not line.connection.entering
    assert line.way.ends == []


async def test_an_ack_is_sent_once(line: Line) -> None:
    desk = await line.enter()
    line.say('2/a,12["said"]')
    [reply] = desk.replies
    assert reply is not None
    reply([{"success": True}])
    reply(["too late"])
    assert line.heard == ['3/a,12[{"success":true}]']


async def test_the_client_is_asked_and_answers_to_the_right_question(line: Line) -> None:
    await line.enter()
    first = asyncio.create_task(line.connection.ask("/a", "one?", timeout_ms=30_000))
    second = asyncio.create_task(line.connection.ask("/a", "two?", timeout_ms=30_000))
    await asyncio.sleep(0)
    assert line.heard == ['2/a,1["one?"]', '2/a,2["two?"]']
    line.say('3/a,2["2"]', '3/a,9["nobody asked"]', '3/a,2["again"]', '3/a,1["1"]')
    assert (await first, await second) == (["1"], ["2"])


async def test_a_question_ends_with_its_time_or_with_its_client(line: Line) -> None:
    await line.enter()
    with pytest.raises(Unavailable, match="in time"):
        await line.connection.ask("/a", "anybody?", timeout_ms=1)
    waiting = asyncio.create_task(line.connection.ask("/a", "still there?", timeout_ms=30_000))
    await asyncio.sleep(0)
    line.engine.abort()
    with pytest.raises(Unavailable, match="gone"):
        await waiting
    assert line.connection._asked == {}


@pytest.mark.parametrize(
    "packets", [['2/a,["said"]'], ["0/b,", '2/a,["said"]'], ['4/a,{"message":"no"}'], ["no packet"]]
)
async def test_what_breaks_the_protocol_ends_the_connection(line: Line, packets: list[str]) -> None:
    line.say(*packets)
    assert line.way.ends == [(CloseCode.PROTOCOL_ERROR, "parse error")]


async def test_a_namespace_is_entered_once(line: Line) -> None:
    desk = await line.enter()
    with pytest.raises(MalformedPacket):
        line.connection.received("0/a,")
    line.say("0/a,")
    assert desk.ends == ["parse error"]


async def test_who_leaves_one_namespace_stays_in_the_others(line: Line) -> None:
    left, stayed = await line.enter("/a"), await line.enter("/b")
    line.say("1/a,")
    assert (left.ends, stayed.ends) == (["client disconnect"], [])
    assert line.connection.live
    await line.enter("/a")
    line.engine.abort("gone")
    assert stayed.ends == line.house.desks["/a"].ends == ["gone"]


async def test_who_asks_again_while_being_let_in_begins_anew(line: Line, house: House) -> None:
    house.open.clear()
    line.say('0/a,{"try":1}')
    await asyncio.sleep(0)
    line.say('0/a,{"try":2}')
    assert list(line.connection.entering) == ["/a"]
    house.open.set()
    await until(lambda: line.connection.live)
    assert line.heard == ['0/a,{"sid":"s","try":2}']
    assert not line.connection.entering


@pytest.mark.parametrize(
    ("error", "refused", "ends"),
    [
        (Forbidden("Not you."), True, []),
        (Unavailable(), False, [(CloseCode.SERVICE_RESTART, "come back")]),
        (ZeroDivisionError(), False, [(CloseCode.SERVICE_RESTART, "come back")]),
        (ComeBack(CloseCode.TOO_MANY_CONNECTIONS), False, [(CloseCode.TOO_MANY_CONNECTIONS, "come back")]),
    ],
)
async def test_only_what_is_for_good_is_told_as_a_refusal(
    line: Line, house: House, error: Exception, refused: bool, ends: list[tuple[int, str]]
) -> None:
    """Stock clients take every refusal for final."""

    def refuse(namespace: str) -> None:
        raise error

    house.doorkeeper = refuse
    line.say("0/a,")
    await until(lambda: not line.connection.entering)
    assert any(text.startswith("4/a,") and "FORBIDDEN" in text for text in line.heard) is refused
    assert line.way.ends == ends


async def test_who_enters_no_namespace_in_time_is_let_go_and_who_is_being_let_in_is_waited_for(house: House) -> None:
    idle, inside, entering = Line(house, connect_timeout_ms=1), Line(house), Line(house)
    await until(lambda: idle.way.ends)
    assert idle.way.ends == [(CloseCode.PROTOCOL_ERROR, "connect timeout")]
    await inside.enter()
    assert inside.connection._deadline is None
    house.open.clear()
    entering.say("0/a,")
    entering.connection._too_late()
    assert entering.way.ends == []
    assert entering.connection._deadline is not None
    for line in (entering, inside):
        line.engine.abort()


async def test_it_goes_on_in_another_process_with_its_name_and_numbers(line: Line) -> None:
    await line.enter("/a")
    asked = asyncio.create_task(line.connection.ask("/a", "one?", timeout_ms=30_000))
    await asyncio.sleep(0)
    state = line.connection.state()
    assert state is not None
    there = Line(House())
    there.connection.restore(state)
    assert there.engine.id == line.engine.id
    assert there.house.restored == {"/a": b"here"}
    again = asyncio.create_task(there.connection.ask("/a", "two?", timeout_ms=30_000))
    await asyncio.sleep(0)
    assert there.heard == ['2/a,2["two?"]']
    for engine, question in ((line.engine, asked), (there.engine, again)):
        engine.abort()
        with pytest.raises(Unavailable):
            await question


async def test_where_one_namespace_does_not_know_its_place_the_whole_stays(line: Line) -> None:
    desk = await line.enter("/a")
    await line.enter("/b")
    desk.known = None
    assert line.connection.state() is None


async def test_it_is_settled_when_everybody_is_in(line: Line, house: House) -> None:
    house.open.clear()
    line.say("0/a,")
    assert not await line.connection.entered(0.001)
    assert not await line.connection.settled(0.001)
    house.open.set()
    assert await line.connection.settled(30)


async def test_each_namespace_hears_of_the_heartbeat(line: Line) -> None:
    desks = [await line.enter("/a"), await line.enter("/b")]
    line.connection.beating()
    assert [desk.beats for desk in desks] == [1, 1]
