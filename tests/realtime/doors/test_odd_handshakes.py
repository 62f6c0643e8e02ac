"""Cookies and origins that others can set: every door reads them as a page does, and none is an error of ours."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from realtime.testing.client import JsonClient
from tests.realtime.doors.in_process import Open, open_socket
from tests.realtime.doors.plain_http import ask
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub", "open_socket"]

Door = Callable[[dict[str, str]], Awaitable[Any]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["a(b=1", "foo[bar]=1", "\u00ff\u00fe=1"])
async def test_every_door_lets_in_with_any_cookie_beside(beside: str, connect: Connect, open_socket: Open) -> None:
    headers = {"Cookie": f"{beside}; sessionid=7", "Origin": "http://localhost", "Host": "localhost"}
    assert await who_comes_in(headers, connect, open_socket) == [7, 7, 7, 7]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origin", ["http://[::1", "http://localhost:x"])
async def test_every_door_refuses_a_broken_origin_as_a_foreign_one(
    origin: str, connect: Connect, open_socket: Open
) -> None:
    headers = {"Cookie": "sessionid=7", "Origin": origin, "Host": "localhost"}
    assert await who_comes_in(headers, connect, open_socket) == ["FORBIDDEN"] * 4


async def who_comes_in(headers: dict[str, str], connect: Connect, open_socket: Open) -> list[Any]:
    """Returns whom each door lets in, or its code: JSON, Socket.IO by WebSocket and by polling, the stream."""
    json_door: JsonClient = await connect("/halls", headers=headers)
    first = (await json_door.wait(lambda frame: frame["type"] in ("session:ready", "error")))["payload"]
    socket = await open_socket(headers)
    entered = await socket.enter("/halls")
    if "sid" in entered:
        ready = (await socket.until(lambda: socket.events("/halls", "session:ready")))[0][0]
    else:
        ready = entered["data"]
    return [said(first), said(ready), said(await by_polling(headers)), said(await by_stream(headers))]


def said(payload: dict[str, Any]) -> Any:
    return payload["userId"] if "userId" in payload else payload["code"]


async def by_polling(headers: dict[str, str]) -> dict[str, Any]:
    path = "/socket.io/?EIO=4&transport=polling"
    opened = await ask(path, headers=headers)
    assert opened.status == 200, opened
    sid = json.loads(opened.body[1:])["sid"]
    # The session is bound to what the handshake was answered with, as a browser's jar would send it.
    cookie = "; ".join(filter(None, [headers.get("Cookie"), opened.cookie]))
    again = headers | {"Cookie": cookie}
    assert (await ask(f"{path}&sid={sid}", b"40/halls,", headers=again)).body == b"ok"
    words = b""
    async with asyncio.timeout(30):
        while b"session:ready" not in words and b"44/halls," not in words:
            words = (await ask(f"{path}&sid={sid}", headers=again)).body
    for packet in words.decode().split("\x1e"):
        if packet.startswith("44/halls,"):
            return dict(json.loads(packet[len("44/halls,") :])["data"])
        if '"session:ready"' in packet:
            return dict(json.loads(packet[packet.index("[") :])[1])
    raise AssertionError(words)


async def by_stream(headers: dict[str, str]) -> dict[str, Any]:
    stream = await ask("/events/?rooms=hall:1", headers=headers, until=b"session:ready")
    if stream.status != 200:
        return dict(json.loads(stream.body))
    line = next(line for line in stream.body.decode().split("\n") if line.startswith("data: "))
    return dict(json.loads(line.removeprefix("data: "))["payload"])
