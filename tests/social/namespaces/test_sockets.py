"""Sessions in groups: counted one by one, and the seats that they hold."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from realtime.identity import ANONYMOUS, Identity
from realtime.people import Privacy
from realtime.rooms import Grant
from social.events import CallRoom, GroupRoom
from social.namespaces.sockets import SessionsInGroups

pytestmark = pytest.mark.either_database

sockets = import_module("social.namespaces.sockets")

ROOM = GroupRoom(5)


class Here(SessionsInGroups):
    """Renews by hand; `kept` has the seats that were asked for, `ephemeral` what groups are so."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace())
        self.kept: list[dict[int, list[int]]] = []
        self.ephemeral: set[int] = {5}
        self.turns = 0

    def spawn(self, work: Any) -> Any:
        self.turns += 1
        work.close()
        return SimpleNamespace(done=lambda: False)

    async def read(self, function: Callable[..., Any], *arguments: Any) -> Any:
        [seats] = arguments
        self.kept.append({group: list(people) for group, people in seats.items()})
        return self.ephemeral


class Session:
    def __init__(self, identity: Identity, *, counted: bool = True) -> None:
        self.identity, self._view = identity, Privacy(counted=counted)
        self.left: list[object] = []

    def grant(self, room: object) -> Grant:
        return Grant(view=self._view)

    async def leave(self, room: object) -> None:
        self.left.append(room)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[Session]]:
    places: dict[str, set[Session]] = {}

    async def count(session: Any, place: str) -> None:
        places.setdefault(place, set()).add(session)

    async def counted_in(place: str) -> int:
        return len(places.get(place, ()))

    monkeypatch.setattr(sockets, "count_session", count)
    monkeypatch.setattr(sockets, "uncount_session", lambda session, place: places.get(place, set()).discard(session))
    monkeypatch.setattr(sockets, "sessions_in", counted_in)
    return places


async def leave(part: Here, session: Session, *, disconnected: bool = False) -> None:
    await part.left(session, ROOM, disconnected, clean=True)


async def test_each_session_counts_and_those_of_people_who_hide_do_not() -> None:
    part, ada = Here(), Identity(7)
    phone, desk, shy = Session(ada), Session(ada), Session(Identity(8), counted=False)
    for session in (phone, desk, shy, Session(ANONYMOUS)):
        assert await part.joined(session, ROOM) == {}
    await part.joined(Session(Identity(9)), CallRoom(5))
    assert await sockets.socket_count(ROOM) == 2
    await leave(part, phone)
    assert await sockets.socket_count(ROOM) == 1


async def test_a_seat_ends_its_grace_with_the_last_session_of_its_person() -> None:
    part = Here()
    phone, desk = Session(Identity(7)), Session(Identity(7))
    for session in (phone, desk):
        await part.joined(session, ROOM)
    await leave(part, phone)
    assert part.kept == []
    await leave(part, desk)
    assert part.kept == [{5: [7]}]
    await leave(part, desk)
    assert part.kept == [{5: [7]}]


async def test_who_leaves_a_group_leaves_its_call_and_who_is_cut_off_may_come_back_to_it() -> None:
    part = Here()
    leaving, cut = Session(Identity(7)), Session(Identity(8))
    for session in (leaving, cut):
        await part.joined(session, ROOM)
    await leave(part, leaving)
    await leave(part, cut, disconnected=True)
    assert (leaving.left, cut.left) == ([CallRoom(5)], [])


async def test_a_group_that_lasts_is_asked_about_once() -> None:
    part = Here()
    part.ephemeral = set()
    for _ in range(2):
        session = Session(Identity(7))
        await part.joined(session, ROOM)
        await leave(part, session)
    assert part.kept == [{5: [7]}]


async def test_seats_are_renewed_while_anybody_is_there_also_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    part, session = Here(), Session(Identity(7))
    await part.joined(session, ROOM)
    await part.joined(Session(Identity(8)), ROOM)
    assert part.turns == 1
    renew = part.read
    turns = 0

    async def read(function: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise DatabaseError("away")
        if turns == 3:
            part._people.clear()
        return await renew(function, *arguments)

    async def at_once(seconds: float) -> None:
        assert 0 < seconds < sockets.realtime_settings().presence_grace_seconds

    monkeypatch.setattr(part, "read", read)
    monkeypatch.setattr(asyncio, "sleep", at_once)
    await part._keep_on()
    assert part.kept == [{5: [7, 8]}] * 2
