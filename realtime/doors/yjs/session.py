"""The session of one client's copy: what the engine says in words at other doors, it tells the door."""

from typing import Any, Protocol

from realtime.doors.yjs.wire import DocumentWire
from realtime.errors import ApplicationError, CloseCode, Forbidden
from realtime.hub.hub import Hub
from realtime.identity import Identity
from realtime.namespaces import Namespace
from realtime.rooms import Room
from realtime.sessions.session import Session
from realtime.transport.connection import Connection


class CopyDoor(Protocol):
    """The door at which a copy is open. Called on the loop; nothing of it awaits the client."""

    def send(self, body: bytes) -> None:
        """Sends one message about the document."""

    def answered(self, vector: bytes) -> None:
        """The client is sent what it lacks next; `vector` is that of what is here.

        What it has more is to be asked for before: a client that merges first names what others typed meanwhile as
        taken out by it, and it could not be told that it never saw that.
        """

    def saved(self) -> None:
        """A change of the client's is committed, or was known."""

    def not_saved(self) -> None:
        """A change of the client's is not taken for now; all that is missing is asked for."""

    def read_only(self) -> None:
        """The client has changed what it may only read: its copy is not what the document is."""

    def refused(self, error: ApplicationError) -> None:
        """The copy cannot stay open, and coming back does not help."""

    def come_back(self, reason: str) -> None:
        """Nothing can be taken now: the client is to come back, and brings everything then."""

    def expiring(self, expires_at_ms: int) -> None:
        """The sign-in ends soon, at that time (Unix milliseconds)."""

    def ended(self, code: CloseCode, reason: str) -> bool:
        """The session is to end; False where its whole connection ends with it."""


class CopySession(Session):
    """The session of one copy at one of these doors, in a namespace of its own that nobody can name."""

    __slots__ = ("_door", "_skipped")

    def __init__(
        self, hub: Hub, connection: Connection, wire: DocumentWire, identity: Identity, room: Room, door: CopyDoor
    ) -> None:
        # An address is the client's choice, and the name is shown to operators.
        namespace = Namespace(f"/{ascii(wire.key(''))[1:-1]}", rooms=[type(room)], listed=False)
        super().__init__(hub, connection, wire, namespace, identity)
        self._door = door
        self._skipped = connection.id

    @property
    def connection_id(self) -> str:
        return self._skipped

    def stand_apart(self) -> None:
        """Has another copy of the same document on this connection receive what this one sends, and itself too."""
        self._skipped = f"{self.connection.id} {self.namespace.name}"

    def begin(self) -> None:
        """Lets the room's stream begin, behind what was said of the document."""
        self._rooms.release()

    def depart(self) -> None:
        """Has nothing of the room sent any more; for who ends it in other words."""
        if not self.over:
            self._departed = (self._rooms.end_all(), True)

    def notify(self, name: str, payload: Any, room: str | None = None) -> None:
        if name == "room:left":
            self._door.refused(Forbidden(payload["reason"]))
        elif name == "auth:expiring":
            self._door.expiring(payload["expiresAt"])

    def end(self, code: CloseCode, reason: str, retry_after_ms: int | None = None) -> None:
        if not self.over and not self._door.ended(code, reason):
            super().end(code, reason, retry_after_ms)
