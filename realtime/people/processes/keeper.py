"""Keeps this process's lease, and clears away after processes that have lost theirs."""

import asyncio
import logging

from realtime.clock import Clock, Timer
from realtime.errors import Unavailable
from realtime.people.processes.register import ProcessRegister, Times

logger = logging.getLogger(__name__)


class Holder:
    """Something whose content hangs on process leases. Its methods may raise Unavailable: they are called again."""

    async def register_again(self) -> None:
        """Everything of this process was lost from the shared store: put it back."""

    async def settled(self) -> None:
        """Every process has registered again: totals may be believed."""

    async def clear_away(self, process_id: str) -> None:
        """Removes what a dead process held. May be interrupted and repeated, by another process too."""


class ProcessKeeper:
    """Beats every few seconds for all that this process holds; belongs to one event loop.

    `generation` and `believable` say what the last beat learned; before the first beat nothing is believable.
    """

    def __init__(self, register: ProcessRegister, clock: Clock, *, times: Times | None = None) -> None:
        self.generation = ""
        self.believable = False
        self._register = register
        self._clock = clock
        self._beat_seconds = (times or Times()).beat_seconds
        self._holders: list[Holder] = []
        self._lost: set[Holder] = set()
        self._unsettled: set[Holder] = set()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def process_id(self) -> str:
        return self._register.process_id

    def believes(self, generation: str) -> bool:
        """Tells whether totals that were read in that life of the register may be sent to anybody.

        One that is not known yet makes the next beat come at once: everything was lost.
        """
        if generation != self.generation:
            self.hurry()
            return False
        return self.believable

    def look_after(self, holder: Holder) -> None:
        """Includes `holder` in every beat to come."""
        self._holders.append(holder)

    async def start(self) -> None:
        """Takes the lease and goes on beating until `stop`. Without a register the first beat is made up for later."""
        await self._beat_and_again()

    async def stop(self, keep_seconds: float) -> None:
        """Stops beating; what this process holds is kept for `keep_seconds`, so that people who move are not missed."""
        self._stopped = True
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()
        try:
            await self._register.retire(round(keep_seconds * 1000))
        except Unavailable:
            logger.info("The lease ends by itself.")

    def hurry(self) -> None:
        """Beats now instead of at the next turn: there are signs that the register was lost."""
        if self._stopped or (self._task and not self._task.done()):
            return
        if self._timer:
            self._timer.cancel()
        self._task = asyncio.get_running_loop().create_task(self._beat_and_again())

    async def beat(self) -> None:
        """Renews once and does what follows; never raises Unavailable: what failed is done at the next beat."""
        try:
            renewal = await self._register.renew()
            if renewal.generation != self.generation or not renewal.kept:
                self._lost.update(self._holders)
            if not renewal.settled:
                self._unsettled.update(self._holders)
            self.generation, self.believable = renewal.generation, renewal.settled
            for holder in list(self._lost):
                await holder.register_again()
                self._lost.discard(holder)
            for holder in list(self._unsettled) if renewal.settled else ():
                await holder.settled()
                self._unsettled.discard(holder)
            for process_id in await self._register.claim_dead():
                if process_id == self.process_id:
                    continue
                logger.info("Clearing away after the process %s.", process_id)
                for holder in self._holders:
                    await holder.clear_away(process_id)
                await self._register.bury(process_id)
        except Unavailable:
            logger.debug("The register of processes did not answer.")

    async def _beat_and_again(self) -> None:
        try:
            await self.beat()
        except Exception:
            logger.exception("A beat failed; the next one is due.")
        finally:
            if not self._stopped:
                self._timer = self._clock.call_later(self._beat_seconds, self.hurry)
