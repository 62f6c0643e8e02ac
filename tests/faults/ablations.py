"""Takes one mechanism out of a server, by its name in `ABLATE`, to see that its absence is noticed.

Each is put in place of the engine's own when a server starts whose settings list this app; the engine knows
nothing of it.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig

from realtime.hub.room import Membership, RoomState
from realtime.identity import Identity
from realtime.log.events import StoredEvent
from realtime.log.reading import Head
from realtime.positions import Position
from realtime.rooms import Grant, Room


def gap_read() -> None:
    """What a room misses is not read from the log."""
    from realtime.hub.log import LogReader

    LogReader.close_gap = lambda self, state: None  # type: ignore[method-assign]


def sweep() -> None:
    """Nobody asks the log whether it has news."""
    from realtime.hub.sweep import Sweep

    async def nothing(self: Sweep) -> None:
        pass

    Sweep._sweep = nothing  # type: ignore[method-assign]


def epoch_check() -> None:
    """An event counts by its seq alone, of whatever history it is."""
    from realtime.hub import Hub

    accept = Hub.accept

    def accept_any(self: Hub, event: StoredEvent) -> bool:
        if (state := self.rooms.get(event.room)) is not None and state.loaded:
            state.epoch = event.epoch
        return accept(self, event)

    def never_lost(self: Hub, state: RoomState, head: Head) -> bool:
        state.epoch = head.epoch
        return False

    Hub.accept, Hub.history_lost = accept_any, never_lost  # type: ignore[method-assign]


def catching_up() -> None:
    """Who enters a room is live at once, wherever it stood."""
    from realtime.hub.catch_up import CatchUp

    def live_at_once(self: CatchUp, member: Membership) -> None:
        member.seq = member.state.seq
        member.state.enter_live(member)

    CatchUp.begin = live_at_once  # type: ignore[method-assign]


def order() -> None:
    """What comes early is not kept for its turn, but handed on."""
    from realtime.hub import Hub

    Hub._keep_early = Hub._advance  # type: ignore[method-assign, assignment]


def request_ids() -> None:
    """A repeated requestId is a new request."""
    from realtime.log import idempotency

    run_once = idempotency.run_once

    def run_always(actor: str, request_id: str | None, payload_hash: str, run: Callable[[], Any]) -> Any:
        return run_once(actor, None, payload_hash, run)

    idempotency.run_once = run_always


def policies() -> None:
    """Everybody may receive everything."""
    from realtime.hub import authorizer

    def everything(asked: Sequence[tuple[Identity, Sequence[Room]]]) -> list[dict[Room, Grant | None]]:
        return [{room: Grant() for room in rooms} for _, rooms in asked]

    authorizer.authorise_many = everything


def commit_before_answer() -> None:
    """A change of a document is called saved before it is committed."""
    from realtime.documents.part import OpenDocument
    from realtime.documents.queue import Write, Written

    async def answer_at_once(self: OpenDocument, write: Write) -> Written:
        async def store_later() -> None:
            await asyncio.sleep(1.0)
            await self.queue.write(write)

        self._hub.spawn(store_later())
        return Written(True, Position("", 0))

    OpenDocument.write = answer_at_once  # type: ignore[method-assign]


MECHANISMS = {
    mechanism.__name__: mechanism
    for mechanism in (gap_read, sweep, epoch_check, catching_up, order, request_ids, policies, commit_before_answer)
}


class Ablations(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        if mechanism := os.environ.get("ABLATE"):
            MECHANISMS[mechanism]()
