"""One client's copy of one document, as both doors keep it: what it lacks, what it brings, and where its caret is."""

import asyncio
import logging
from base64 import b64decode
from bisect import bisect_right
from functools import partial
from typing import Any, Self

from realtime.documents import Role, Shape
from realtime.documents.awareness import read_awareness
from realtime.documents.copies import Copy
from realtime.documents.kinds import Document, document_of
from realtime.documents.part import OpenDocument, documents_here
from realtime.documents.queue import MAX_UPDATE_BYTES, Write
from realtime.documents.updates import read_state_vector, read_update
from realtime.doors.yjs.messages import (
    MAX_VECTOR_BYTES,
    Kind,
    Message,
    Sync,
    awareness,
    sync,
    too_large,
)
from realtime.doors.yjs.names import DocumentName
from realtime.doors.yjs.session import CopyDoor, CopySession
from realtime.doors.yjs.wire import DocumentWire
from realtime.errors import (
    ApplicationError,
    Conflict,
    DocumentChanged,
    Forbidden,
    NotFound,
    OutOfSync,
    RateLimited,
    TooLarge,
    Unauthenticated,
    ValidationFailed,
)
from realtime.hub.hub import Hub
from realtime.identity import Identity
from realtime.transport.connection import Connection

logger = logging.getLogger(__name__)

_EMPTY_VECTOR = b"\0"
_UPDATES_AT_ONCE = 8
"""Of one client, on their way to the database: as many as a fast typist has in a second, in one or two transactions."""
_ASKED_IN_VAIN = 3
"""So many times in a row a client is asked for what is missing; after that it begins anew."""
_BYTES_FOR_A_POINT = 64 * 1024
"""As much as a message of our own doors may have; reading and comparing so much takes 25 ms of a room's lane."""
_STEP_1_POINTS = 5.0
"""The answer may be a whole document, whose encoding takes 20 ms of everybody's time."""
_CARET_POINTS, _ECHO_POINTS = 0.2, 0.02
"""Stock clients send theirs with every letter, and say again each that they hear of the others."""
_PIECES_OF_OURS = 10_000_000


class Backlog:
    """What one client has sent and is not committed yet; who has too much of it is not read for a while."""

    def __init__(self) -> None:
        self._updates = 0
        self._bytes = 0
        self._fewer = asyncio.Event()

    async def begin(self, size: int) -> None:
        """Waits until there is room for one more, and counts it."""
        while self._updates >= _UPDATES_AT_ONCE or self._bytes >= MAX_UPDATE_BYTES:
            self._fewer.clear()
            await self._fewer.wait()
        self._updates += 1
        self._bytes += size

    def end(self, size: int) -> None:
        self._updates -= 1
        self._bytes -= size
        self._fewer.set()


class ClientCopy:
    """Belongs to the loop. Messages are taken one after the other, by whoever reads the connection."""

    def __init__(
        self,
        hub: Hub,
        session: CopySession,
        wire: DocumentWire,
        door: CopyDoor,
        backlog: Backlog,
        opened: OpenDocument,
        name: DocumentName,
    ) -> None:
        self.session = session
        self.name = name
        self.writes = False
        self._hub = hub
        self._wire = wire
        self._door = door
        self._opened = opened
        self._backlog = backlog
        self._client_id: int | None = None
        self._asked = False
        self._in_vain = 0
        self._unsettled = 0

    # Opening and closing

    @classmethod
    async def open(
        cls,
        hub: Hub,
        connection: Connection,
        identity: Identity,
        name: str,
        *,
        door: CopyDoor,
        backlog: Backlog,
        address: str | None = None,
    ) -> tuple[Self, bytes]:
        """Opens the document of that name; returns the copy, and the state vector of what is here.

        The room's stream begins with `begin`. Raises DocumentChanged for another copy than the present one (whose name
        is in the words), NotFound or Unauthenticated for what is not for this person, and what `Session.open` does.
        """
        parsed = DocumentName.parse(name)
        document = document_of(parsed.room)
        if document is None:
            raise NotFound("There is no such document.")
        shared = address is None or (address == name and parsed.schema == document.schema)
        wire = DocumentWire(document, address, shared=shared)
        session = CopySession(hub, connection, wire, identity, parsed.room, door)
        try:
            await session.open()
            try:
                await session.join(parsed.room, present=True)
            except NotFound as error:
                raise _hidden_from(identity) from error
            copy = cls(hub, session, wire, door, backlog, documents_here().open(parsed.room), parsed)
            vector = await copy._look(document)
        except BaseException:
            await session.close(clean=True)
            raise
        return copy, vector

    async def _look(self, document: Document) -> bytes:
        """Finds out what the client may do; returns the state vector."""
        session = self.session

        def look(copy: Copy) -> tuple[str, bytes, Role | None]:
            return copy.epoch, copy.vector, document.roles([session.identity]).get(session.identity)

        epoch, vector, role = await self._opened.queue.read(look)
        if role is None:
            raise _hidden_from(session.identity)
        if self.name.epoch != epoch:
            raise self._changed(epoch)
        self.writes = role is Role.WRITE and self.name.schema == document.schema
        return vector

    def begin(self) -> None:
        """Lets everything come that happens from now on."""
        self._wire.missed = partial(self._door.come_back, "Something was missed.")
        self.session.begin()

    def close(self) -> None:
        """Ends it at once; harmless when it has ended."""
        self._wire.missed = None
        self.session.depart()
        self._hub.spawn(self.session.close(clean=True))

    # Messages

    async def receive(self, message: Message) -> None:
        """Takes one message. Raises what refuses it for good, and with it the copy."""
        match message.kind, message.sync:
            case Kind.SYNC, Sync.STEP_1:
                await self._tell_what_lacks(message.data)
            case Kind.SYNC, step:
                await self._take(message.data, whole=step is Sync.STEP_2)
            case Kind.AWARENESS, _:
                await self._look_at_carets(message.data)
            case Kind.QUERY_AWARENESS, _:
                await self._pay(1.0)
                await self.session.connection.drained()
                if self.session.is_present(self.name.room):
                    self.tell_carets()

    async def _pay(self, points: float) -> None:
        """Takes points, and lets somebody without any wait: a change that is refused would be a hole."""
        while not self.session.over:
            try:
                await self.session.charge(points)
            except RateLimited as error:
                await asyncio.sleep((error.retry_after_ms or 1000) / 1000)
            else:
                return

    async def _tell_what_lacks(self, vector: bytes) -> None:
        if len(vector) > MAX_VECTOR_BYTES:
            raise TooLarge(f"A state vector has at most {MAX_VECTOR_BYTES} bytes.")
        read_state_vector(vector)
        await self._pay(_STEP_1_POINTS)
        await self.session.connection.drained()  # one document at most waits for a client that does not take it

        def look(copy: Copy) -> tuple[bytes, bytes]:
            self._check(copy)  # now, and not as it was when the copy was opened
            return copy.missing(None if vector == _EMPTY_VECTOR else vector), copy.vector

        update, here = await self._opened.queue.read(look)
        if self.session.over:
            return
        self._unsettled = 1
        self._door.answered(here)
        self._door.send(sync(Sync.STEP_2, update))
        self.session.connection.flush()

    async def _take(self, update: bytes, *, whole: bool) -> None:
        if len(update) > MAX_UPDATE_BYTES:
            raise too_large()
        await self._pay(1.0 + len(update) / _BYTES_FOR_A_POINT)
        if whole:
            self._asked = False
        await self._backlog.begin(len(update))
        # In the order in which they came: a task's first step goes as far as the document's queue.
        self._hub.spawn(self._write(update, whole=whole))

    async def _write(self, update: bytes, *, whole: bool) -> None:
        try:
            known = await self._commit(update)
        except OutOfSync as error:
            self._ask(error, whole=whole)
        except ApplicationError as error:
            if error.retryable:
                self._door.come_back(str(error))
            else:
                self._door.refused(error)
        except Exception:
            logger.exception("A change of %s could not be taken; its client comes back with it.", self.name.room)
            self._door.come_back("Something went wrong on our side.")
        else:
            self._in_vain = 0
            if known:
                self._settle(whole=whole)
            else:
                self._door.read_only()
        finally:
            self._backlog.end(len(update))

    async def _commit(self, update: bytes) -> bool:
        """Returns whether the update is in the document now; False for one that may not be."""
        assert self.name.epoch is not None
        session = self.session
        if self.writes:
            try:
                await self._opened.write(Write(session.identity, session.connection_id, self.name.epoch, update))
            except Forbidden:
                pass
            else:
                return True
        return await self._opened.queue.read(partial(_holds, update, self._opened.document.shape))

    def _settle(self, *, whole: bool) -> None:
        """Says that it is saved: of what a client sends as a whole, once for each change that it counts with it."""
        settled = 1
        if whole:
            settled, self._unsettled = max(1, self._unsettled), 0
        for _ in range(settled):
            self._door.saved()

    def _ask(self, error: OutOfSync, *, whole: bool) -> None:
        """Has the client send everything beyond what is here."""
        self._door.not_saved()
        if not whole:
            self._unsettled += 1
            if self._asked:
                return
        self._in_vain += 1
        if self._in_vain > _ASKED_IN_VAIN:
            self._door.come_back(str(error))
            return
        self._asked = True
        self._door.send(sync(Sync.STEP_1, b64decode((error.details or {})["vector"])))

    def _check(self, copy: Copy) -> None:
        identity = self.session.identity
        if identity not in self._opened.document.roles([identity]):
            raise NotFound
        if copy.epoch != self.name.epoch:
            raise self._changed(copy.epoch)

    def _changed(self, epoch: str) -> DocumentChanged:
        current = DocumentName(self.name.room, epoch, self._opened.document.schema)
        return DocumentChanged(f"This document is {current} now.")

    # Carets

    def tell_carets(self) -> None:
        """Sends who points where."""
        self._door.send(awareness(self._opened.carets.now()))

    async def _look_at_carets(self, data: bytes) -> None:
        """Takes the copy's own caret; what its client says again of others is passed over."""
        try:
            said = read_awareness(data)
        except TooLarge:
            return  # it is not shown
        own = [one for one in said if self._client_id in (None, one.client)]
        await self._pay(_CARET_POINTS if own else _ECHO_POINTS * len(said))
        for client_id, clock, state in own:
            if self._client_id is None and state is None:
                continue
            if self._point(client_id, clock, state):
                self._client_id = client_id
                return

    def _point(self, client_id: int, clock: int, state: dict[str, Any] | None) -> bool:
        if not self.session.is_present(self.name.room):
            return False
        try:
            self._opened.carets.point(self.session, client_id, clock, state)
        except (Conflict, ValidationFailed):
            return False  # somebody else's, or none: nobody sees it
        return True


def _hidden_from(identity: Identity) -> ApplicationError:
    """Returns the refusal of what is not for this person, whether it exists or not."""
    return Unauthenticated() if identity.is_anonymous else NotFound()


def _holds(update: bytes, shape: Shape, copy: Copy) -> bool:
    """Tells whether all of an update is in the document. Raises MalformedUpdate for what is none."""
    read = read_update(update, shape)
    if copy.outline.fresh(read):
        return False
    if not read.deletions:
        return True
    # To whom nothing lacks, the library sends what is deleted.
    gone: dict[int, list[tuple[int, int]]] = {}
    for client, clock, length in read_update(copy.missing(copy.vector), shape, max_pieces=_PIECES_OF_OURS).deletions:
        ranges = gone.setdefault(client, [])
        begin = ranges.pop()[0] if ranges and ranges[-1][1] == clock else clock
        ranges.append((begin, clock + length))
    for client, clock, length in read.deletions:
        ranges = gone.get(client, [])
        at = bisect_right(ranges, (clock, 2**63)) - 1
        if at < 0 or ranges[at][1] < clock + length:
            return False
    return True
