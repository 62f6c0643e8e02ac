"""What all pieces of a hub share: its loop, settings, rooms and threads, and what they may ask of it."""

import asyncio
import logging
import secrets
import time
from collections.abc import Collection, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from realtime.conf import realtime_settings
from realtime.hub.alarms import Alarms
from realtime.hub.questions import Questions
from realtime.hub.room import Membership, RoomState
from realtime.hub.statistics import Statistics
from realtime.hub.threads import DatabaseThreads
from realtime.identity import Identity
from realtime.log.events import OutgoingEvent, StoredEvent
from realtime.log.reading import Head
from realtime.transport.connection import CommandLimits, Connection

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Limiter(Protocol):
    """Says no in time; `realtime.people.limits` has it. Seats are numbers of connections."""

    def connection(self, address: str) -> CommandLimits:
        """Returns the limits of a new connection from `address`."""

    def lacking(self, identity: Identity, address: str, held: Collection[str] = ()) -> dict[str, int]:
        """Returns the seats that a connection has to have and does not hold, with how many there are of each."""

    async def seat(self, identity: Identity, address: str, held: Collection[str] = ()) -> list[str]:
        """Takes what a connection lacks and returns it for `release`. Raises RateLimited, and takes nothing."""

    async def release(self, seats: list[str]) -> None:
        """Gives seats back."""


class HubCore:
    """The part of a hub that its pieces know; `realtime.hub.hub.Hub` is made of them. Belongs to its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.id = secrets.token_hex(8)
        self.settings = realtime_settings()
        self.statistics = Statistics()
        self.alarms = Alarms(loop)
        self.rooms: dict[str, RoomState] = {}
        self.connections: dict[str, Connection] = {}
        self.readers = DatabaseThreads("reader", self.settings.reader_threads, keep=True)
        self.handlers = DatabaseThreads("handler", self.settings.handler_threads, keep=False)
        self.questions = Questions(self.handlers)
        self.limiter: Limiter | None = None
        """Set by the part that keeps limits."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Runs `work` until it ends or the hub does; what it raises is logged."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("A task of the hub failed.", exc_info=error)

    def now_ms(self) -> int:
        """Returns Unix milliseconds."""
        return time.time_ns() // 1_000_000

    # What pieces hand on to the whole

    def accept(self, event: StoredEvent) -> bool:
        """Takes an event of the log from wherever it comes; True when it was news for a room of this process."""
        raise NotImplementedError

    def take_hint(self, events: Sequence[OutgoingEvent]) -> None:
        """Takes events that another process committed."""
        raise NotImplementedError

    def wake_sweep(self) -> None:
        """Has the log asked now what it has that the hub has not."""
        raise NotImplementedError

    def went_live(self, member: Membership) -> None:
        """A member gets ephemeral events from now on."""
        raise NotImplementedError

    def drop_empty_rooms(self) -> None:
        """Forgets rooms that have been without members for a while."""
        raise NotImplementedError

    def history_lost(self, state: RoomState, head: Head) -> bool:
        """Compares the room's place with a head read after it; resets the room when they contradict."""
        raise NotImplementedError

    def reset(self, state: RoomState, head: Head, reason: str) -> None:
        """Begins a room anew at its head: what was before is gone."""
        raise NotImplementedError

    def reset_member(self, member: Membership, reason: str, seq: int | None = None) -> None:
        """Sends one member that its stream goes on from `seq` or from the room's place, with a hole before it."""
        raise NotImplementedError
