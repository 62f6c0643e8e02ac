"""The door at /hocuspocus, for `@hocuspocus/provider` as it is: any number of documents on one connection.

Every message begins with the document's address: its name, and maybe NUL and a session, for several copies of one
document. Each address has a sign-in and a session of its own. What is acknowledged is committed. The client never gives
up on a close code, so a document is refused with a message, and the connection stays.
"""

import asyncio
from collections.abc import Callable

import msgspec

from realtime.documents import lib0
from realtime.doors.errors import MalformedPacket, close_code
from realtime.doors.yjs.consumer import DocumentsConsumer
from realtime.doors.yjs.copy import ClientCopy
from realtime.doors.yjs.messages import (
    ASK_FOR_TOKEN,
    MAX_MESSAGE_BYTES,
    PING,
    Kind,
    Message,
    Sync,
    allowed,
    closed,
    read_addressed,
    refused,
    stateless,
    status,
    sync,
    too_large,
)
from realtime.errors import ApplicationError, CloseCode, RateLimited, TooLarge, UnknownCommand
from realtime.identity import Identity
from realtime.sessions.authentication import Credentials, authenticate, credentials_of
from realtime.transport.connection import FramedConnection
from realtime.transport.packets import Packet

MAX_DOCUMENTS = 100
"""At once on one connection, as Hocuspocus' own server has it."""
IDLE_SECONDS = 60.0
"""So long a connection may be without a document; as Hocuspocus' own server has it."""
_TICKET = "ticket:"
_OF_ONE = frozenset({CloseCode.TOKEN_EXPIRED, CloseCode.UNAUTHENTICATED, CloseCode.FORBIDDEN, CloseCode.REVOKED})
"""What ends one sign-in or permission, and leaves the connection to the other documents."""


class _Address:
    """One open document of a connection, as its copy sees the door."""

    def __init__(self, consumer: "HocuspocusConsumer", address: str) -> None:
        self.address = address
        self.copy: ClientCopy | None = None
        self._consumer = consumer
        self._head = lib0.text(address)
        self._asked_about = 0

    @property
    def open(self) -> bool:
        return self._consumer.addresses.get(self.address) is self

    def send(self, body: bytes) -> None:
        self._consumer.connection.write(Packet(b"", (self._head + body,)))

    def answered(self, vector: bytes) -> None:
        self.send(sync(Sync.STEP_1, vector))

    def saved(self) -> None:
        if self.open:
            self.send(status(saved=True))

    def not_saved(self) -> None:
        if self.open:
            self.send(status(saved=False))

    read_only = not_saved

    def refused(self, error: ApplicationError) -> None:
        self._shut(str(error))

    def _shut(self, reason: str) -> None:
        """Has the client know that it is out, and why; the others on the connection go on."""
        if self.open:
            self.send(refused(reason))
            self.send(closed(reason))
            self.close()

    def come_back(self, reason: str) -> None:
        self._consumer.end(CloseCode.COME_BACK, reason)

    def expiring(self, expires_at_ms: int) -> None:
        # Who has no other token sends the same one at once, and is not asked again.
        if expires_at_ms != self._asked_about:
            self._asked_about = expires_at_ms
            self.send(ASK_FOR_TOKEN)

    def ended(self, code: CloseCode, reason: str) -> bool:
        if code not in _OF_ONE:
            return False
        self._shut(reason)
        return True

    def close(self) -> None:
        """Ends it without a word."""
        if self.open:
            del self._consumer.addresses[self.address]
        if self.copy is not None:
            self.copy.close()
        self._consumer.await_document()


class _Framed(FramedConnection):
    """`refuse_all` says why before the server closes over a message that it does not take in; whose, nobody knows."""

    __slots__ = ("refuse_all",)

    refuse_all: Callable[[ApplicationError], None]

    def too_large(self) -> int:
        self.refuse_all(too_large())
        return super().too_large()


class HocuspocusConsumer(DocumentsConsumer):
    """One connection of `@hocuspocus/provider`. `addresses`: the documents that are open on it, or being opened."""

    framed = _Framed
    beat = Packet(b"", (PING,))
    # Somewhat more, so that a change that is too large is refused with its address.
    most_bytes = MAX_MESSAGE_BYTES + 64 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, _Address] = {}
        self._identity: Identity | None = None
        self._deadline: asyncio.TimerHandle | None = None

    async def begun(self) -> None:
        if isinstance(self.connection, _Framed):
            self.connection.refuse_all = self._refuse_all
        self.await_document()

    def _refuse_all(self, error: ApplicationError) -> None:
        for place in list(self.addresses.values()):
            place.refused(error)

    async def taken(self, message: bytes) -> None:
        address, said = read_addressed(message)
        if said.kind is Kind.AUTH:
            await self._be_patient()
            await self._sign_in(address, said.data)
            return
        found = self.addresses.get(address)
        if found is None or found.copy is None:
            await self._be_patient()
            if said.sync in (Sync.STEP_2, Sync.UPDATE):
                self.connection.write(Packet(b"", (lib0.text(address) + status(saved=False),)))
            return
        try:
            await self._take(found, found.copy, said)
        except ApplicationError as error:
            if error.retryable:
                raise
            found.refused(error)

    async def _take(self, found: _Address, copy: ClientCopy, said: Message) -> None:
        if said.kind is Kind.CLOSE:
            found.close()
        elif said.kind is Kind.STATELESS:
            await self._be_patient()
            error = UnknownCommand("Stateless messages are not carried here.")
            found.send(stateless(msgspec.json.encode(error.as_dict()).decode()))
        else:
            await copy.receive(said)

    async def _be_patient(self) -> None:
        """Counts what is no command against the connection; who has too much of it waits."""
        limits = self.connection.limits
        while limits is not None and not self._over:
            try:
                limits.attempt()
            except RateLimited as error:
                await asyncio.sleep((error.retry_after_ms or 1000) / 1000)
            else:
                return

    # Signing in

    async def _sign_in(self, address: str, token: bytes) -> None:
        """Opens a document, or goes on with a fresh token. What is temporary ends the connection, which comes back."""
        found = self.addresses.get(address)
        try:
            identity = await self._identify(token)
            if found is not None and found.copy is not None:
                found.copy.session.renew(identity)
                found.send(allowed(writes=found.copy.writes))
            else:
                await self._open(address, identity)
        except ApplicationError as error:
            if error.retryable:
                raise
            if found is not None:
                found.refused(error)
            else:
                self.connection.write(Packet(b"", (lib0.text(address) + refused(str(error)),)))

    async def _identify(self, token: bytes) -> Identity:
        """Returns whose the token is; without one, whom the handshake lets in, which is asked once."""
        if not token:
            if self._identity is None:
                self._identity = await authenticate(self.hub, self.connection, credentials_of(self.scope), self.scope)
            return self._identity
        try:
            given = token.decode()
        except UnicodeDecodeError as error:
            raise MalformedPacket from error
        ticket = given.removeprefix(_TICKET)
        credentials = Credentials(token=given) if ticket == given else Credentials(ticket=ticket)
        return await authenticate(self.hub, self.connection, credentials, self.scope)

    async def _open(self, address: str, identity: Identity) -> None:
        if len(self.addresses) >= MAX_DOCUMENTS:
            raise TooLarge(f"A connection has at most {MAX_DOCUMENTS} documents.")
        place = self.addresses[address] = _Address(self, address)
        name = address.partition("\0")[0]
        try:
            copy, _ = await ClientCopy.open(
                self.hub, self.connection, identity, name, door=place, backlog=self.backlog, address=address
            )
        except BaseException:
            self.addresses.pop(address, None)
            raise
        if not place.open:  # its permission has ended meanwhile
            copy.close()
            return
        self._in_time()
        for other in self.addresses.values():
            if other.copy is not None and other.copy.name.room == copy.name.room:
                other.copy.session.stand_apart()
                copy.session.stand_apart()
        place.copy = copy
        place.send(allowed(writes=copy.writes))
        copy.tell_carets()
        copy.begin()

    # The end

    def await_document(self) -> None:
        """Begins the time within which a connection without a document has to open one."""
        if self._deadline is None and not self.addresses and not self._over:
            reason = "There was no document for too long."
            self._deadline = self.hub.loop.call_later(IDLE_SECONDS, self.end, CloseCode.HEARTBEAT_TIMEOUT, reason)

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def refuse(self, error: ApplicationError) -> None:
        if not self._over:
            self.end(close_code(error) if error.retryable else CloseCode.PROTOCOL_ERROR, str(error))

    def end(self, code: int, reason: str) -> None:
        super().end(code, reason)
        for place in list(self.addresses.values()):
            place.close()

    def gone(self) -> None:
        super().gone()
        self._in_time()
        self.addresses.clear()
