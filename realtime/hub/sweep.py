"""Finds by itself what came without a hint: the sweep over the log, and the rooms that nobody needs any more."""

import asyncio
import contextlib
import logging
import time

from realtime.errors import ApplicationError
from realtime.hub.core import HubCore
from realtime.hub.layer import LayerLink
from realtime.hub.log import LogReader
from realtime.log import changes, reading

logger = logging.getLogger(__name__)


class Sweep:
    """Asks every second what the log has that the hub has not; at once when somebody says so.

    `last_run` is the monotonic time of the last sweep that worked; `working` says whether it was the last.
    """

    def __init__(self, hub: HubCore, log: LogReader, layer: LayerLink) -> None:
        self._hub = hub
        self._log = log
        self._layer = layer
        self._wake = asyncio.Event()
        self._cursor = changes.ChangeCursor()
        self._chores_due = 0.0
        self._backstop: list[str] = []
        self.last_run = time.monotonic()
        self.working = True

    def wake(self) -> None:
        """Lets the next sweep begin now."""
        self._wake.set()

    async def begin(self) -> None:
        """Marks where changes are counted from; before any room is loaded, so that none falls between the two."""
        await self._hub.readers.run(self._cursor.poll)

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._hub.settings.sweep_seconds):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._sweep()
                self.working = True
                self.last_run = time.monotonic()
            except Exception as error:
                if self.working:
                    expected = isinstance(error, ApplicationError)
                    logger.warning("The sweep failed; trying again every second.", exc_info=not expected)
                self.working = False
                await asyncio.sleep(self._hub.settings.sweep_seconds)

    async def watch(self) -> None:
        """SQLite only: wakes the sweep as soon as the file has changed without a hint. Until cancelled.

        The file does not say who changed it. Where hints come in it is not asked: nearly always it was this process,
        and each of its commits would cost a sweep that finds nothing.
        """
        with changes.DataVersion() as file:
            while True:
                await asyncio.sleep(self._hub.settings.watch_seconds)
                if not self._layer.brings_hints and file.changed():  # microseconds: not worth a thread
                    self.wake()

    async def _sweep(self) -> None:
        hub = self._hub
        for name, position in (await hub.readers.run(self._cursor.poll)).items():
            state = hub.rooms.get(name)
            if state is None:
                continue
            if not state.loaded:
                state.known = max(state.known, position.seq)  # the head on its way may be older than this
                continue
            if position.epoch != state.epoch or position.seq > state.seq:
                hub.statistics.swept += 1
                logger.debug("The sweep finds %s at %d, known up to %d", name, position.seq, state.seq)
                self._log.close_gap(state)
        if time.monotonic() >= self._chores_due:
            self._chores_due = time.monotonic() + hub.settings.sweep_seconds
            hub.drop_empty_rooms()
            await self._compare_some_heads()

    async def _compare_some_heads(self) -> None:
        """The backstop: each room's head is compared once in a while, whatever the cursor said."""
        hub = self._hub
        if not self._backstop:
            self._backstop = list(hub.rooms)
        size = int(len(hub.rooms) * hub.settings.sweep_seconds / hub.settings.backstop_seconds) + 1
        batch, self._backstop = self._backstop[:size], self._backstop[size:]
        before = {name: state.seq for name in batch if (state := hub.rooms.get(name)) is not None and state.loaded}
        if not before:
            return
        for name, head in (await hub.readers.run(reading.heads, before)).items():
            state = hub.rooms.get(name)
            if state is None:
                continue
            if head.epoch == state.epoch and head.seq < before[name]:
                hub.reset(state, head, "epoch")
            elif not hub.history_lost(state, head):
                state.min_seq = head.min_seq
                if head.seq > state.seq:
                    self._log.close_gap(state)
