"""Who is connected at all, and which of their contacts hear of it: once each way, and nobody who must not."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from realtime.contracts import Payload
from realtime.errors import Unavailable
from realtime.identity import ANONYMOUS, Identity
from realtime.people.presence import online as module
from realtime.people.presence.online import Online, Whereabouts, use_contacts
from tests.realtime.people.presence.processes import Process, Recorder, Sent
from tests.realtime.stores import MemoryWorld

pytestmark = pytest.mark.either_database

ADA, BOB, CARL = 7, 8, 9


class Seen(Payload):
    """Somebody is there, or no longer."""

    user_id: int
    online: bool


class Friends:
    """Everybody is everybody's contact, but for `strangers`; who is `shy` is seen by nobody."""

    def __init__(self) -> None:
        self.shy: set[int] = set()
        self.strangers: set[int] = set()
        self.asked = 0

    def showing_online(self, user_ids: Collection[int]) -> Collection[int]:
        return set(user_ids) - self.shy

    def audiences(self, user_ids: Collection[int]) -> Mapping[int, Collection[int]]:
        self.asked += 1
        return {user_id: {ADA, BOB, CARL} - {user_id} for user_id in user_ids if user_id not in self.strangers}

    def event(self, whereabouts: Whereabouts) -> Payload:
        return Seen(user_id=whereabouts.user_id, online=whereabouts.is_online)


class Questions:
    """Asks at once; as the database when it is away, if `away`."""

    def __init__(self) -> None:
        self.away = False

    async def ask(self, answering: Any, question: Any) -> Any:
        if self.away:
            raise Unavailable
        return answering([question])[0]


class Town:
    """One process whose sessions come and go, and what it told whom."""

    def __init__(self, world: MemoryWorld) -> None:
        self.world = world
        self.told: list[Sent] = []
        self.process = Process(world, "a", [])
        self.questions: Any = Questions()
        self._tasks: list[asyncio.Task[None]] = []
        self.online = Online(self.process.tracker, Recorder("a", self.told), self.questions, self._spawn)

    def _spawn(self, work: Any) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    def session(self, user_id: int | None, name: str) -> Any:
        identity = ANONYMOUS if user_id is None else Identity(user_id, f"name {user_id}")
        place = {"connection": SimpleNamespace(id=name), "namespace": SimpleNamespace(name="/")}
        return SimpleNamespace(identity=identity, closed=False, **place)

    async def come(self, user_id: int | None, name: str = "") -> Any:
        session = self.session(user_id, name or f"tab of {user_id}")
        await self.online.opened(session)
        await self.settle()
        return session

    async def go(self, session: Any) -> None:
        self.online.closed(session)
        await self.settle()

    async def settle(self) -> None:
        await self.process.tracker.settle()
        while self._tasks:
            await self._tasks.pop()

    async def pass_grace(self) -> None:
        self.world.clock.advance(31)
        await self.settle()

    def news(self) -> list[tuple[str, int, bool]]:
        """Returns (room of the one who was told, about whom, online or not)."""
        told = [(sent.room, sent.payload.user_id, sent.payload.online) for sent in self.told]  # type: ignore[attr-defined]  # Seen
        self.told.clear()
        return sorted(told)


@pytest.fixture
def friends(monkeypatch: pytest.MonkeyPatch) -> Friends:
    monkeypatch.setattr(module, "_CONTACTS", [])
    made = Friends()
    use_contacts(made)
    return made


@pytest.fixture
async def town(friends: Friends) -> AsyncIterator[Town]:
    made = Town(MemoryWorld())
    await made.process.keeper.beat()
    yield made
    await made.process.tracker.stop()


async def test_contacts_who_are_there_hear_of_the_first_session_and_of_the_end_of_the_last(town: Town) -> None:
    await town.come(BOB)
    assert town.news() == []
    tab = await town.come(ADA)
    phone = await town.come(ADA, "phone")
    assert town.news() == [(f"user:{BOB}", ADA, True)]
    await town.go(tab)
    await town.go(phone)
    assert town.news() == []
    await town.pass_grace()
    assert town.news() == [(f"user:{BOB}", ADA, False)]


async def test_from_page_to_page_nobody_was_gone(town: Town) -> None:
    await town.come(BOB)
    await town.go(await town.come(ADA))
    await town.come(ADA, "next page")
    await town.pass_grace()
    assert town.news() == [(f"user:{BOB}", ADA, True)]


async def test_who_hides_it_is_told_to_nobody_and_still_hears_of_the_others(town: Town, friends: Friends) -> None:
    friends.shy.add(ADA)
    await town.come(ADA)
    await town.come(BOB)
    assert town.news() == [(f"user:{ADA}", BOB, True)]
    assert await town.online.among([ADA, BOB, CARL]) == {BOB}


async def test_who_has_nobody_and_who_is_nobody_is_told_to_nobody(town: Town, friends: Friends) -> None:
    friends.strangers.add(ADA)
    await town.come(BOB)
    await town.come(ADA)
    await town.come(None)
    assert town.news() == []


async def test_many_who_come_together_are_looked_up_together(town: Town, friends: Friends) -> None:
    await town.come(BOB)
    friends.asked = 0
    for user_id in (ADA, CARL):
        await town.online.opened(town.session(user_id, f"tab of {user_id}"))
    await town.settle()
    assert {about for _, about, _ in town.news()} == {ADA, CARL}
    assert friends.asked == 1


async def test_while_it_is_not_known_whether_somebody_may_be_seen_they_are_not(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.come(BOB)
    town.questions.away = True
    await town.come(ADA)
    assert "Whether 7 may be seen online is not known" in caplog.text
    town.questions.away = False
    assert (town.news(), await town.online.among([ADA])) == ([], set())


async def test_who_left_while_that_was_asked_does_not_come(town: Town) -> None:
    session = town.session(ADA, "tab")
    session.closed = True
    await town.online.opened(session)
    await town.settle()
    assert await town.online.among([ADA]) == set()


async def test_contacts_that_cannot_be_looked_up_are_logged_and_the_next_are_told(
    town: Town, friends: Friends, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(user_ids: Collection[int]) -> Any:
        raise ZeroDivisionError

    await town.come(BOB)
    with monkeypatch.context() as broken:
        broken.setattr(friends, "audiences", fail)
        await town.come(ADA)
    assert "The contacts of 1 people were not notified." in caplog.text
    await town.come(CARL)
    assert town.news() == [(f"user:{ADA}", CARL, True), (f"user:{BOB}", CARL, True)]


async def test_without_contacts_nobody_is_counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONTACTS", [])
    await town.come(ADA)
    assert await town.online.among([ADA]) == set()


async def test_while_the_store_is_away_nobody_is_known_to_be_online(town: Town) -> None:
    await town.come(ADA)
    town.process.go_down()
    assert await town.online.among([ADA]) == set()
    town.process.come_back()
