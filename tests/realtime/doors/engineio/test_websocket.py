"""Sessions that begin on a WebSocket, and those that move to one once it has shown that it works."""

import asyncio
import json
from typing import Any

import pytest

from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.websocket import begin_websocket, serve_websocket
from realtime.errors import CloseCode, RateLimited
from tests.realtime.doors.engineio.echoing import SCOPE, Asgi, echo_of, echoing

pytestmark = pytest.mark.either_database

CONNECT = {"type": "websocket.connect"}
GONE = {"type": "websocket.disconnect", "code": 1006}
REFUSED = [{"type": "websocket.close", "code": int(CloseCode.PROTOCOL_ERROR)}]


def says(text: str) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": text}


class Link(Asgi):
    """One WebSocket, served until it ends."""

    def __init__(self, server: EngineServer, *inbound: dict[str, Any], sid: str = "", **scope: Any) -> None:
        super().__init__(CONNECT, *inbound)
        query = f"EIO=4&transport=websocket&sid={sid}" if sid else "EIO=4&transport=websocket"
        self.scope: dict[str, Any] = {**SCOPE, "type": "websocket", "query_string": query.encode(), **scope}
        beginning = begin_websocket(server, self.scope, self.receive, self.send)
        self.served = asyncio.ensure_future(serve_websocket(beginning, self.receive))

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.sent if "text" in event]

    async def end(self) -> None:
        self.put(GONE)
        async with asyncio.timeout(30):
            await self.served


async def test_a_session_begins_with_its_handshake_and_ends_with_its_websocket() -> None:
    server = echoing()
    link = Link(server, says("4hello"), {"type": "websocket.receive", "bytes": b"\x01"})
    await link.until(4)
    assert link.sent[0] == {"type": "websocket.accept"}
    handshake = json.loads(link.texts[0][1:])
    assert (link.texts[0][0], handshake["upgrades"]) == ("0", [])
    assert [event.get("text") or event.get("bytes") for event in link.sent[2:]] == ["4hello", b"\x01"]
    [session] = server.sessions.values()
    assert session.sid == handshake["sid"]
    await link.end()
    assert echo_of(session).ends == ["transport close"]
    assert server.sessions == {}


@pytest.mark.parametrize(
    "query", [b"EIO=3&transport=websocket", b"EIO=4&transport=polling", b"EIO=4&transport=websocket&sid=no.one"]
)
async def test_what_fits_no_session_is_not_accepted(query: bytes) -> None:
    server = echoing()
    link = Link(server, query_string=query)
    async with asyncio.timeout(30):
        await link.served
    assert link.sent == REFUSED
    assert server.sessions == {}


@pytest.mark.parametrize("extensions", [{}, {"websocket.http.response": {}}], ids=["plain", "answering"])
async def test_who_is_not_let_in_is_told_so_where_the_server_can(extensions: dict[str, Any]) -> None:
    async def full(session: object) -> None:
        raise RateLimited(retry_after_ms=1500)

    link = Link(echoing(admit=full), GONE, GONE, extensions=extensions)
    async with asyncio.timeout(30):
        await link.served
    if not extensions:
        assert link.sent == REFUSED
        return
    assert (link.sent[0]["type"], link.status) == ("websocket.http.response.start", 429)
    assert link.headers[b"retry-after"] == b"2"
    assert json.loads(link.body)["code"] == "RATE_LIMITED"


async def test_a_session_moves_when_the_way_was_probed_and_its_client_says_so() -> None:
    server = echoing()
    session = server.open(SCOPE)
    echo_of(session).say("not polled")
    link = Link(server, says("2probe"), sid=session.sid)
    await link.until(2)
    assert link.texts == ["3probe"]
    assert session.transport == "polling"
    link.put(says("5"))
    await link.until(3)
    assert link.texts == ["3probe", "4not polled"]
    assert session.transport == "websocket"
    await link.end()
    assert session.closed


@pytest.mark.parametrize(
    "said",
    [["2"], ["4hello"], ["2probe", "4hello"], ["2probe", "no digit"], ["2" + "x" * 200]],
    ids=["no probe", "a message", "no upgrade", "no packet", "too much"],
)
async def test_what_is_no_upgrade_leaves_the_session_on_polling(said: list[str]) -> None:
    server = echoing(max_payload=100)
    session = server.open(SCOPE)
    link = Link(server, *map(says, said), sid=session.sid)
    async with asyncio.timeout(30):
        await link.served
    assert link.sent[-1:] == REFUSED
    assert (session.transport, session.closed) == ("polling", False)
    echo_of(session).say("still here")
    assert await session.poll() == b"4still here"
    session.abort()


async def test_a_websocket_that_goes_or_says_nothing_while_it_probes_leaves_polling_as_it_was() -> None:
    server = echoing(upgrade_timeout_ms=20)
    session = server.open(SCOPE)
    for inbound in ([says("2probe"), GONE], [says("2probe")]):
        link = Link(server, *inbound, sid=session.sid)
        async with asyncio.timeout(30):
            await link.served
        assert (session.transport, session._probed, session._upgrading) == ("polling", False, None)
    session.abort()


async def test_a_second_websocket_gets_nothing_and_the_first_goes_on() -> None:
    server = echoing()
    session = server.open(SCOPE)
    first = Link(server, says("2probe"), sid=session.sid)
    await first.until(2)
    second = Link(server, says("2probe"), sid=session.sid)
    async with asyncio.timeout(30):
        await second.served
    assert second.sent == [{"type": "websocket.accept"}, *REFUSED]
    first.put(says("5"))
    async with asyncio.timeout(30):
        while session.transport != "websocket":  # noqa: ASYNC110  # its own task
            await asyncio.sleep(0)
    await first.end()


async def test_a_client_that_does_not_take_its_answers_is_not_read() -> None:
    server = echoing()
    link = Link(server)
    await link.until(2)
    [session] = server.sessions.values()
    session.became_congested()
    for number in range(3):
        link.put(says(f"4{number}"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    heard = len(echo_of(session).heard)
    assert heard <= 1
    session.became_drained()
    await link.until(5)
    assert echo_of(session).heard == ["0", "1", "2"]
    await link.end()
