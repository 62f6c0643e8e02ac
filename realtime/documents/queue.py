"""One open document of a hub: changes wait in line, and each group of them is one transaction.

While a transaction is under way nothing is answered from the copy: what it holds then may be rolled back.
"""

import asyncio
import logging
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import realtime
from realtime.documents import storing
from realtime.documents.copies import MAX_STATE_BYTES, Copy
from realtime.documents.kinds import Document, Role
from realtime.documents.updates import Update, read_update
from realtime.errors import (
    ApplicationError,
    Forbidden,
    ForeignClient,
    Internal,
    MalformedUpdate,
    OutOfSync,
    TooLarge,
)
from realtime.hub.core import HubCore
from realtime.hub.lanes import Lanes
from realtime.hub.threads import settle
from realtime.identity import Identity
from realtime.log.events import StoredEvent
from realtime.positions import Position

T = TypeVar("T")

logger = logging.getLogger(__name__)

WRITES_AT_ONCE = 32
BYTES_AT_ONCE = 1024 * 1024
MAX_UPDATE_BYTES = 1024 * 1024
"""A paste of 500 KB is one update of 600 to 730 KB for stock clients, which cannot split it."""
NEW_CLIENTS_AT_ONCE = 64
"""Somebody's tabs of a week without a network are that many at most."""
SQUASHED_AFTER = 500
"""So many changes are merged into a full state: loading one by one takes 10 µs each."""


class Write(NamedTuple):
    """One update as a client sent it. `epoch` names the document that it is of."""

    identity: Identity
    connection_id: str
    epoch: str
    data: bytes


class Written(NamedTuple):
    """What became of a write: whether it changed anything, and the document's place in the log then."""

    changed: bool
    position: Position


Outcome: TypeAlias = Written | ApplicationError
Read: TypeAlias = Callable[[Copy], Any]


class DocumentQueue:
    """Belongs to the hub's loop; the copy belongs to the lane of the room, one call at a time."""

    def __init__(self, hub: HubCore, lanes: Lanes, document: Document) -> None:
        self.document = document
        self.used_at = hub.loop.time()
        self._hub = hub
        self._lanes = lanes
        self._waiting: deque[tuple[Write | Read, asyncio.Future[Any]]] = deque()
        self._runs = False
        self._copy: Copy | None = None

    @property
    def idle(self) -> bool:
        return not self._runs

    @property
    def size(self) -> int:
        """About how many bytes the copy takes."""
        copy = self._copy
        return copy.size if copy else 0

    async def write(self, write: Write) -> Written:
        """Returns when the update is committed, or known already. Raises what refuses it; nothing is stored then."""
        outcome: Outcome = await self._queue(write)
        if isinstance(outcome, ApplicationError):
            raise outcome
        return outcome

    async def read(self, read: Callable[[Copy], T]) -> T:
        """Returns what `read` returns for the copy as it is committed; called in a thread."""
        result, error = await self._queue(read)
        if error is not None:
            raise error
        found: T = result
        return found

    def _queue(self, job: Write | Read) -> asyncio.Future[Any]:
        self.used_at = self._hub.loop.time()
        future: asyncio.Future[Any] = self._hub.loop.create_future()
        self._waiting.append((job, future))
        if not self._runs:
            self._runs = True
            self._hub.loop.call_soon(self._go_on)  # what comes in the same turn shares the transaction
        return future

    def _go_on(self) -> None:
        if not self._waiting:
            self._runs = False
            return
        batch = self._next()
        writes = [job for job, _ in batch if isinstance(job, Write)]
        reads = [job for job, _ in batch if not isinstance(job, Write)]
        work = partial(self._write, writes) if writes else partial(self._read, reads)
        running = self._hub.spawn(self._lanes.run(self.document.room.name, work))
        running.add_done_callback(partial(self._settle, [future for _, future in batch]))

    def _next(self) -> list[tuple[Write | Read, asyncio.Future[Any]]]:
        batch = [self._waiting.popleft()]
        writes = isinstance(batch[0][0], Write)
        size = 0
        while self._waiting and len(batch) < WRITES_AT_ONCE and isinstance(self._waiting[0][0], Write) == writes:
            job = self._waiting[0][0]
            if isinstance(job, Write):
                size += len(job.data)
                if size > BYTES_AT_ONCE:
                    break
            batch.append(self._waiting.popleft())
        return batch

    def _settle(self, futures: Sequence[asyncio.Future[Any]], running: "asyncio.Task[list[Any]]") -> None:
        if running.cancelled():
            for future in futures:
                future.cancel()
            return
        failure = running.exception()
        results = [None] * len(futures) if failure is not None else running.result()
        for future, result in zip(futures, results, strict=True):
            settle(future, result, failure)
        self._go_on()

    # In the thread of the room's lane

    def _read(self, reads: Sequence[Read]) -> list[tuple[Any, Exception | None]]:
        self._current()
        return [self._answer(read, self._copy or self._current()) for read in reads]

    def _answer(self, read: Read, copy: Copy) -> tuple[Any, Exception | None]:
        try:
            return read(copy), None
        except Exception as error:
            return None, error
        except BaseException as error:
            return None, self._failed(error)

    def _current(self, *, locked: bool = False) -> Copy:
        """Returns the copy as it is committed. The library failing over that is nobody's fault who asks."""
        try:
            copy = self._copy
            if copy is None or not copy.catch_up(locked=locked):
                copy = self._copy = Copy(self.document)
                copy.catch_up(locked=locked)
            return copy
        except Exception:
            self._copy = None
            raise
        except BaseException as error:
            raise self._failed(error) from error

    def _failed(self, error: BaseException) -> Internal:
        """Gives the copy up, for the library may have left it half changed."""
        self._copy = None
        logger.error("The library failed over %s.", self.document.room, exc_info=error)
        return Internal()

    def _write(self, writes: Sequence[Write]) -> list[Outcome]:
        try:
            return self._commit(writes)
        except BaseException as error:
            self._copy = None
            if isinstance(error, ApplicationError):  # the database, which refuses all of them alike
                raise
            if len(writes) > 1:  # one of them brings the library down: the others shall not suffer for it
                return [outcome for write in writes for outcome in self._write([write])]
            if isinstance(error, Exception):
                raise
            logger.warning("The library failed over an update of %s: %s", self.document.room, error)
            return [MalformedUpdate("This update cannot be applied.")]

    def _commit(self, writes: Sequence[Write]) -> list[Outcome]:
        """Applies and stores what can be, in one transaction: for as long the copy is ahead of the log."""
        room = self.document.room
        if self._copy is None:
            self._current()  # takes long where much is stored, and nobody waits for it here
        with realtime.atomic() as unit:
            copy = self._current(locked=True)
            roles = self.document.roles(list({write.identity for write in writes}))
            outcomes = [self._take(copy, roles.get(write.identity), write) for write in writes]
        own = [event.seq for event in unit.events if isinstance(event, StoredEvent) and event.room == room.name]
        if own == list(range(copy.seq + 1, copy.seq + len(own) + 1)):
            copy.seq += len(own)  # else somebody wrote meanwhile, and these are read with the others
            copy.changed_at = own[-1] if own else copy.changed_at
        position = Position(copy.log_epoch, copy.seq)
        if own:
            position = unit.positions[room.name]
            copy.log_epoch = position.epoch
        if copy.seq - copy.saved_seq >= SQUASHED_AFTER:
            self._squash(copy)
        return [Written(outcome, position) if isinstance(outcome, bool) else outcome for outcome in outcomes]

    def _take(self, copy: Copy, role: Role | None, write: Write) -> bool | ApplicationError:
        """Returns whether the update changed anything; or why it is refused, and then it has not."""
        try:
            copy.check_epoch(write.epoch)
            if role is not Role.WRITE:
                raise Forbidden
            if len(write.data) > MAX_UPDATE_BYTES:
                raise TooLarge(f"A change has at most {MAX_UPDATE_BYTES} bytes.")
            update = read_update(write.data, self.document.shape)
            try:
                copy.outline.check(update)
            except OutOfSync as error:
                raise OutOfSync(details={"vector": b64encode(copy.vector).decode()}) from error
            if copy.size + len(write.data) > MAX_STATE_BYTES:
                raise TooLarge(f"A document has at most {MAX_STATE_BYTES} bytes.")
            self._claim(copy, update, write.identity.user_id)
        except ApplicationError as error:
            return error
        changed = copy.apply(write.data, update)
        if copy.clashes:
            self.document.clashed(copy.told())
        if changed:
            realtime.emit(
                self.document.room,
                self.document.updated(update=write.data),
                actor=write.identity.user_id,
                skip=write.connection_id,
            )
        return changed

    def _claim(self, copy: Copy, update: Update, user_id: int | None) -> None:
        fresh = copy.outline.fresh(update)
        unknown = fresh - copy.writers.keys()
        if len(unknown) > NEW_CLIENTS_AT_ONCE:
            raise MalformedUpdate("The update is of too many clients.")
        if any(copy.writers[client_id] != user_id for client_id in fresh - unknown):
            raise ForeignClient
        for client_id in unknown:
            copy.writers[client_id] = owner = storing.claim(self.document.room.name, client_id, user_id)
            if owner != user_id:
                raise ForeignClient

    def _squash(self, copy: Copy) -> None:
        """Keeps a full state. Whoever does it at the same time keeps one that is as good: the later one stays."""
        storing.keep_state(self.document.room.name, copy.epoch, copy.seq, copy.missing(None))
        copy.saved_seq = copy.seq

    def drop(self) -> None:
        """Lets go of the copy; only while `idle`."""
        self._copy = None
