"""The door at /yjs/<document>, for `y-websocket` as it is: one document for each connection.

Nothing is acknowledged on this wire. Whoever comes back is asked for all that is missing here, so what a connection
took with it comes with the next one.
"""

from realtime.doors.yjs.consumer import DocumentsConsumer
from realtime.doors.yjs.copy import ClientCopy
from realtime.doors.yjs.messages import NOBODY, Sync, denied, read_message, sync, too_large
from realtime.errors import ApplicationError, CloseCode, Forbidden, RateLimited, TokenExpired, Unauthenticated
from realtime.sessions.authentication import authenticate, credentials_of
from realtime.transport.connection import FramedConnection, SendingConnection
from realtime.transport.packets import Packet

# The client stops for good at 4400 to 4499 and comes back from everything else: the reverse of the catalogue.
_CODES: dict[int, int] = {
    CloseCode.TOKEN_EXPIRED: 4500,
    CloseCode.TOO_MANY_CONNECTIONS: 4529,
    CloseCode.UNAUTHENTICATED: 4401,
    CloseCode.FORBIDDEN: 4403,
    CloseCode.REVOKED: 4403,
    CloseCode.ABUSE: 4408,
    CloseCode.PROTOCOL_ERROR: 4400,
}
_REASON_BYTES = 120
"""Of 123 that a close frame has; some servers raise at more."""


def code_of(error: ApplicationError) -> int:
    """Returns the code of the catalogue for an error, 4000 and its HTTP status where the catalogue has none."""
    if isinstance(error, Unauthenticated):
        return CloseCode.UNAUTHENTICATED
    if isinstance(error, TokenExpired):
        return CloseCode.TOKEN_EXPIRED
    if isinstance(error, RateLimited):
        return CloseCode.TOO_MANY_CONNECTIONS
    return CloseCode.COME_BACK if error.retryable else 4000 + error.http_status


def _shortened(reason: str) -> str:
    return reason.encode()[:_REASON_BYTES].decode(errors="ignore")


class _Framed(FramedConnection):
    __slots__ = ()

    def close(self, code: int, reason: str = "") -> None:
        super().close(_CODES.get(code, code), _shortened(reason))

    def too_large(self) -> int:
        self.write(Packet(b"", (denied(str(too_large())),)))
        return code_of(too_large())


class _Sending(SendingConnection):
    __slots__ = ()

    def close(self, code: int, reason: str = "") -> None:
        super().close(_CODES.get(code, code), _shortened(reason))


class YWebSocketConsumer(DocumentsConsumer):
    """One connection of `y-websocket`, and the copy that it is for."""

    framed = _Framed
    sending = _Sending
    beat = Packet(b"", (NOBODY,))

    _copy: ClientCopy | None = None

    async def begun(self) -> None:
        identity = await authenticate(self.hub, self.connection, credentials_of(self.scope), self.scope)
        name = self.scope["url_route"]["kwargs"]["document"]
        copy, vector = await ClientCopy.open(self.hub, self.connection, identity, name, door=self, backlog=self.backlog)
        self._copy = copy
        if self._over:  # its permission has ended meanwhile
            copy.close()
            return
        self.send(sync(Sync.STEP_1, vector))
        copy.tell_carets()
        copy.begin()

    async def taken(self, message: bytes) -> None:
        if self._copy is not None:
            await self._copy.receive(read_message(message))

    def refuse(self, error: ApplicationError) -> None:
        if self._over:
            return
        if not error.retryable:
            self.send(denied(str(error)))
        self.end(code_of(error), str(error))

    def end(self, code: int, reason: str) -> None:
        if self._copy is not None:
            self._copy.close()
        super().end(code, reason)

    # What the copy says

    def send(self, body: bytes) -> None:
        self.connection.write(Packet(b"", (body,)))

    def answered(self, vector: bytes) -> None:
        """What is missing here was asked for when the copy was opened."""

    def saved(self) -> None:
        """The wire has no word for it."""

    def not_saved(self) -> None:
        """Nor for this."""

    def read_only(self) -> None:
        self.refuse(Forbidden("You may read this document, not change it."))

    def refused(self, error: ApplicationError) -> None:
        self.refuse(error)

    def come_back(self, reason: str) -> None:
        if not self._over:
            self.end(CloseCode.COME_BACK, reason)

    def expiring(self, expires_at_ms: int) -> None:
        """The client comes back with fresh `params` when it has expired."""

    def ended(self, code: CloseCode, reason: str) -> bool:
        return False
