"""The hub's reads of the log: many rooms per query, one query per question at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping

from realtime.errors import ApplicationError
from realtime.hub.audience import Delivery
from realtime.hub.core import HubCore
from realtime.hub.room import RoomState
from realtime.log import reading
from realtime.log.reading import Head, HistoryGone

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 0.5


class LogReader:
    """Brings heads, gaps and pages from the log to the loop."""

    def __init__(self, hub: HubCore) -> None:
        self._hub = hub
        self._gaps: dict[str, RoomState] = {}
        self._closing_gaps = False
        self._pages: dict[tuple[str, str, int], asyncio.Task[list[Delivery] | None]] = {}

    # Heads

    def heads(self, rooms: Iterable[str]) -> Awaitable[Mapping[str, Head]]:
        """Asks for heads, at once; many calls share a query. For joins: nothing that is delivered waits for it.

        Raises Unavailable when the database does not answer.
        """
        return self._hub.questions.ask(_heads, tuple(rooms))

    # Gaps

    def close_gap(self, state: RoomState) -> None:
        """Reads what the room misses up to its head, and hands it to the hub as if it had just come."""
        self._gaps[state.name] = state
        if not self._closing_gaps:
            self._closing_gaps = True
            self._hub.spawn(self._close_gaps())

    async def _close_gaps(self) -> None:
        try:
            while self._gaps:
                gaps, self._gaps = self._gaps, {}
                try:
                    await self._read_gaps(gaps)
                except Exception as error:
                    if not isinstance(error, ApplicationError):
                        logger.exception("Closing the gaps of %d rooms failed; trying again.", len(gaps))
                    self._gaps = {**gaps, **self._gaps}
                    await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._closing_gaps = False

    async def _read_gaps(self, gaps: dict[str, RoomState]) -> None:
        hub = self._hub
        hub.statistics.gap_reads += 1
        logger.debug("Reading what is missed in %s", ", ".join(gaps))
        found = await hub.readers.run(reading.heads, list(gaps))
        ranges: dict[str, tuple[int, int]] = {}
        for name, state in gaps.items():
            head = found[name]
            if hub.history_lost(state, head):
                continue
            state.known = head.seq
            if head.seq > state.seq:
                ranges[name] = (state.seq, min(head.seq, state.seq + hub.settings.replay_page))
        if not ranges:
            return
        pages = await hub.readers.run(reading.read_many, ranges)
        for name, events in pages.items():
            state = gaps[name]
            if events is None:
                hub.reset(state, found[name], "trimmed")
                continue
            for event in events:
                hub.accept(event)
            if state.known > state.seq and not state.fanning:  # else the end of the fan-out goes on with it
                self._gaps[name] = state
        await asyncio.sleep(0)

    # Pages

    async def page(self, state: RoomState, after: int) -> list[Delivery] | None:
        """Returns the next events after `after` up to the room's place, from the ring or the log.

        None when they are no longer there. Those who ask for the same page share it, encodings included.
        """
        recent = state.recent(after)
        if recent is not None:
            return recent[: self._hub.settings.replay_page]
        key = (state.name, state.epoch, after)
        task = self._pages.get(key)
        if task is None:
            task = self._pages[key] = self._hub.spawn(self._read_page(state, after))
            task.add_done_callback(lambda _: self._pages.pop(key, None))
        return await asyncio.shield(task)

    async def _read_page(self, state: RoomState, after: int) -> list[Delivery] | None:
        epoch = state.epoch
        try:
            events = await self._hub.readers.run(
                reading.read_page, state.name, after, state.seq, self._hub.settings.replay_page
            )
        except HistoryGone:
            return None
        if events and (events[0].seq != after + 1 or events[0].epoch != epoch):
            return None
        page = [Delivery(event) for event in events]
        if state.epoch == epoch:
            state.refill(page)
        return page


def _heads(asked: list[tuple[str, ...]]) -> list[Mapping[str, Head]]:
    found = reading.heads({room for rooms in asked for room in rooms})
    return [{room: found[room] for room in rooms} for rooms in asked]
