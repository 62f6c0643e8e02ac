"""Sends hints from processes that are no servers: commands, workers, WSGI.

One thread with one event loop and one connection per process, however many events; `async_to_sync` would
make a loop and a connection for each.
"""

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Sequence

from channels.layers import get_channel_layer

from realtime.log.events import OutgoingEvent
from realtime.log.hint_queue import HintQueue
from realtime.log.hints import EVERYBODY, MESSAGE_TYPE, group_name
from realtime.log.layers import reaches_others, said

logger = logging.getLogger(__name__)

_SEND_TIMEOUT_S = 5.0
_FLUSH_TIMEOUT_S = 2.0


class Publisher:
    """A queue of hints and the thread that sends them, which alone touches it.

    `publish` may be called from any thread and never waits. What is not sent, the sweep finds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue = HintQueue()
        self._sending: asyncio.Task[None] | None = None
        self._failing = False

    @property
    def started(self) -> bool:
        """Whether this process has published anything yet."""
        return self._loop is not None

    def publish(self, events: Sequence[OutgoingEvent]) -> None:
        """Sends the events to their rooms' groups, soon."""
        if not reaches_others(get_channel_layer()):
            return
        group_name(EVERYBODY)  # touches the database once, which the loop may not
        self._running_loop().call_soon_threadsafe(self._take, events)

    def flush(self) -> None:
        """Waits, at most 2 s, until everything published has been sent; a command calls it by ending."""
        if self._loop is None:
            return
        flushed = threading.Event()

        async def drained() -> None:
            self._send_soon()
            if self._sending:
                await self._sending
            flushed.set()

        asyncio.run_coroutine_threadsafe(drained(), self._loop)
        if not flushed.wait(_FLUSH_TIMEOUT_S):
            logger.warning("Some hints were not sent in time; the sweep will deliver their events.")

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="realtime-publisher", daemon=True).start()
            return self._loop

    def _take(self, events: Sequence[OutgoingEvent]) -> None:
        self._queue.put(events)
        self._send_soon()

    def _send_soon(self) -> None:
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        layer = get_channel_layer()
        while (due := self._queue.take()) is not None:
            room, hint = due
            try:
                async with asyncio.timeout(_SEND_TIMEOUT_S):
                    await layer.group_send(group_name(room), {"type": MESSAGE_TYPE, "hint": hint})
            except Exception as error:  # whatever the layer's client raises, the log has the event
                self._queue.clear()
                if not self._failing:
                    logger.warning(
                        "The channel layer does not take hints (%s); events travel by the sweep.", said(error)
                    )
                self._failing = True
            else:
                self._failing = False


publisher = Publisher()


def _forget_the_parents_thread() -> None:
    publisher.__init__()  # type: ignore[misc]  # the thread and its connection stayed in the parent


os.register_at_fork(after_in_child=_forget_the_parents_thread)
atexit.register(publisher.flush)
