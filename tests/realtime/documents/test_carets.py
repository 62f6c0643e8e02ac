"""Carets of a document: what others see of them, whose they are, and when they go."""

import asyncio
from typing import Any

import msgspec
import pytest

from realtime.documents.carets import COLORS, LASTS_SECONDS, Carets
from realtime.documents.part import documents_here
from realtime.hub import Hub
from realtime.log.events import EphemeralEvent
from tests.realtime.app.papers import Paper, PaperAwareness, PaperRoom
from tests.realtime.documents.writers import Writer
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

CURSOR = {"anchor": {"tname": "text", "assoc": 0}, "head": {"tname": "text", "assoc": -1}}


async def point(writer: Writer, clock: int, state: Any, client_id: int = 5) -> Any:
    return await writer.client.ask("paper:point", {"paperId": 1, "clientId": client_id, "clock": clock, "state": state})


async def test_others_see_the_caret_and_who_it_is_as_the_server_knows_them(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    forged = {"cursor": CURSOR | {"more": 1}, "user": {"name": "Somebody Else"}, "extra": "x" * 100}
    assert (await point(one, 1, forged))["success"]
    payload = (await other.client.event("paper:awareness"))["payload"]
    assert payload == {
        "clientId": 5,
        "clock": 1,
        "userId": 7,
        "username": "guest7",
        "displayName": "Guest 7",
        "color": COLORS[7],
        "state": {"cursor": CURSOR},
    }
    assert not [frame for frame in one.client.frames if frame.get("type") == "paper:awareness"]


async def test_who_comes_later_sees_those_who_are_there(connect: Connect) -> None:
    one = await Writer.join(connect, 7)
    await point(one, 1, {"cursor": CURSOR})
    late = await Writer.join(connect, 8)
    [there] = late.opened["awareness"]
    assert (there["clientId"], there["userId"], there["state"]) == (5, 7, {"cursor": CURSOR})


async def test_a_caret_goes_with_its_connection_at_the_same_clock(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await point(one, 4, {"cursor": CURSOR})
    await other.client.event("paper:awareness")
    await one.client.cut()
    gone = (await other.client.event("paper:awareness"))["payload"]
    assert (gone["clientId"], gone["clock"], gone["state"]) == (5, 4, None)
    assert (await Writer.join(connect, 9)).opened["awareness"] == []


async def test_who_says_goodbye_and_leaves_at_once_is_gone_for_everybody(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await point(one, 4, {"cursor": CURSOR})
    await other.client.event("paper:awareness")
    await point(one, 5, None)
    await one.client.cut()
    gone = (await other.client.event("paper:awareness"))["payload"]
    assert (gone["clientId"], gone["clock"], gone["state"]) == (5, 5, None)


async def test_who_is_back_before_it_was_noticed_keeps_the_caret(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await point(one, 4, {"cursor": CURSOR})
    await other.client.event("paper:awareness")
    back = await Writer.join(connect, 7)
    for clock in (4, 5):
        assert (await point(back, clock, {"cursor": None}))["success"]
    assert (await other.client.event("paper:awareness"))["payload"]["clock"] == 5
    await one.client.cut()
    assert [there["clock"] for there in (await Writer.join(connect, 9)).opened["awareness"]] == [5]
    await back.client.cut()
    gone = (await other.client.event("paper:awareness"))["payload"]
    assert (gone["clock"], gone["state"]) == (5, None)


async def test_nobody_moves_somebody_elses_caret(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await point(one, 1, {"cursor": None})
    for clock, state in ((9, {"cursor": CURSOR}), (1, None), (9, None)):
        assert (await point(other, clock, state))["error"]["code"] == "CONFLICT"


async def test_an_older_state_is_passed_over(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    for clock, state in ((5, {"cursor": CURSOR}), (5, {"cursor": None}), (4, None)):
        assert (await point(one, clock, state))["success"]
    [there] = documents_here().open(PaperRoom(1)).carets.now()
    assert (there.clock, there.state) == (5, {"cursor": CURSOR})


async def test_of_what_comes_fast_the_newest_goes_out(connect: Connect) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    for clock in range(1, 9):
        await point(one, clock, {"cursor": None})
    last = await other.client.wait(lambda frame: frame.get("payload", {}).get("clock") == 8, anywhere=True)
    assert last["type"] == "paper:awareness"
    assert sum(frame.get("type") == "paper:awareness" for frame in other.client.frames) < 8


@pytest.mark.parametrize(
    ("client_id", "clock", "state"),
    [
        (2**53, 1, {}),
        (-1, 1, {}),
        (5, 2**31, {}),
        (5, 1, {"cursor": 3}),
        (5, 1, {"cursor": {"anchor": "x" * 4000, "head": None}}),
    ],
)
async def test_what_is_no_state_is_refused(connect: Connect, client_id: int, clock: int, state: Any) -> None:
    one = await Writer.join(connect, 7)
    assert (await point(one, clock, state, client_id))["error"]["code"] == "VALIDATION"


async def test_carets_of_other_processes_are_known_for_a_while(connect: Connect, hub: Hub) -> None:
    await Writer.join(connect, 7)
    elsewhere = PaperAwareness(
        client_id=6, clock=2, user_id=8, username="b", display_name="B", color="", state={"cursor": None}
    )
    event = EphemeralEvent("paper:1", "paper:awareness", msgspec.json.encode(elsewhere), "e", 0)
    documents_here().ephemeral(event)
    assert [there["clientId"] for there in (await Writer.join(connect, 8)).opened["awareness"]] == [6]
    now = 0.0
    carets = Carets(Paper(PaperRoom(1)), lambda: now)
    carets.heard(elsewhere)
    assert carets.now() == [elsewhere]
    now = LASTS_SECONDS + 1
    assert carets.now() == []


async def test_who_closes_points_nowhere(connect: Connect, hub: Hub) -> None:
    one = await Writer.join(connect, 7)
    await point(one, 1, {"cursor": None})
    await one.client.close()
    async with asyncio.timeout(30):
        while documents_here().open(PaperRoom(1)).carets.now():  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)
