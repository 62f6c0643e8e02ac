"""Sessions of the hub at the Socket.IO door, and the offsets that stock clients are sent."""

from collections.abc import Callable, Sequence
from typing import Any

from realtime.doors.engineio.session import EngineSession
from realtime.doors.socketio.journal import Journal
from realtime.doors.socketio.recovery import vector_of
from realtime.doors.socketio.wire import SOCKET_IO, RecoveringWire, SocketIOWire
from realtime.errors import CloseCode
from realtime.hub.hub import Hub
from realtime.hub.room import Membership
from realtime.identity import Identity
from realtime.namespaces import Namespace
from realtime.sessions.session import Session


class SocketSession(Session):
    """A session whose first word is preceded by the namespace's own acceptance; without one it goes on silently."""

    __slots__ = ("_accept", "_silent")

    recovers = False
    """Whether its client keeps offsets."""

    def __init__(
        self,
        hub: Hub,
        connection: EngineSession,
        namespace: Namespace,
        identity: Identity,
        *,
        accept: Callable[[], None] | None,
        wire: SocketIOWire = SOCKET_IO,
    ) -> None:
        super().__init__(hub, connection, wire, namespace, identity)
        self._accept = accept
        self._silent = accept is None

    async def _pay_for_opening(self, rooms: int) -> None:
        if self._accept is not None:  # else it was paid for at the process where it began
            await super()._pay_for_opening(rooms)

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        if self._accept is not None:
            accept, self._accept = self._accept, None
            accept()
        if self._silent and name == "session:ready":
            return
        super().notify(name, payload, room)

    def beating(self) -> None:
        """The client is asked whether it is still there."""


class RecoveringSession(SocketSession):
    """A session of a stock client.

    What it gets live carries numbers, see `Journal`. Whenever it gets anything else, numbers say nothing of it until
    its place is noted; then, and wherever a number is not to be the last word for long, it is sent a vector.
    """

    __slots__ = ("_journal", "_numbered", "_sending", "_sent", "_trail", "_vector_wire")

    recovers = True

    def __init__(
        self,
        hub: Hub,
        connection: EngineSession,
        namespace: Namespace,
        identity: Identity,
        *,
        accept: Callable[[], None] | None,
        wire: RecoveringWire,
        journal: Journal,
        socket_id: str,
    ) -> None:
        super().__init__(hub, connection, namespace, identity, accept=accept, wire=wire)
        self._vector_wire = wire
        self._journal = journal
        self._trail = journal.trail(socket_id)
        self._trail.lost()
        self._sent = ""
        self._numbered = 0
        """The journal's number when the client was sent its place."""
        self._sending = False

    def rooms_changed(self) -> None:
        if self.over:
            return
        self._trail.lost()
        self._send_behind()

    def replayed(self) -> None:
        self._trail.lost()
        self._sent = ""
        self._send()

    def send_places(self) -> None:
        held = self.held
        if held or self._sending:
            self._trail.lost()
            self._send(held)

    def beating(self) -> None:
        if self._journal.number != self._numbered or self._trail.stale:
            self._send()

    def end(self, code: CloseCode, reason: str, retry_after_ms: int | None = None) -> None:
        self._send()  # the journal may end with the process
        super().end(code, reason, retry_after_ms)

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        super().notify(name, payload, room)
        if name == "session:ready":  # also of no rooms: the place of a session that has none is known, too
            self._send_behind()

    def _send_behind(self) -> None:
        if not self._sending:
            self._sending = True
            self.hub.write_batch.behind(self._send)

    def _send(self, answered: Sequence[Membership] = ()) -> None:
        """Sends the client its place, unless that was its last word, and notes it.

        `answered`: members whose answer comes right behind.
        """
        self._sending = False
        if not self.opened or self.over:
            return
        vector = vector_of(self, answered=answered)
        if vector is None:
            return
        if vector == self._sent:
            vector = self._sent  # one copy of it: it is the largest thing that a session keeps
        if not self._trail.known or self._trail.stale:
            apart = any(not (member.is_live or member.watching) for member in self.memberships.values())
            anchor = vector_of(self, anchor=True, answered=answered) if apart else vector
            self._trail.note(anchor or "")
        self._numbered = self._journal.number
        if vector != self._sent:
            self._sent = vector
            self.connection.write(self._vector_wire.offset(self.namespace.name, vector))
