"""Heartbeats of Engine.IO sessions: one timer for all, and nothing kept of who has gone."""

import asyncio
import gc
import weakref
from collections.abc import Mapping
from typing import Any

from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import Options
from realtime.doors.socketio.connection import SocketConnection
from tests.conformance.server import MirrorBackend

_SCOPE: Mapping[str, Any] = {"type": "http", "client": ("127.0.0.1", 1), "headers": []}


def make_server(ping_interval_ms: int, ping_timeout_ms: int = 60_000) -> EngineServer:
    options = Options(ping_interval_ms=ping_interval_ms, ping_timeout_ms=ping_timeout_ms)
    return EngineServer(options, lambda engine: SocketConnection(engine, MirrorBackend(), connect_timeout_ms=60_000))


async def test_a_session_that_has_ended_is_kept_by_no_heartbeat() -> None:
    server = make_server(ping_interval_ms=25_000)
    session = server.open(_SCOPE)
    gone = weakref.ref(session)
    session.abort()
    del session
    await asyncio.sleep(0)
    gc.collect()  # a session and what lives on it know each other
    assert gone() is None


async def test_every_session_is_asked_in_its_own_time() -> None:
    server = make_server(ping_interval_ms=50)
    early, late = server.open(_SCOPE), server.open(_SCOPE)
    for _ in range(3):
        assert await early.poll() == b"2"
        await early.post(b"3")
    assert await late.poll() == b"2", "asked once, and not again before it has answered"
    await late.post(b"3")
    assert await late.poll() == b"2"
    for session in (early, late):
        session.abort()


async def test_who_does_not_answer_is_ended_and_who_answers_is_not() -> None:
    server = make_server(ping_interval_ms=40, ping_timeout_ms=1_000)  # longer than a busy machine keeps us waiting
    silent, answering = server.open(_SCOPE), server.open(_SCOPE)
    async with asyncio.timeout(10):
        while not silent.closed:
            if await answering.poll() == b"2":
                await answering.post(b"3")
    assert not answering.closed
    answering.abort()
