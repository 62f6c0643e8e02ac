"""Several server processes' trackers on one world, and what their rooms heard."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from realtime.contracts import Payload, event_contract
from realtime.errors import Unavailable
from realtime.identity import ANONYMOUS, Identity
from realtime.people.presence.local import SessionKey
from realtime.people.presence.publishing import Publisher
from realtime.people.presence.store import PresenceStore, Roster
from realtime.people.presence.tracker import PresenceTracker
from realtime.people.processes.keeper import ProcessKeeper
from realtime.people.processes.register import ProcessRegister
from tests.realtime.stores import World

ROOM = "book:1"
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Sent:
    """One announcement: which process made it, and whether it was for its own clients only."""

    process: str
    here: bool
    room: str
    payload: Payload
    skip: object

    @property
    def name(self) -> str:
        return event_contract(self.payload).name


class Recorder:
    def __init__(self, process: str, sent: list[Sent]) -> None:
        self._process = process
        self._sent = sent

    def everywhere(self, room: str, payload: Payload, *, key=None, version=0, skip=None, to=None) -> None:
        self._sent.append(Sent(self._process, False, room, payload, skip))

    def here(self, room: str, payload: Payload, *, key=None, version=0) -> None:
        self._sent.append(Sent(self._process, True, room, payload, None))


class Switchable:
    """A store or register that can be made to refuse, as one in a Redis that is down does."""

    def __init__(self, inner: PresenceStore | ProcessRegister) -> None:
        self._inner = inner
        self.down = False

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        async def asked(*args: object, **kwargs: object) -> object:
            if self.down:
                raise Unavailable
            return await found(*args, **kwargs)

        return asked


class Process:
    """One server process: its keeper and tracker. Sessions are named by a short text."""

    def __init__(self, world: World, name: str, sent: list[Sent]) -> None:
        self.name = name
        self.sent = sent
        self.store = Switchable(world.presence(name))
        self.register = Switchable(world.register(name))
        self.keeper = ProcessKeeper(self.register, world.clock)
        publisher = Publisher(self.store, Recorder(name, sent), world.clock, believes=self.keeper.believes)
        # Whoever waits for a busy Redis is not answered without it.
        self.tracker = PresenceTracker(self.store, self.keeper, publisher, world.clock, wait_seconds=_PATIENCE_SECONDS)

    async def enter(
        self, who: str | int, session: str, *, room: str = ROOM, listed: bool = True, away: bool = False
    ) -> Roster:
        """`who` is "guest" or a user id."""
        identity = ANONYMOUS if who == "guest" else Identity(user_id=int(who), username=f"name {who}")
        return await self.tracker.enter(room, identity, SessionKey(session, "/"), listed=listed, away=away)

    async def enter_uncounted(self, user_id: int, session: str) -> Roster:
        identity = Identity(user_id=user_id, username=f"name {user_id}")
        return await self.tracker.enter_uncounted(ROOM, identity, SessionKey(session, "/"))

    async def attend(self, session: str, *, away: bool) -> None:
        self.tracker.attend(ROOM, SessionKey(session, "/"), away=away)
        await self.tracker.settle()

    async def leave(self, session: str, *, room: str = ROOM) -> None:
        self.tracker.leave(room, SessionKey(session, "/"))
        await self.tracker.settle()

    async def lose(self, session: str, *, clean: bool = False, room: str = ROOM) -> None:
        self.tracker.leave(room, SessionKey(session, "/"), disconnected=True, clean=clean)
        await self.tracker.settle()

    async def beat(self) -> None:
        await self.keeper.beat()
        await self.tracker.settle()

    def go_down(self) -> None:
        self.store.down = self.register.down = True

    def come_back(self) -> None:
        self.store.down = self.register.down = False


class Processes:
    """The processes of one test, and everything that they sent, in order."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: list[Sent] = []
        self.all: list[Process] = []

    async def start(self, name: str) -> Process:
        process = Process(self.world, name, self.sent)
        await process.keeper.beat()
        self.all.append(process)
        return process

    async def pass_time(self, seconds: float, *, alive: Sequence[Process] | None = None) -> None:
        """Lets time pass in steps of a second; the processes alive beat every fifth."""
        for second in range(1, round(seconds) + 1):
            self.world.clock.advance(1)
            for process in self.all if alive is None else alive:
                await process.tracker.settle()
                if second % 5 == 0:
                    await process.beat()

    def payloads(self, name: str) -> list[Payload]:
        return [sent.payload for sent in self.sent if sent.name == name]

    def changes(self) -> list[tuple[str, int]]:
        """Who came, went and came back, in order."""
        return [(sent.name, sent.payload.user_id) for sent in self.sent if sent.name.startswith("user:")]


@pytest.fixture
async def processes(world: World) -> AsyncIterator[Processes]:
    made = Processes(world)
    yield made
    for process in made.all:
        await process.tracker.stop()


def named(roster: Roster) -> dict[int, str] | None:
    return None if roster.people is None else {user: person.username for user, person in roster.people.items()}
