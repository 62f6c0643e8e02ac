"""The seats of this process's connections: taken when one begins, given back once, however it ends."""

import asyncio
import weakref
from collections.abc import Mapping

from realtime.errors import RateLimited
from realtime.hub.core import HubCore
from realtime.identity import Identity
from realtime.transport.connection import Connection


class Seats:
    """Belongs to the hub's loop. A connection holds its address's seat from its beginning on, and the seat of each
    person who signs in on it.

    Taking is a task of the hub: whoever asked for it may be cancelled half way, by a client that leaves, and the
    store would count on. Of one connection one is taken at a time, so that two namespaces do not take the same twice.
    """

    def __init__(self, hub: HubCore, connections: Mapping[str, Connection]) -> None:
        self._hub = hub
        self._connections = connections
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def take(self, connection: Connection, identity: Identity) -> None:
        """Takes what the connection lacks. Raises RateLimited, and then it has what it had before."""
        limiter = self._hub.limiter
        if limiter is None or not limiter.lacking(identity, connection.address, connection.seats or ()):
            return
        refused = await asyncio.shield(self._hub.spawn(self._take(connection, identity)))
        if refused is not None:
            raise refused

    async def _take(self, connection: Connection, identity: Identity) -> RateLimited | None:
        limiter = self._hub.limiter
        assert limiter is not None
        lock = self._locks.get(connection.id)
        if lock is None:
            lock = self._locks[connection.id] = asyncio.Lock()
        async with lock:
            held = connection.seats or []
            try:
                taken = await limiter.seat(identity, connection.address, held)
            except RateLimited as error:
                return error
            if self._connections.get(connection.id) is connection:
                connection.seats = [*held, *taken]
            else:
                await limiter.release(taken)
            return None

    def release(self, connection: Connection) -> None:
        """Gives back what a connection holds that is over."""
        seats, connection.seats = connection.seats, None
        if self._hub.limiter is not None and seats:
            self._hub.spawn(self._hub.limiter.release(seats))
