"""What the people of the cast do."""

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import Any

import pytest

from livrya.accounts.models import User
from livrya.site.demo.cast import roles
from livrya.site.demo.cast.member import Refused
from livrya.site.demo.cast.roles import chat, read, write
from tests.livrya.site.demo.cast.actors import Actor, Chance, Enough, stage_of

pytestmark = pytest.mark.either_database

BEN = User(username="ben")


async def until_enough(acting: Awaitable[None]) -> None:
    with pytest.raises(Enough):
        async with asyncio.timeout(30):
            await acting


def comment(number: int, *, author: str = "nora", chapter: int = 12, parent: int | None = None) -> dict[str, Any]:
    said = {"id": number, "author": author, "parentId": parent}
    return {"type": "comment:new", "room": f"chapter:{chapter}", "payload": said}


@pytest.fixture(autouse=True)
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cards of these tests come from no database."""

    def here(act: Any) -> Any:
        async def call() -> Any:
            return act()

        return call

    monkeypatch.setattr(roles, "database_sync_to_async", here)


async def test_an_author_is_seen_writing_then_publishes_what_readers_then_discuss() -> None:
    author = Actor("ines")
    card = SimpleNamespace(pk=99, text="x" * 100, title="A card")
    stage = stage_of(author, pauses=2, chance=Chance(), prepare_card=lambda: card)
    await until_enough(write(stage))
    typing = [("text:typing", {"chapterId": 99, "kind": "writing", "position": place}) for place in (0, 80)]
    assert author.asked == [
        ("comes", {}),
        ("book:join", {"bookId": 1}),
        ("draft:join", {"chapterId": 99}),
        *typing,
        ("draft:leave", {"chapterId": 99}),
        ("chapter:publish", {"chapterId": 99}),
    ]
    assert stage.to_discuss[-1] == 99
    assert stage.said == ["ines publishes “A card”"]


async def test_a_reader_reads_one_of_the_newest_to_its_end_says_something_and_leaves() -> None:
    reader = Actor("ben")
    # A remark (0.5 is below 0.7), not thought better of.
    stage = stage_of(reader, pauses=1 + 2 * 5, chance=Chance(0.5, 1.0, 0.5, 1.0))
    await until_enough(read(stage, BEN))
    one = ["book:join", "chapter:join", *["progress:save"] * 4, "text:typing", "comment:post", "chapter:leave"]
    assert reader.commands() == ["comes", *[*one, "book:leave"] * 2, "goes"]
    assert [payload["position"] for command, payload in reader.asked if command == "progress:save"][:4] == [
        0.25,
        0.5,
        0.75,
        1.0,
    ]
    assert ("comment:post", {"chapterId": 12, "text": "Well said."}) in reader.asked
    assert stage.said == ["ben arrives", "ben: Well said.", "ben: Well said.", "ben leaves"]


async def test_a_reader_answers_the_last_that_another_has_said_on_the_chapter() -> None:
    reader = Actor("ben")
    others = [comment(6, author="ben"), comment(7, chapter=99), comment(8, parent=5), {"type": "user:joined"}]
    for event in [comment(4), comment(5), *others]:
        reader.heard.put_nowait(event)
    stage = stage_of(reader, pauses=1 + 5, chance=Chance(0.5, 1.0, 0.3, 0.4))
    await until_enough(read(stage, BEN))
    assert ("comment:react", {"commentId": 5, "kind": "like"}) in reader.asked
    assert ("comment:post", {"chapterId": 12, "text": "Well said.", "parentId": 5}) in reader.asked


async def test_a_reader_who_is_refused_waits_as_long_as_they_are_told_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    def refuse(command: str, payload: dict[str, Any]) -> None:
        if command == "chapter:join":
            raise Refused("NOT_FOUND", "Gone.", 2.5)

    monkeypatch.setattr(roles.asyncio, "sleep", note)
    reader = Actor("ben", refuse)
    stage = stage_of(reader, pauses=1, chance=Chance())
    await until_enough(read(stage, BEN))
    assert [seconds for seconds in waited if seconds] == [2.5, 2.5]
    assert reader.commands() == ["comes", *["book:join", "chapter:join"] * 2, "goes"]


async def test_who_reads_elsewhere_says_nothing_there() -> None:
    reader = Actor("ben")
    stage = stage_of(reader, pauses=1 + 4, chance=Chance(0.1, 0.1))
    stage.to_read.append((2, 21))
    await until_enough(read(stage, BEN))
    assert ("chapter:join", {"chapterId": 21}) in reader.asked
    assert not {"text:typing", "comment:post"} & set(reader.commands())


def message(number: int, by: str = "nora", group: int = 5) -> dict[str, Any]:
    said = {"id": 100 + number, "number": number, "sender": {"username": by}}
    return {"type": "message:new", "room": f"group:{group}", "payload": said}


async def test_somebody_in_a_group_reacts_to_the_last_of_another_or_answers_it() -> None:
    talker = Actor("ben")
    for event in (message(1), message(2), message(3, by="ben"), message(4, group=6)):
        talker.heard.put_nowait(event)
    stage = stage_of(talker, pauses=2, chance=Chance(0.1))
    await until_enough(chat(stage, BEN, 5))
    assert talker.asked[1:4] == [
        ("room:join", {"roomId": 5}),
        ("message:react", {"messageId": 102, "kind": "like"}),
        ("message:read", {"roomId": 5, "number": 2}),
    ]
    talker.heard.put_nowait(message(5))
    stage = stage_of(talker, pauses=2, chance=Chance(0.9, 0.1))
    await until_enough(chat(stage, BEN, 5))
    assert talker.asked[-2:] == [
        ("typing:start", {"roomId": 5}),
        ("message:send", {"roomId": 5, "text": "Well said.", "replyToId": 105}),
    ]
