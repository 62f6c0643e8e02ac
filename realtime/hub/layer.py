"""The channel layer as a hub uses it: one channel, a group per room, hints both ways; never waited for."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from realtime.hub.core import HubCore
from realtime.hub.tasks import end
from realtime.log import hints
from realtime.log.batches import in_batches
from realtime.log.events import OutgoingEvent
from realtime.log.hint_queue import HintQueue
from realtime.log.layers import answers, reaches_others, said

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
_ROOMS_AT_ONCE = 200  # thousands of sessions that come back bring as many; one by one each would wait for the layer
_PRESENT_SECONDS = 5.0
_ABSENT_SECONDS = 3 * _PRESENT_SECONDS
"""Three words of another hub are lost in a row only with the way to it, and then hints are, too."""
_ANSWER_SECONDS = 1.0
"""So long others have to answer a hub that begins; who is slower is believed from its first word on."""
_FAREWELL_SECONDS = 1.0
# The in-memory layer drops memberships after a day; adding again is how to keep them.
_RENEW_SECONDS = 6 * 3600.0
_UNREADABLE_AT_ONCE = 100
_UNREADABLE_PAUSE_SECONDS = 0.01


class LayerLink:
    """Keeps this process's group memberships equal to its rooms, sends its hints, takes those of others.

    The layer is only a wire to make things fast: whatever it loses the sweep finds.

    Every hub says that it is there: when it begins, to those of whom it hears for the first time, and now and then.
    While no other does, hints are not sent: they are up to a fourth of what an event to ten members costs.
    """

    def __init__(self, hub: HubCore) -> None:
        self._hub = hub
        self.layer: Any = get_channel_layer()
        # Nobody else can receive from an in-memory layer, and its bursts are dropped: groups yes, hints no.
        self.alone = not reaches_others(self.layer)
        self.channel = ""
        self._joins = True
        self._sends = True
        # Groups of rooms that this process is in, or may be: asking for one may fail half way.
        self._groups: dict[str, str] = {}
        self._joined: set[str] = set()
        self._joined_at = time.monotonic()
        self._changed = asyncio.Event()
        self._queue = HintQueue()
        self._queued = asyncio.Event()
        self._present_due = False
        self._others: set[str] = set()
        """Origins of all hubs that were ever heard of."""
        self._others_until = math.inf
        self._hears_until = -math.inf
        """Who does not hear its own word hears nobody's."""
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def healthy(self) -> bool:
        """Whether its last operation of either kind worked."""
        return self._joins and self._sends

    @property
    def brings_hints(self) -> bool:
        """Whether what other processes commit arrives at once."""
        return self.healthy and not self.alone

    async def start(self) -> None:
        if self.layer is None:
            return
        self._tasks = [self._hub.spawn(self._keep_membership())]
        if not self.alone:
            self._tasks += [self._hub.spawn(self._publish()), self._hub.spawn(self._stay_present())]

    async def stop(self) -> None:
        await end(lambda: self._tasks)
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                for group in self._groups.values():
                    await self.layer.group_discard(group, self.channel)
        except Exception:
            logger.debug("The layer's groups could not be left.", exc_info=True)

    # Groups

    def rooms_changed(self) -> None:
        """Says that the hub's rooms are others now; membership follows soon."""
        self._changed.set()

    def group_of(self, room: str) -> str:
        """Returns the name of the room's layer group."""
        return hints.group_name(room)

    async def _keep_membership(self) -> None:
        receiving = announced = False
        while True:
            try:
                if not (receiving and self._joins):
                    await answers(self.layer)
                if not receiving:
                    self.channel = await self.layer.new_channel("realtime.hub")
                    self._tasks.append(self._hub.spawn(self._receive()))
                    receiving = True
                await self._reconcile()
                self._joins = True
                if not announced:  # now the answers will come
                    announced = True
                    self._say_present()
                    if not self._others:  # who answers has done so already, where joining took long
                        self._others_until = self._hub.loop.time() + _ANSWER_SECONDS
                try:
                    async with asyncio.timeout(_RENEW_SECONDS):
                        await self._changed.wait()
                except TimeoutError:
                    continue
                self._changed.clear()
            except Exception as error:
                if self.healthy:
                    logger.warning("The channel layer does not answer (%s); the sweep delivers meanwhile.", said(error))
                self._joins = False
                await asyncio.sleep(_RETRY_SECONDS)

    async def _reconcile(self) -> None:
        if time.monotonic() - self._joined_at > _RENEW_SECONDS:
            self._joined_at = time.monotonic()
            self._joined.clear()
        wanted = {hints.EVERYBODY, *self._hub.rooms}
        for rooms in in_batches(list(wanted - self._joined), _ROOMS_AT_ONCE):
            groups = {room: self.group_of(room) for room in rooms}
            self._groups |= groups
            await _all_of(self.layer.group_add(group, self.channel) for group in groups.values())
            self._joined.update(rooms)
        for rooms in in_batches(list(self._groups.keys() - wanted), _ROOMS_AT_ONCE):
            self._joined.difference_update(rooms)
            await _all_of(self.layer.group_discard(self._groups[room], self.channel) for room in rooms)
            for room in rooms:
                del self._groups[room]

    # Hints

    def publish(self, events: Sequence[OutgoingEvent]) -> None:
        """Queues the hints of events that this process committed, in order; a full queue drops the oldest."""
        if self.alone or self._others_until <= self._hub.loop.time() < self._hears_until:
            return
        self._hub.statistics.hints_dropped += self._queue.put(events)
        self._queued.set()

    async def _publish(self) -> None:
        while True:
            await self._queued.wait()
            self._queued.clear()
            while (due := self._due()) is not None:
                await self._send(*due)

    def _due(self) -> tuple[str, bytes] | None:
        if self._present_due:  # however many hints wait: others would stop sending theirs
            self._present_due = False
            return hints.EVERYBODY, hints.encode([])
        return self._queue.take()

    def _say_present(self) -> None:
        self._present_due = True
        self._queued.set()

    async def _stay_present(self) -> None:
        """Says it now and then; so it is also seen whether the layer still takes something."""
        while True:
            await asyncio.sleep(_PRESENT_SECONDS)
            self._say_present()

    def _is_present(self, origin: str) -> None:
        until = self._hub.loop.time() + _ABSENT_SECONDS
        if origin == hints.ORIGIN:
            self._hears_until = until
            return
        self._others_until = until
        if origin not in self._others:
            self._others.add(origin)
            self._say_present()

    async def _send(self, room: str, hint: bytes) -> None:
        try:
            message = {"type": hints.MESSAGE_TYPE, "hint": hint}
            await self.layer.group_send(self.group_of(room), message)
        except Exception as error:
            # Down: what waits is stale by the time it is up again, and the sweep has found it.
            self._hub.statistics.hints_dropped += 1 + self._queue.clear()
            if self.healthy:
                logger.warning("The channel layer takes no hints (%s); the sweep delivers meanwhile.", said(error))
            self._sends = False
        else:
            if not self._sends:  # nobody could say anything meanwhile
                self._others_until = self._hub.loop.time() + _ABSENT_SECONDS
            self._hub.statistics.hints_sent += 1
            self._sends = True

    async def _receive(self) -> None:
        """Takes hints for ever. Never cancelled while the hub lives, never in a timeout: that leaves a layer deaf.

        Nothing else bounds what waits in the channel (channels_redis' has no limit), so nothing but a layer that is
        away may hold it up.
        """
        unreadable = 0
        while True:
            try:
                message = await self.layer.receive(self.channel)
            except (OSError, RedisError):
                logger.exception("Receiving from the channel layer failed; going on.")
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except Exception:
                # A message that cannot be read has been taken. A layer that only fails must not hold the loop, though.
                unreadable += 1
                if unreadable % _UNREADABLE_AT_ONCE == 1:
                    logger.exception("A message of the channel layer could not be read (%d so far).", unreadable)
                await asyncio.sleep(0 if unreadable % _UNREADABLE_AT_ONCE else _UNREADABLE_PAUSE_SECONDS)
                continue
            try:
                hint = hints.decode(message["hint"])
                if hint is None:
                    self._hub.wake_sweep()
                elif not hint.events:
                    self._is_present(hint.origin)
                elif hint.origin != hints.ORIGIN:
                    self._hub.take_hint(hint.events)
            except Exception:
                logger.exception("A hint could not be taken; the sweep will deliver.")


async def _all_of(acts: Iterable[Awaitable[None]]) -> None:
    """Waits until all have ended, so that tries in a row never add up; raises what the first of them raised."""
    for ended in await asyncio.gather(*acts, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
