"""What is attached to hubs beside their own work: presence, inspection, an app's own counting."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from realtime.hub.core import HubCore
from realtime.hub.room import HubSession, Membership
from realtime.log.events import EphemeralEvent
from realtime.rooms import Room

T = TypeVar("T")


class Part:
    """Base of what is attached to every hub; each hook does nothing. Belongs to the hub's loop, as its hooks do.

    Attach a subclass once, when the project starts: `attach(MyPart)`. Every hub makes one of it. `clean` says that an
    end was meant (a close of the client's own, a sign-out, a revocation), not a cut.
    """

    def __init__(self, hub: HubCore) -> None:
        self.hub = hub

    async def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """Returns what `function`, which reads the database, returns; called in a thread."""
        return await self.hub.handlers.run(function, *arguments)

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Runs `work` until it ends or the hub does; what it raises is logged."""
        return self.hub.spawn(work)

    async def start(self) -> None:
        """The hub begins; called once, before any session."""

    async def stop(self) -> None:
        """The hub ends; all sessions have been closed."""

    async def opened(self, session: HubSession) -> None:
        """A session has begun, or its person may hide other things than before."""

    async def closed(self, session: HubSession, clean: bool) -> None:
        """The session is over; `left` has been called for its rooms."""

    async def joined(self, session: HubSession, room: Room) -> Mapping[str, Any]:
        """A session counts its person in `room`; what is returned becomes part of the join's answer.

        `version` in it is that of who is there, see `Membership.presence_version`.
        """
        return {}

    async def left(self, session: HubSession, room: Room, disconnected: bool, clean: bool) -> None:
        """The end of what `joined` began, exactly once, whatever ended it."""

    async def regranted(self, session: HubSession, room: Room) -> None:
        """Whom the session, which does not count its person there, sees in `room` is another set of people now."""

    def ephemeral(self, event: EphemeralEvent) -> None:
        """An ephemeral event of another process was delivered to a room of this one."""

    def went_live(self, member: Membership) -> None:
        """A member who counts a person gets ephemeral events from now on."""


P = TypeVar("P", bound="type[Part]")

_ATTACHED: list[type[Part]] = []


def attach(part: P) -> P:
    """Has every hub that begins from now on make one of `part`, after those attached before."""
    _ATTACHED.append(part)
    return part


def parts_for(hub: HubCore) -> list[Part]:
    """Makes a hub's parts, in the order in which they were attached."""
    return [part(hub) for part in _ATTACHED]
