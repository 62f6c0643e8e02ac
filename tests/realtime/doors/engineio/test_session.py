"""One session whatever its transport: what ends it, what it takes, and how it moves to a WebSocket."""

import asyncio

import pytest

from realtime.doors.engineio.packets import decode
from realtime.doors.engineio.server import EngineServer
from realtime.doors.engineio.session import EngineSession
from realtime.doors.errors import RequestRefused
from realtime.errors import CloseCode
from tests.realtime.doors.engineio.echoing import SCOPE, Way, echo_of, echoing

pytestmark = pytest.mark.either_database


@pytest.fixture
async def server() -> EngineServer:
    return echoing(max_payload=100)


@pytest.fixture
async def session(server: EngineServer) -> EngineSession:
    return server.open(SCOPE)


def on_websocket(session: EngineSession) -> Way:
    way = Way()
    session.begin_upgrade()
    session.upgrade(lambda session: way)
    return way


async def test_everything_of_one_post_is_taken_in_its_order(session: EngineSession) -> None:
    await session.post("\x1e".join(["4a", "4b", "bYw==", *(f"4{number}" for number in range(20))]).encode())
    assert echo_of(session).heard == ["a", "b", b"c", *(str(number) for number in range(20))]
    assert (await session.poll()).startswith(b"4a\x1e4b\x1ebYw==\x1e40")
    session.abort()


async def test_a_second_poll_beside_a_waiting_one_ends_it(session: EngineSession) -> None:
    waiting = session.poll()
    with pytest.raises(RequestRefused, match="Bad request"):
        session.poll()
    assert await waiting == b"1"
    assert echo_of(session).ends == ["overlapping polls"]


async def test_a_second_post_beside_one_that_is_being_taken_ends_it(session: EngineSession) -> None:
    first = asyncio.create_task(session.post("\x1e".join(["4x"] * 30).encode()))
    await asyncio.sleep(0)
    for post in (session.post(b"4y"), first):
        with pytest.raises(RequestRefused):
            await post
    assert echo_of(session).ends == ["overlapping posts"]
    assert "y" not in echo_of(session).heard


async def test_a_poll_that_is_given_up_ends_it(session: EngineSession) -> None:
    session.poll().cancel()
    await asyncio.sleep(0)
    assert echo_of(session).ends == ["a poll was given up"]


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("4breaks", "parse error"),
        ("no digit", "parse error"),
        ("2", "parse error"),
        ("4" + "x" * 100, "message too large"),
        ("1", "client close"),
    ],
)
async def test_what_a_websocket_says_may_end_it(session: EngineSession, message: str, end: str) -> None:
    on_websocket(session)
    session.heard(message)
    assert echo_of(session).ends == [end]
    session.heard("4late")
    assert echo_of(session).heard == []


async def test_too_many_packets_without_a_message_end_it(session: EngineSession) -> None:
    way = on_websocket(session)
    for _ in range(10_000):
        session.heard("6")
        if session.closed:
            break
    assert way.ends == [(CloseCode.ABUSE, "too many packets")]


async def test_who_closes_on_polling_gets_an_answer_to_the_poll_that_waits(session: EngineSession) -> None:
    waiting = session.poll()
    await session.post(b"1")
    assert await waiting == b"6"
    assert echo_of(session).ends == ["client close"]


async def test_it_moves_to_a_websocket_with_what_no_poll_has_taken(session: EngineSession) -> None:
    session.begin_upgrade()
    with pytest.raises(RequestRefused):
        session.begin_upgrade()
    waiting = session.poll()
    session.probed()
    assert await waiting == b"6"
    echo_of(session).say("not polled")
    way = Way()
    session.upgrade(lambda session: way)
    assert (way.sent, session.transport, session.binding) == (["4not polled"], "websocket", None)
    with pytest.raises(RequestRefused):
        session.poll()
    session.abort()
    assert way.ends == [(0, "aborted")]


async def test_an_upgrade_that_nobody_claimed_or_that_was_given_up_changes_nothing(session: EngineSession) -> None:
    for step in (session.probed, lambda: session.upgrade(lambda session: Way()), session.give_away):
        with pytest.raises(RequestRefused):
            step()
    session.begin_upgrade()
    session.abandon_upgrade()
    with pytest.raises(RequestRefused):
        session.probed()
    assert session.transport == "polling"
    echo_of(session).say("still here")
    assert await session.poll() == b"4still here"
    session.abort()


async def test_what_does_not_know_its_place_does_not_move(session: EngineSession) -> None:
    session.begin_upgrade()
    echo_of(session).knows = False
    with pytest.raises(RequestRefused) as refused:
        session.give_away()
    assert refused.value.why == "its position is not known"
    assert not session.closed
    session.abort()


async def test_a_silent_client_is_asked_once_and_then_gone(
    session: EngineSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, now = on_websocket(session), asyncio.get_running_loop().time()
    session.beat()
    session.flush()
    assert (way.sent, echo_of(session).beats) == (["2"], 1)
    monkeypatch.setattr(session._loop, "time", lambda: now + 3600)
    session.beat()
    assert way.ends == [(CloseCode.HEARTBEAT_TIMEOUT, "ping timeout")]
    assert echo_of(session).ends == ["ping timeout"]


async def test_a_pong_puts_the_end_off(session: EngineSession, monkeypatch: pytest.MonkeyPatch) -> None:
    on_websocket(session)
    session.beat()
    before = session._deadline
    monkeypatch.setattr(session._loop, "time", lambda: before - 1)
    session.receive(decode("3"))
    assert session._deadline == before - 1 + 35
    session.abort()


async def test_a_slow_client_is_not_ended_for_a_ping_that_waits_behind_its_backlog(
    session: EngineSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = on_websocket(session)
    session.became_congested()
    monkeypatch.setattr(session._loop, "time", lambda late=session._deadline: late + 1)
    session.beat()
    session.beat()
    assert (way.ends, session.closed) == ([], False)
    session.abort()


async def test_its_end_is_told_once(session: EngineSession, server: EngineServer) -> None:
    session.close(CloseCode.SERVICE_RESTART, "leaving")
    session.close(CloseCode.SERVICE_RESTART, "again")
    session.abort()
    assert echo_of(session).ends == ["leaving"]
    assert server.sessions == {}
