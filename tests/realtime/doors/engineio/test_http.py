"""Long-polling requests: which are refused in the protocol's words, what other origins may read, and who gives up."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from realtime.doors.engineio.http import check_query, query_of, read_body, serve_polling
from realtime.doors.engineio.server import EngineServer
from realtime.doors.errors import RequestRefused
from realtime.errors import RateLimited, TooLarge
from tests.realtime.doors.engineio.echoing import Asgi, echo_of, echoing

pytestmark = pytest.mark.either_database

OPENING = "EIO=4&transport=polling"
ORIGIN = (b"origin", b"https://elsewhere.example")


async def request(
    server: EngineServer,
    query: str = OPENING,
    *inbound: dict[str, Any],
    method: str = "GET",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    trusted: Callable[[Any], bool] = lambda scope: False,
) -> Asgi:
    link = Asgi(*inbound)
    scope = {
        "type": "http",
        "method": method,
        "query_string": query.encode(),
        "headers": list(headers),
        "client": ("192.0.2.1", 1),
    }
    await serve_polling(server, scope, link.receive, link.send, trusted=trusted)
    return link


def body_of(*parts: bytes) -> list[dict[str, Any]]:
    return [
        {"type": "http.request", "body": part, "more_body": number < len(parts)} for number, part in enumerate(parts, 1)
    ]


async def opened(server: EngineServer) -> str:
    answer = await request(server)
    return f"{OPENING}&sid={json.loads(answer.body[1:])['sid']}"


def end(server: EngineServer) -> None:
    for session in list(server.sessions.values()):
        session.abort()


async def test_a_session_is_opened_posted_to_and_polled() -> None:
    server = echoing()
    address = await opened(server)
    posted = await request(server, address, *body_of(b"4he", b"llo"), method="POST")
    assert (posted.status, posted.body) == (200, b"ok")
    polled = await request(server, address)
    assert (polled.status, polled.body) == (200, b"4hello")
    assert polled.headers[b"cache-control"] == b"no-store"
    assert polled.headers[b"content-length"] == b"6"
    end(server)


@pytest.mark.parametrize(
    ("query", "method", "code"),
    [
        ("EIO=4", "GET", 0),
        ("EIO=4&transport=telegraph", "GET", 0),
        (f"{OPENING}&sid=nobody.here", "GET", 1),
        (f"{OPENING}&sid=nobody.here", "POST", 1),
        (OPENING, "POST", 2),
        ("EIO=4&transport=websocket", "GET", 3),
        ("EIO=3&transport=polling", "GET", 5),
        (f"{OPENING}&sid=nobody.here", "DELETE", 3),
    ],
)
async def test_what_fits_no_session_is_refused_in_the_protocols_words(query: str, method: str, code: int) -> None:
    server = echoing()
    answer = await request(server, query, *body_of(b"4x"), method=method)
    assert (answer.status, json.loads(answer.body)["code"]) == (400, code)
    assert server.sessions == {}


async def test_who_is_not_let_in_is_told_with_the_errors_status() -> None:
    async def full(session: object) -> None:
        raise RateLimited

    answer = await request(echoing(admit=full))
    assert (answer.status, json.loads(answer.body)["code"]) == (429, "RATE_LIMITED")
    assert b"set-cookie" not in answer.headers


async def test_a_body_beyond_the_limit_is_not_read_to_its_end() -> None:
    server = echoing(max_payload=4)
    address = await opened(server)
    answer = await request(server, address, *body_of(b"4abc", b"d", b"never read"), method="POST")
    assert answer.status == 413
    [session] = server.sessions.values()
    assert echo_of(session).heard == []
    end(server)


async def test_a_body_is_read_whole_and_one_that_breaks_off_is_nobodys() -> None:
    link = Asgi(*body_of(b"ab", b"", b"c"))
    assert await read_body(link.receive, limit=3) == b"abc"
    with pytest.raises(TooLarge):
        await read_body(Asgi(*body_of(b"ab", b"cd")).receive, limit=3)
    server = echoing()
    broken = [{"type": "http.request", "body": b"4a", "more_body": True}, {"type": "http.disconnect"}]
    answer = await request(server, await opened(server), *broken, method="POST")
    assert answer.sent == []
    end(server)


async def test_a_poll_whose_client_gives_up_ends_its_session() -> None:
    server = echoing()
    address = await opened(server)
    [session] = server.sessions.values()
    answer = await request(server, address, {"type": "http.request", "body": b""}, {"type": "http.disconnect"})
    assert answer.sent == []
    await asyncio.sleep(0)
    assert echo_of(session).ends == ["a poll was given up"]


@pytest.mark.parametrize(
    ("trusted", "allowed"),
    [
        (True, {b"access-control-allow-origin": ORIGIN[1], b"access-control-allow-credentials": b"true"}),
        (False, {b"access-control-allow-origin": b"*"}),
    ],
)
async def test_other_origins_may_read_and_only_trusted_ones_bring_cookies(
    trusted: bool, allowed: dict[bytes, bytes]
) -> None:
    server = echoing()
    for query, method in ((OPENING, "GET"), ("EIO=4", "GET"), (OPENING, "OPTIONS")):
        answer = await request(server, query, method=method, headers=(ORIGIN,), trusted=lambda scope: trusted)
        assert {
            name: value for name, value in answer.headers.items() if name.startswith(b"access-control-allow-")
        } == allowed | (
            {
                b"access-control-allow-methods": b"GET, POST",
                b"access-control-allow-headers": b"content-type, authorization",
            }
            if method == "OPTIONS"
            else {}
        )
        assert answer.headers[b"vary"] == b"origin"
    assert b"access-control-allow-origin" not in (await request(server)).headers
    end(server)


async def test_the_last_of_a_parameter_counts() -> None:
    query = query_of({"query_string": b"EIO=3&EIO=4&transport=polling&empty="})
    assert query == {"EIO": "4", "transport": "polling"}
    check_query(query, "polling")
    with pytest.raises(RequestRefused):
        check_query(query, "websocket")
