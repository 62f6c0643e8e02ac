"""What every answer of a door says to browsers and caches."""

from typing import Any

import pytest

from realtime.doors.headers import Unkept
from realtime.doors.proxies import UNKEPT

pytestmark = pytest.mark.either_database


async def answer(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns what comes of an application that sends these."""
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    await Unkept(application)({"type": "http"}, receive, send)
    return sent


async def test_an_answer_is_kept_by_nobody() -> None:
    [start, body] = await answer(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]},
        {"type": "http.response.body", "body": b"one"},
    )
    assert start["headers"] == [(b"content-type", b"text/plain"), *UNKEPT]
    assert body == {"type": "http.response.body", "body": b"one"}


async def test_what_an_answer_says_itself_is_not_said_twice() -> None:
    name, _ = UNKEPT[0]
    own = (name.title(), b"its own")
    [start] = await answer({"type": "http.response.start", "status": 200, "headers": [own]})
    assert start["headers"] == [own, *UNKEPT[1:]]
