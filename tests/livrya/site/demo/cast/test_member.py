"""One person of the cast, against a door that answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from livrya.site.demo.cast import member as members
from livrya.site.demo.cast.member import Lost, Member, Refused

pytestmark = pytest.mark.either_database

Answers = Callable[[dict[str, Any]], list[dict[str, Any]] | None]


@asynccontextmanager
async def a_member(answers: Answers, asked: list[str] | None = None) -> AsyncIterator[Member]:
    """Yields somebody who is connected; `answers` gives the frames that follow a command, None ends the connection."""

    async def hear(socket: ServerConnection) -> None:
        if asked is not None:
            asked.append(socket.request.headers["Sec-WebSocket-Protocol"])
        async for message in socket:
            frames = answers(json.loads(message))
            if frames is None:
                return
            for frame in frames:
                await socket.send(json.dumps(frame))

    async def token() -> str:
        return "a.b.c"

    async with serve(hear, "127.0.0.1", 0, subprotocols=["livrya.v1"]) as server:
        port = server.sockets[0].getsockname()[1]
        member = Member(f"ws://127.0.0.1:{port}/ws/", "ada", token=token)
        async with member.online():
            yield member


def told(frame: dict[str, Any], data: object) -> dict[str, Any]:
    return {"requestId": frame["requestId"], "success": True, "data": data}


async def test_each_answer_comes_to_who_asked_and_events_stand_apart() -> None:
    waiting: list[dict[str, Any]] = []

    def answers(frame: dict[str, Any]) -> list[dict[str, Any]]:
        waiting.append(frame)
        if len(waiting) < 2:
            return []
        return [{"type": "comment:new"}, *(told(each, each["payload"]) for each in reversed(waiting))]

    asked: list[str] = []
    async with a_member(answers, asked) as member:
        both = await asyncio.gather(member.ask("book:join", bookId=1), member.ask("book:join", bookId=2))
        assert both == [{"bookId": 1}, {"bookId": 2}]
        assert [frame["type"] for frame in waiting] == ["book:join"] * 2
        assert member.heard.get_nowait() == {"type": "comment:new"}
        assert member.heard.empty()
    assert asked == ["livrya.v1, livrya.token.a.b.c"]


async def test_a_refusal_says_what_and_how_long_to_wait() -> None:
    def answers(frame: dict[str, Any]) -> list[dict[str, Any]]:
        error = {"code": "RATE_LIMITED", "message": "Slower.", "retryAfter": 2500}
        if frame["type"] != "comment:post":
            error = {"code": "NOT_FOUND", "message": "Gone."}
        return [{"requestId": frame["requestId"], "success": False, "error": error}]

    async with a_member(answers) as member:
        for command, code, wait_s in (("comment:post", "RATE_LIMITED", 2.5), ("book:join", "NOT_FOUND", 1.0)):
            with pytest.raises(Refused) as refused:
                await member.ask(command)
            assert (refused.value.code, refused.value.retry_after_s) == (code, wait_s)


async def test_who_is_cut_off_while_they_wait_is_lost_and_so_is_who_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(members, "ANSWER_S", 3600.0)  # they are not waited for
    with pytest.raises(Lost):
        async with asyncio.timeout(30), a_member(lambda frame: None) as member:
            await member.ask("book:join", bookId=1)
    with pytest.raises(Lost):
        await member.ask("book:join", bookId=1)
    with pytest.raises(Lost):
        async with member.online():
            pass


async def test_a_sign_in_that_ends_is_prolonged_without_being_asked() -> None:
    refreshed = asyncio.Event()

    def answers(frame: dict[str, Any]) -> list[dict[str, Any]]:
        if frame["type"] == "auth:refresh":
            assert frame["payload"] == {"token": "a.b.c"}
            refreshed.set()
            return [told(frame, {"expiresAt": 1})]
        return [{"type": "auth:expiring"}, told(frame, None)]

    async with a_member(answers) as member:
        await member.ask("session:ping")
        async with asyncio.timeout(30):
            await refreshed.wait()
        assert await member.ask("session:ping") is None
        assert member.heard.empty()


async def test_only_the_latest_events_are_kept_for_who_does_not_listen() -> None:
    def answers(frame: dict[str, Any]) -> list[dict[str, Any]]:
        return [*({"type": "comment:new", "seq": number} for number in range(250)), told(frame, None)]

    async with a_member(answers) as member:
        await member.ask("session:ping")
        heard = [member.heard.get_nowait()["seq"] for _ in range(member.heard.qsize())]
    assert heard == list(range(50, 250))
