"""What rooms hear of typing, over two processes, on every store."""

import pytest

from realtime.contracts import Payload
from realtime.errors import Unavailable
from realtime.identity import ANONYMOUS, Identity
from realtime.people.presence.store import LIST_LIMIT
from realtime.people.typing.kinds import TypingKind
from realtime.people.typing.tracker import TypingTracker
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database

ISHMAEL, QUEEQUEG = Identity(user_id=1, username="ishmael"), Identity(user_id=2, username="queequeg")


class Place:
    """Stands for a room."""

    name = "chapter:1"


class List(Payload):
    typing: list[tuple[int, int | None]]


ROOM = Place()
KIND = TypingKind(
    "commenting",
    (),
    3.0,
    lambda room, typists: List(typing=[(typist.user_id, typist.position) for typist in typists.people]),
)


class Screens:
    """What each connection sees: everybody's last list."""

    def __init__(self, *connections: str) -> None:
        self.seen: dict[str, list[tuple[int, int | None]]] = {connection: [] for connection in connections}
        self.sent = 0

    def everywhere(self, room, payload, *, key=None, version=0, skip=None, to=None):
        self.sent += 1
        for connection in self.seen:
            if (to is None and connection not in (skip or ())) or connection == to:
                self.seen[connection] = payload.typing

    def users(self, connection: str) -> list[int]:
        return [user for user, _ in self.seen[connection]]


@pytest.fixture
def screens() -> Screens:
    return Screens("ishmael", "queequeg", "reader")


@pytest.fixture
def trackers(world: World, screens: Screens):
    made = [TypingTracker(world.typists(), screens, world.clock, user_count=lambda room: 3) for _ in range(2)]
    yield made
    for tracker in made:
        tracker.close()


async def test_the_others_see_who_types_and_nobody_sees_themselves(trackers, screens):
    a, b = trackers
    await a.start(ROOM, KIND, ISHMAEL, "ishmael", 5)
    await b.start(ROOM, KIND, QUEEQUEG, "queequeg", 9)
    assert screens.seen == {"ishmael": [(2, 9)], "queequeg": [(1, 5)], "reader": [(1, 5), (2, 9)]}
    await a.start(ROOM, KIND, ISHMAEL, "ishmael", 6)
    assert screens.seen["queequeg"] == [(1, 6)]


async def test_a_list_that_was_there_before_stays_seen_by_who_begins_to_type(trackers, screens):
    a, b = trackers
    await a.start(ROOM, KIND, ISHMAEL, "ishmael")
    assert screens.users("queequeg") == [1]
    await b.start(ROOM, KIND, QUEEQUEG, "queequeg")
    assert screens.users("queequeg") == [1]


async def test_typing_ends_by_itself(world, trackers, screens):
    a, _ = trackers
    await a.start(ROOM, KIND, ISHMAEL, "ishmael")
    world.clock.advance(2.9)
    await a.start(ROOM, KIND, ISHMAEL, "ishmael")
    world.clock.advance(2.9)
    await a.settle()
    assert screens.users("reader") == [1]
    world.clock.advance(0.1)
    await a.settle()
    assert screens.users("reader") == []


async def test_stopping_a_message_and_leaving_each_end_it(trackers, screens):
    a, b = trackers
    for end in (
        lambda: a.stop(ROOM, KIND, ISHMAEL, "ishmael"),
        lambda: a.sent(ROOM, KIND, 1),
        lambda: b.sent(ROOM, KIND, 1),
    ):
        await a.start(ROOM, KIND, ISHMAEL, "ishmael")
        assert screens.users("reader") == [1]
        await end()
        assert screens.users("reader") == []
    await a.start(ROOM, KIND, ISHMAEL, "ishmael")
    a.gone("ishmael", ROOM)
    await a.settle()
    assert screens.users("reader") == []


async def test_when_one_of_two_stops_the_other_sees_nobody(trackers, screens):
    a, b = trackers
    await a.start(ROOM, KIND, ISHMAEL, "ishmael")
    await b.start(ROOM, KIND, QUEEQUEG, "queequeg")
    await a.stop(ROOM, KIND, ISHMAEL, "ishmael")
    assert screens.seen == {"ishmael": [(2, None)], "queequeg": [], "reader": [(2, None)]}


async def test_what_another_tab_types_is_not_ended_by_a_tab_that_closes(trackers, screens):
    a, b = trackers
    await a.start(ROOM, KIND, ISHMAEL, "old tab")
    await b.start(ROOM, KIND, ISHMAEL, "ishmael")
    a.gone("old tab", ROOM)
    await a.settle()
    assert screens.users("reader") == [1]


async def test_who_comes_later_is_told_who_types(trackers, monkeypatch):
    a, b = trackers
    monkeypatch.setattr("realtime.people.typing.tracker.kinds_in", lambda room: [KIND])
    await a.start(ROOM, KIND, ISHMAEL, "ishmael", 5)
    assert (await b.now(ROOM, None))["commenting"].typing == [(1, 5)]
    assert (await b.now(ROOM, 1))["commenting"].typing == []
    await a.stop(ROOM, KIND, ISHMAEL, "ishmael")
    assert await b.now(ROOM, None) == {}


async def test_in_a_large_room_and_from_anonymous_people_nobody_hears_of_typing(world, screens):
    tracker = TypingTracker(world.typists(), screens, world.clock, user_count=lambda room: LIST_LIMIT + 1)
    await tracker.start(ROOM, KIND, ISHMAEL, "ishmael")
    small = TypingTracker(world.typists(), screens, world.clock, user_count=lambda room: 1)
    await small.start(ROOM, KIND, ANONYMOUS, "reader")
    assert screens.sent == 0


async def test_while_the_store_is_away_those_here_hear_of_each_other(world, screens):
    class Away:
        async def put(self, *args):
            raise Unavailable

        remove = read = put

    tracker = TypingTracker(Away(), screens, world.clock, user_count=lambda room: 3)
    await tracker.start(ROOM, KIND, ISHMAEL, "ishmael")
    assert screens.users("reader") == [1]
    world.clock.advance(3)
    await tracker.settle()
    assert screens.users("reader") == []
