"""Clients that send anything at all: their session may end, nothing else does."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.doors.engineio.packets import decode
from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import EngineSession, Options
from realtime.doors.errors import MalformedPacket, RequestRefused
from realtime.doors.socketio.connection import Endpoint, SocketConnection
from tests.conformance.server import MirrorBackend

_OPTIONS = Options(max_payload=2_000)
_SCOPE: Mapping[str, Any] = {"client": ("127.0.0.1", 1), "headers": []}

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
                session.post(packet.encode())
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
        neighbour.post(b"40")
        await asyncio.sleep(0)
        neighbour.post(b'42["message",1]')
        await asyncio.sleep(0)
        assert not neighbour.closed
        for ended in (session, neighbour):
            ended.abort()
        await asyncio.sleep(0)
        assert not server.sessions
        assert not raised

    asyncio.run(scenario())


class _Broken(MirrorBackend):
    """A backend with a defect."""

    async def connect(self, connection: SocketConnection, namespace: str, auth: Mapping[str, Any]) -> Endpoint:
        raise ZeroDivisionError("a defect")


async def test_a_defect_behind_the_door_is_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    server = EngineServer(_OPTIONS, lambda engine: SocketConnection(engine, _Broken(), connect_timeout_ms=1000))
    session = server.open(_SCOPE)
    session.post(b"40")
    body = await session.poll()
    assert body.startswith(b'44{"message":')
    assert b'"code":"INTERNAL"' in body
    assert "a defect" in caplog.text
    session.abort()
