"""Finds clients that are gone without a word: pings, and an end for those that stopped taking or answering."""

import asyncio
from collections import OrderedDict

from realtime.errors import CloseCode
from realtime.hub.core import HubCore
from realtime.transport.connection import Connection, FramedConnection


class Heartbeat:
    """Pings every framed connection, all from one timer; servers without the extension ping by themselves.

    A congested client is not pinged (a ping would wait behind its backlog): it is judged by whether its
    backlog shrinks.
    """

    def __init__(self, hub: HubCore) -> None:
        self._hub = hub
        self._due: OrderedDict[FramedConnection, float] = OrderedDict()
        self._pinged: OrderedDict[FramedConnection, float] = OrderedDict()
        self._stalled: dict[Connection, tuple[int, float]] = {}

    def add(self, connection: Connection) -> None:
        if isinstance(connection, FramedConnection):
            self._due[connection] = self._hub.loop.time() + self._hub.settings.heartbeat_seconds

    def remove(self, connection: Connection) -> None:
        if isinstance(connection, FramedConnection):
            self._due.pop(connection, None)
            self._pinged.pop(connection, None)
        self._stalled.pop(connection, None)

    def congested(self, connection: Connection) -> None:
        """Begins to watch whether the client takes anything."""
        self._stalled[connection] = (connection.buffered(), self._hub.loop.time())

    async def run(self) -> None:
        """Looks after all connections once a second, until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            now = self._hub.loop.time()
            self._ping(now)
            self._end_silent(now)
            self._end_stalled(now)

    def _ping(self, now: float) -> None:
        while self._due:
            connection, due = next(iter(self._due.items()))
            if due > now:
                return
            del self._due[connection]
            idle_since = connection.stream.heard_at
            if connection.congested:
                self._due[connection] = now + self._hub.settings.heartbeat_seconds
            elif idle_since + self._hub.settings.heartbeat_seconds > now + 1.0:
                # It sent something meanwhile: no need to ask. Kept in order of due time by never being due earlier.
                self._due[connection] = now + self._hub.settings.heartbeat_seconds
            else:
                connection.stream.ping()
                self._pinged[connection] = now

    def _end_silent(self, now: float) -> None:
        while self._pinged:
            connection, pinged = next(iter(self._pinged.items()))
            if pinged + self._hub.settings.pong_timeout_seconds > now:
                return
            del self._pinged[connection]
            if connection.stream.heard_at >= pinged or connection.congested:
                self._due[connection] = now + self._hub.settings.heartbeat_seconds
            else:
                connection.close(CloseCode.HEARTBEAT_TIMEOUT, "No answer to a ping.")

    def _end_stalled(self, now: float) -> None:
        for connection, (buffered, since) in list(self._stalled.items()):
            if not connection.congested:
                del self._stalled[connection]
            elif (left := connection.buffered()) != buffered:
                # More: what was on its way when the client was found to be slow.
                self._stalled[connection] = (left, now if left < buffered else since)
            elif since + self._hub.settings.stalled_client_seconds <= now:
                del self._stalled[connection]
                connection.abort()
