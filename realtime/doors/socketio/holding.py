"""What a temporary refusal looks like to a Socket.IO client: like nothing at all.

A stock client takes every CONNECT_ERROR and DISCONNECT for final, whatever they say. A CONNECT that is left
unanswered waits, and a transport that ends without a word brings back every namespace of it. So a CONNECT that cannot
be answered now is held and tried again here; a transport is only closed while nothing lives on it, or what does live
would come and go with every try.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from realtime.doors.socketio.connection import ComeBack, SocketConnection
from realtime.errors import ApplicationError, CloseCode, Internal

T = TypeVar("T")

logger = logging.getLogger(__name__)

HOLD_SECONDS = 20.0
"""So long one process tries: then another one, behind the balancer, may do better."""
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 5.0
# Half of the handlers' threads: who waits for an outage to end shall not keep them all from those who are in.
TRIES_AT_ONCE = 4
# Some 4 KB each, the connection apart. Beyond it clients come back by themselves, which costs more and holds nothing.
MOST_HELD = 10_000


class Patience:
    """Holds the CONNECTs of one process. Belongs to the loop."""

    def __init__(self) -> None:
        self._held: set[tuple[SocketConnection, str]] = set()
        self._tries = asyncio.Semaphore(TRIES_AT_ONCE)

    def hold(self, connection: SocketConnection, namespace: str) -> "Hold":
        """Returns what holds one CONNECT, from now on."""
        return Hold(self, connection, namespace)

    @property
    def held(self) -> int:
        """How many CONNECTs wait at this moment."""
        return len(self._held)

    async def wait(self, connection: SocketConnection, namespace: str, seconds: float) -> None:
        """Waits as one of those who are held; cancelled when the client leaves."""
        key = (connection, namespace)
        self._held.add(key)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._held.discard(key)

    async def turn(self, seconds: float) -> bool:
        """Waits for the turn to try once more; False when others have been trying for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._tries.acquire()
        return False

    def tried(self) -> None:
        """Gives the turn to the next one."""
        self._tries.release()

    def full(self) -> bool:
        return len(self._held) >= MOST_HELD

    def alone(self, connection: SocketConnection, namespace: str) -> bool:
        """Tells whether nothing lives on the connection, nor is about to: others may be held as well."""
        return not connection.live and all(
            (connection, other) in self._held for other in connection.entering if other != namespace
        )


class Hold:
    """One CONNECT, from its coming to its answer."""

    def __init__(self, patience: Patience, connection: SocketConnection, namespace: str) -> None:
        self._patience = patience
        self._connection = connection
        self._namespace = namespace
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + HOLD_SECONDS
        self._wait = FIRST_WAIT_SECONDS

    async def through(self, work: Callable[[], Awaitable[T]], *, code: CloseCode | None = None) -> T:
        """Returns what `work` returns, tried again for as long as what it meets is temporary.

        `code`: that more patience would not help, so the client had better come back at once (with that close code).

        Raises ComeBack when the connection is to be closed without a word, and what `work` is refused for good with.
        """
        try:
            return await work()
        except Exception as error:
            refused = self._temporary(error)
        while True:
            await self._wait_for(refused, code)
            if not await self._patience.turn(max(self._until - self._loop.time(), LONGEST_WAIT_SECONDS)):
                continue
            try:
                return await work()
            except Exception as error:
                refused = self._temporary(error)
            finally:
                self._patience.tried()

    def _temporary(self, error: Exception) -> ApplicationError:
        """Returns what was met, as a refusal; raises it if it is for good."""
        if not isinstance(error, ApplicationError):
            logger.error("Connecting to %s failed; it is tried again.", self._namespace, exc_info=error)
            return Internal()
        if not error.retryable:
            raise error
        return error

    async def _wait_for(self, refused: ApplicationError, code: CloseCode | None) -> None:
        left = self._until - self._loop.time()
        wait = self._wait * (0.75 + random.random() / 2)  # noqa: S311  # spreads load, guards nothing
        self._wait = min(2 * self._wait, LONGEST_WAIT_SECONDS)
        wait = max(wait, (refused.retry_after_ms or 0) / 1000)
        alone = self._patience.alone(self._connection, self._namespace)
        name = self._connection.engine.id
        if alone and (code is not None or left <= 0 or self._patience.full()):
            logger.debug("%s is sent back from %s: %s", name, self._namespace, refused.code)
            raise ComeBack(code or CloseCode.SERVICE_RESTART)
        logger.debug("%s waits to enter %s: %s", name, self._namespace, refused.code)
        await self._patience.wait(self._connection, self._namespace, min(wait, left) if left > 0 else wait)
        if self._loop.time() >= self._until and self._patience.alone(self._connection, self._namespace):
            logger.debug("%s has waited long enough for %s: %s", name, self._namespace, refused.code)
            raise ComeBack(code or CloseCode.SERVICE_RESTART)
