"""The client that tests speak the JSON door with: what it hands over, waits for, and says of what did not come."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from realtime.conf import realtime_settings
from realtime.testing.client import ApplicationTransport, Closed, JsonClient

pytestmark = pytest.mark.either_database


class Parrot:
    """An application that answers as its messages say; `scope` is that of its last connection."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        self.refuses = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope = scope
        assert (await receive())["type"] == "websocket.connect"
        if self.refuses:
            await send({"type": "websocket.close", "code": 4403})
            return
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
        while True:
            event = await receive()
            self.heard.append(event)
            if event["type"] == "websocket.disconnect":
                return
            await self._answer(event, send)

    async def _answer(self, event: dict[str, Any], send: Any) -> None:
        asked = json.loads(event["text"]) if "text" in event else {}
        payload = asked.get("payload", {})
        for frame in payload.get("says", []):
            await send({"type": "websocket.send", "text": json.dumps(frame)})
        if "requestId" in asked:
            answer = {"requestId": asked["requestId"], "success": not payload.get("fails"), "data": payload.get("data")}
            await send({"type": "websocket.send", "text": json.dumps(answer)})
        if code := payload.get("ends"):
            await send({"type": "websocket.close", "code": code})


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


@pytest.fixture
async def client(parrot: Parrot) -> AsyncIterator[JsonClient]:
    async with await JsonClient.in_process(parrot, "/ws/halls/?a=1", token="7", headers={"X-Who": "ada"}) as opened:
        yield opened


def said(number: int, room: str = "hall:1") -> dict[str, Any]:
    return {"type": "hall:said", "room": room, "seq": number, "payload": {"text": str(number)}}


async def test_it_opens_the_path_with_its_token_beside_the_protocol(parrot: Parrot, client: JsonClient) -> None:
    settings = realtime_settings()
    assert (parrot.scope["path"], parrot.scope["query_string"]) == ("/ws/halls/", b"a=1")
    assert parrot.scope["subprotocols"] == [settings.subprotocol, settings.token_subprotocol + "7"]
    assert parrot.scope["headers"] == [(b"x-who", b"ada")]


async def test_a_question_gets_its_own_answer_whatever_came_before(client: JsonClient) -> None:
    answers = await asyncio.gather(*(client.ask("count", {"data": number}) for number in range(3)))
    assert [answer["data"] for answer in answers] == [0, 1, 2]
    assert len({answer["requestId"] for answer in answers}) == 3
    assert await client.tell("count", {"data": "told"}) == "told"


async def test_a_command_that_had_to_succeed_shows_its_refusal(client: JsonClient) -> None:
    with pytest.raises(AssertionError, match="'success': False"):
        await client.tell("fail", {"fails": True})


async def test_waiting_passes_over_what_came_before_and_comes_back_only_when_asked(client: JsonClient) -> None:
    await client.tell("say", {"says": [said(1), {"type": "bye"}, said(2)]})
    assert [(await client.event("hall:said"))["seq"] for _ in range(2)] == [1, 2]
    with pytest.raises(AssertionError, match=r"It did not come; these did: .*bye"):
        await client.event("bye", within=0)
    assert await client.wait(lambda frame: frame.get("type") == "bye", anywhere=True) == {"type": "bye"}


async def test_durable_events_are_told_by_room(client: JsonClient) -> None:
    hidden = {"type": "hidden", "room": "hall:1", "seq": 2}
    await client.tell("say", {"says": [said(1), hidden, said(5, "hall:2"), {"type": "hall:waved"}]})
    assert [event["seq"] for event in client.events()] == [1, 2, 5]
    assert client.texts("hall:1") == ["1", None]


async def test_the_end_is_told_with_its_code_and_ends_every_wait(client: JsonClient) -> None:
    await client.send({"type": "end", "payload": {"ends": 4401}})
    assert await client.ended() == 4401
    with pytest.raises(AssertionError, match="Closed with 4401"):
        await client.event("never")


@pytest.mark.parametrize(("how", "code"), [("close", 1000), ("cut", 1006)])
async def test_the_other_side_hears_how_it_went(parrot: Parrot, client: JsonClient, how: str, code: int) -> None:
    await getattr(client, how)()
    assert parrot.heard == [{"type": "websocket.disconnect", "code": code}]
    assert client.closed == code


async def test_bytes_go_as_bytes(parrot: Parrot, client: JsonClient) -> None:
    await client.send(b"\x00")
    await client.tell("done")
    assert parrot.heard[0] == {"type": "websocket.receive", "bytes": b"\x00"}


async def test_who_is_not_accepted_learns_the_code(parrot: Parrot) -> None:
    parrot.refuses = True
    link = ApplicationTransport(parrot, {"subprotocols": ["livrya.v1"]})
    with pytest.raises(Closed) as refused:
        await link.accepted()
    assert refused.value.code == 4403
