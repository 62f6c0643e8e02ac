"""The sessions of one endpoint: who answers for an id, who is let in, and what goes on in another process."""

import asyncio

import pytest

from realtime.doors.engineio.binding import Shown
from realtime.doors.engineio.server import Moved
from realtime.doors.errors import Refusal, RequestRefused
from realtime.errors import RateLimited
from tests.realtime.doors.engineio.echoing import SCOPE, Way, echo_of, echoing

pytestmark = pytest.mark.either_database

HERE, ELSEWHERE = Shown(address="192.0.2.1"), Shown(address="192.0.2.66")


async def test_an_id_says_whose_it_is_also_under_the_name_that_it_began_with() -> None:
    asked = []

    def elsewhere(process: str) -> object:
        asked.append(process)
        return owner if process == "other" else None

    owner = object()
    server = echoing(elsewhere=elsewhere)
    before = server.open(SCOPE)
    server.answer_to("mine")
    after = server.open(SCOPE)
    assert after.sid.startswith("mine.")
    assert server.owner(before.sid) is server.owner(after.sid) is server.here
    assert server.owner("other.sid") is owner
    with pytest.raises(RequestRefused) as refused:
        server.owner("nobody.sid")
    assert refused.value.refusal is Refusal.UNKNOWN_SESSION
    assert asked == ["other", "nobody"]
    for session in (before, after):
        session.abort()


async def test_who_is_not_let_in_leaves_nothing_open() -> None:
    async def full(session: object) -> None:
        raise RateLimited

    server = echoing(admit=full)
    with pytest.raises(RateLimited):
        await server.begin(SCOPE)
    assert server.sessions == {}


async def test_an_id_alone_is_nobodys() -> None:
    server = echoing()
    session = server.open(SCOPE)
    assert server.session(session.sid, HERE) is session
    for shown, sid in ((ELSEWHERE, session.sid), (HERE, "no.such")):
        with pytest.raises(RequestRefused) as refused:
            server.session(sid, shown)
        assert refused.value.refusal is Refusal.UNKNOWN_SESSION
    session.abort()


async def test_last_words_are_for_their_client_once_and_only_for_a_while() -> None:
    server = echoing(linger_ms=20)
    first, second = server.open(SCOPE), server.open(SCOPE)
    for session in (first, second):
        server.session(session.sid, HERE)
        echo_of(session).say("bye")
        session.close(1012)
    assert server.sessions == {}
    assert server.last_words(first.sid, ELSEWHERE) is None
    assert server.last_words(first.sid, HERE) == b"4bye\x1e1"
    assert server.last_words(first.sid, HERE) is None
    async with asyncio.timeout(10):
        while second.sid in server._last_words:  # noqa: ASYNC110  # a timer of the server
            await asyncio.sleep(0.01)
    assert server.last_words(second.sid, HERE) is None


async def test_a_session_goes_on_in_another_process_with_what_was_not_taken() -> None:
    here, there = echoing(), echoing()
    session = here.open(SCOPE)
    session.begin_upgrade()
    echo_of(session).say("not polled yet")
    moved = await here.give_away(session.sid)
    assert (echo_of(session).ends, here.sessions) == (["moved"], {})
    way = Way()
    went = there.adopt(session.sid, SCOPE, lambda session: way, moved)
    went.flush()
    assert (went.sid, echo_of(went).restored) == (session.sid, b"where it is")
    assert way.sent == ["4not polled yet"]
    assert there.session(session.sid) is went
    assert went._deadline <= asyncio.get_running_loop().time() + moved.silence_ms / 1000
    went.abort()


async def test_what_still_works_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    server = echoing()
    session = server.open(SCOPE)
    session.begin_upgrade()

    async def works(timeout_seconds: float) -> bool:
        return False

    monkeypatch.setattr(echo_of(session), "settled", works)
    with pytest.raises(RequestRefused) as refused:
        await server.give_away(session.sid)
    assert refused.value.why == "its commands were not answered in time"
    assert not session.closed
    session.abort()


async def test_where_nothing_can_be_restored_nothing_is_adopted() -> None:
    server = echoing()
    server._restore = None
    with pytest.raises(RequestRefused):
        server.adopt("other.sid", SCOPE, lambda session: Way(), Moved(b"", [], 1000))
    assert server.sessions == {}
