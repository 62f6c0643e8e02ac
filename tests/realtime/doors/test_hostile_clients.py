"""Clients that send anything at all: their session may end, nothing else does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.engineio.packets import EnginePacket, decode
from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import EngineSession, Options
from realtime.doors.errors import MalformedPacket, RequestRefused
from realtime.doors.socketio.connection import Endpoint, SocketConnection
from realtime.people.limits.trifles import TRIFLES_AT_ONCE
from realtime.transport.turns import TURN_POINTS
from tests.conformance.server import MirrorBackend

_OPTIONS = Options(max_payload=2_000)
_SCOPE: Mapping[str, Any] = {"type": "http", "client": ("127.0.0.1", 1), "headers": []}

_json = st.text('[]{}",:0123456789-/a_placeholdernumtrue ', max_size=40)
_packets = st.one_of(
    st.just("40"),
    st.just('40/custom,{"token":"x"}'),
    st.just('42["message",1]'),
    st.just('421["message-with-ack",{"a":[]}]'),
    st.just('451-["message",{"_placeholder":true,"num":0}]'),
    st.just('42["ask-me"]'),
    st.sampled_from(["1", "2", "3", "5", "6", "41", "41/custom", "43[1]", "431[1]", "40/nowhere"]),
    st.builds("4{}{}".format, st.integers(0, 9), _json),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.just("42" + "[" * 3000),
)


async def _talk(server: EngineServer, packets: list[str | bytes]) -> EngineSession:
    session = server.open(_SCOPE)
    for packet in packets:
        if session.closed:
            break
        try:
            if isinstance(packet, bytes):
                session.receive(decode(packet))
            else:
                await session.post(packet.encode())
        except (MalformedPacket, RequestRefused):
            continue
        # Namespaces are entered in tasks of their own.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return session


@given(st.lists(_packets, max_size=12))
def test_nothing_that_a_client_sends_harms_the_server_or_its_neighbour(packets: list[str | bytes]) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        raised: list[dict[str, Any]] = []
        loop.set_exception_handler(lambda _, context: raised.append(context))
        server = EngineServer(
            _OPTIONS, lambda engine: SocketConnection(engine, MirrorBackend(), connect_timeout_ms=1000)
        )
        neighbour = server.open(_SCOPE)
        session = await _talk(server, packets)
        await neighbour.post(b"40")
        await asyncio.sleep(0)
        await neighbour.post(b'42["message",1]')
        await asyncio.sleep(0)
        assert not neighbour.closed
        for ended in (session, neighbour):
            ended.abort()
        await asyncio.sleep(0)
        assert not server.sessions
        assert not raised

    asyncio.run(scenario())


async def test_namespaces_that_are_none_are_refused_at_once_and_nothing_is_under_way() -> None:
    """A thousand of them in one body were a thousand tasks, each of which looked at all the others."""
    connections: list[SocketConnection] = []

    def application(engine: EngineSession) -> SocketConnection:
        connections.append(SocketConnection(engine, MirrorBackend(), connect_timeout_ms=60_000))
        return connections[0]

    session = EngineServer(_OPTIONS, application).open(_SCOPE)
    tasks = len(asyncio.all_tasks())
    for number in range(TRIFLES_AT_ONCE):
        session.receive(decode(f"40/nowhere{number},"))
    assert (len(connections[0].entering), len(asyncio.all_tasks())) == (0, tasks)
    refusals = (await session.poll()).decode().split("\x1e")
    assert refusals == [f'44/nowhere{number},{{"message":"Invalid namespace"}}' for number in range(TRIFLES_AT_ONCE)]
    session.abort()


class _Broken(MirrorBackend):
    """A backend with a defect."""

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> Endpoint:
        raise ZeroDivisionError("a defect")


async def test_a_defect_behind_the_door_ends_the_connection_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    server = EngineServer(_OPTIONS, lambda engine: SocketConnection(engine, _Broken(), connect_timeout_ms=1000))
    session = server.open(_SCOPE)
    await session.post(b"40")
    # Any word about the namespace would end it for a stock client, for good: so it comes back.
    assert await session.poll() == b"1"
    assert "a defect" in caplog.text
    assert session.closed


class _Counted(EngineSession):
    """A session that notes how many packets all such sessions take in each turn."""

    turns: ClassVar[list[int]] = [0]

    def receive(self, packet: EnginePacket) -> None:
        self.turns[-1] += 1
        super().receive(packet)


async def _tick() -> None:
    while True:
        _Counted.turns.append(0)
        await asyncio.sleep(0)


@pytest.fixture
async def turns(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[int]]:
    monkeypatch.setattr("realtime.doors.engineio.server.EngineSession", _Counted)
    _Counted.turns = [0]
    ticking = asyncio.create_task(_tick())
    yield _Counted.turns
    ticking.cancel()


def _server(max_payload: int = 64 * 1024) -> EngineServer:
    return EngineServer(
        Options(max_payload=max_payload),
        lambda engine: SocketConnection(engine, MirrorBackend(), connect_timeout_ms=60_000),
    )


@pytest.mark.parametrize("packet", ["6", "3", "40/nowhere{}", '43{}["nobody asked"]'])
async def test_ten_bodies_full_of_trifles_share_a_turn_and_end_their_sessions(turns: list[int], packet: str) -> None:
    server = _server()
    sessions = [server.open(_SCOPE) for _ in range(10)]
    body = "\x1e".join(["40", *(packet.format(number) for number in range(6000))]).encode()
    answers = await asyncio.gather(*[session.post(body) for session in sessions], return_exceptions=True)
    assert {type(answer) for answer in answers} == {RequestRefused}
    assert all(session.closed for session in sessions)
    assert sum(turns) <= 10 * 2 * TRIFLES_AT_ONCE, "some come back while time passes"
    assert max(turns) <= TURN_POINTS + 10 * 4


async def test_a_body_of_many_events_is_taken_whole_in_order_and_in_its_turns(turns: list[int]) -> None:
    server = _server()
    sessions = [server.open(_SCOPE) for _ in range(10)]
    body = "\x1e".join(["40", *(f'42["message",{number}]' for number in range(2000))]).encode()
    for session in sessions:
        await session.post(b"40")
    await asyncio.sleep(0)
    await asyncio.gather(*[session.post(body.removeprefix(b"40\x1e")) for session in sessions])
    assert max(turns) <= TURN_POINTS + 10 * 4
    for session in sessions:
        heard = (await session.poll()).decode().split("\x1e")
        assert heard[-2000:] == [f'42["message-back",{number}]' for number in range(2000)]
        session.abort()


async def test_a_body_beside_one_that_is_still_taken_ends_the_session() -> None:
    session = _server().open(_SCOPE)
    await session.post(b"40")
    await asyncio.sleep(0)
    body = "\x1e".join(['42["message",1]'] * 500).encode()
    first = asyncio.create_task(session.post(body))
    await asyncio.sleep(0)
    for posting in (session.post(b"3"), first):
        with pytest.raises(RequestRefused):
            await posting
    assert session.closed


async def test_a_body_that_nobody_waits_for_any_more_ends_the_session() -> None:
    session = _server().open(_SCOPE)
    await session.post(b"40")
    posting = asyncio.create_task(session.post("\x1e".join(['42["message",1]'] * 500).encode()))
    await asyncio.sleep(0)
    posting.cancel()
    await asyncio.gather(posting, return_exceptions=True)
    assert session.closed, "what came next would follow a gap"


async def test_heartbeats_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    session = _server().open(_SCOPE)
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(session, "_loop", SimpleNamespace(time=lambda: now))
    for _ in range(5 * TRIFLES_AT_ONCE):
        now += 1.0
        session.receive(decode("3"))
    assert not session.closed
    session.abort()
