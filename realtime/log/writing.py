"""The unit of work: domain rows and the events about them are committed together, or not at all."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import msgspec
from channels.db import DatabaseSyncToAsync
from django.core.exceptions import SynchronousOnlyOperation
from django.db import InterfaceError, OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from realtime.contracts import EventContract, Payload, event_contract
from realtime.errors import TooLarge, Unavailable
from realtime.log import after_commit
from realtime.log.events import EphemeralEvent, OutgoingEvent, StoredEvent
from realtime.log.flushing import Blanking, Cause, Emission, Hook, Passing, flush, is_contention, is_outage
from realtime.positions import Position
from realtime.rooms import Room

T = TypeVar("T")

MAX_ROOMS = 8
"""How many rooms one service transaction may emit to; wider fan-out is a job that commits in batches."""
MAX_PAYLOAD_BYTES = 64 * 1024
MAX_BINARY_BYTES = 4 * 1024 * 1024
"""What a shared document has at most: the server may write all of it. Clients are held to less where they come in."""


class HasKey(Protocol):
    """A saved model instance."""

    pk: Any


class ForeignTransaction(RuntimeError):
    """A durable event was emitted, or `realtime.atomic()` entered, inside a plain `transaction.atomic()`."""


class Unit:
    """One outermost `atomic()` block of one thread.

    `whole`: nothing of it can be rolled back by itself. Blocks inside are no savepoints then, and one that fails fails
    all; for whoever can run everything again in another way.

    `events`: what was emitted, with its numbers, once the block has ended; empty before. `flushed` without
    `committed`: the commit itself failed, and nobody can know whether it happened.
    """

    def __init__(self, connection: BaseDatabaseWrapper, max_rooms: int) -> None:
        self._connection = connection
        self._first = len(connection.run_on_commit)  # in a Django test case those of earlier units are still there
        self.max_rooms = max_rooms
        self.events: list[OutgoingEvent] = []
        self.cause: Cause | None = None
        self.whole = False
        self.flushed = False
        self.committed = False

    @property
    def positions(self) -> dict[str, Position]:
        """Per room the place of the last event emitted; empty before the block has ended."""
        return {event.room: Position(event.epoch, event.seq) for event in self.events if isinstance(event, StoredEvent)}

    def register(self, hook: Hook) -> None:
        """Lets `flush` have the hook, unless the savepoint of this moment is rolled back."""
        self._connection.on_commit(hook)

    def hooks(self) -> list[Hook]:
        """Returns what is registered by now, in that order."""
        return [hook for _, hook, *_ in self._connection.run_on_commit[self._first :] if isinstance(hook, Hook)]

    def run_as(self, cause: Cause, run: Callable[[], T]) -> T:
        """Returns what `run` returns; the events that it emits carry the cause."""
        before, self.cause = self.cause, cause
        try:
            return run()
        finally:
            self.cause = before

    def commit(self) -> None:
        """Hands the events on."""
        self.committed = True
        after_commit.deliver(self.events)


class _Current(threading.local):
    unit: Unit | None = None


_current = _Current()


@contextmanager
def atomic(*, max_rooms: int = MAX_ROOMS, savepoint: bool = True) -> Iterator[Unit]:
    """Commits what the block writes together with what it emits; the outermost block of every service.

    Context manager or decorator, sync only. The outermost block flushes all emits as its last statements
    (so a room's head is locked for as short as possible), commits, and then hands the events on. Inside
    another `realtime.atomic()` it is a savepoint: rolled back, it takes its emits with it. With `savepoint=False` it is
    then a part of the block around it, which fails with it.

    Yields the outermost block's `Unit`. `max_rooms`: how many rooms that one may emit to; only jobs that
    work in batches raise it.

    Raises ForeignTransaction inside a plain `transaction.atomic()` (Django's own test cases excepted: there
    events are handed on when the block ends), Unavailable (retryable) when a lock is not granted in time
    or the database went away; then the commit may still have happened, unless it was never reached.
    """
    if _on_event_loop():
        raise SynchronousOnlyOperation("Transactions block the event loop: use `await realtime.aemit(…)` or a thread.")
    connection = transaction.get_connection()
    if _current.unit:
        _current.unit.max_rooms = max(_current.unit.max_rooms, max_rooms)
        with transaction.atomic(savepoint=savepoint and not _current.unit.whole):
            yield _current.unit
        return
    if _foreign(connection):
        raise ForeignTransaction(
            "realtime.atomic() must be the outermost block: put it in place of transaction.atomic()."
        )
    unit = Unit(connection, max_rooms)
    try:
        with transaction.atomic(durable=True):
            connection.on_commit(unit.commit)  # the first of the hooks: none that fails can keep it from running
            _current.unit = unit
            try:
                yield unit
                unit.events = flush(connection, unit.hooks(), max_rooms=unit.max_rooms)
                unit.flushed = True
            finally:
                _current.unit = None
    except (OperationalError, InterfaceError) as error:
        if not connection.in_atomic_block and is_outage(error):
            connection.close()  # so that this thread's next transaction gets a fresh one
        if is_contention(error) or is_outage(error):
            raise Unavailable(retry_after_ms=1000) from error
        raise
    if connection.in_atomic_block:
        unit.commit()  # in a Django test case, which never commits: the end of the block takes its place
    elif not unit.committed:
        raise Unavailable("The transaction was rolled back.")


def emit(
    room: Room,
    payload: Payload,
    *,
    ref: str | None = None,
    actor: HasKey | int | None = None,
    skip: str | None = None,
    to: str | None = None,
    version: int = 0,
) -> None:
    """Publishes an event to `room`; whether durable or ephemeral, the payload's contract says.

    `ref` names the thing that it is about (`comment:123`), see `blank`. `actor` is who caused it. `skip` is a
    connection id that is left out; `to` (ephemeral only) the only one that receives it. `version` (ephemeral
    only) orders snapshots of one key.

    Inside `atomic()` it only registers: nothing leaves before the commit, and nothing after a rollback.
    Outside, a durable event is committed by itself, and an ephemeral one leaves at once (in a plain
    `transaction.atomic()`: on its commit). On an event loop only ephemeral events; `await aemit(…)` takes both.

    Raises TypeError for a room or payload against the contract, TooLarge above 64 KiB (bytes: 4 MiB),
    ForeignTransaction for a durable event in a plain `transaction.atomic()`.
    """
    contract = event_contract(payload)
    if not isinstance(room, contract.rooms):
        raise TypeError(f"The event {contract.name} is not published to rooms like {room}.")
    data = _data(contract, payload)
    encoded = _encode(contract, payload if data is None else _without(contract, payload))
    now_ms = time.time_ns() // 1_000_000
    if not contract.durable:
        _pass_on(
            EphemeralEvent(
                room.name,
                contract.name,
                encoded,
                secrets.token_hex(8),
                now_ms,
                _conflation_key(contract, payload),
                version,
                skip,
                to,
            )
        )
        return
    if to is not None or version:
        raise TypeError(f"The event {contract.name} is durable: it is for the whole room, in the order of the log.")
    actor_id = actor if actor is None or isinstance(actor, int) else actor.pk
    unit = _current.unit
    emission = Emission(
        room.name,
        contract.name,
        encoded,
        now_ms,
        contract.internal,
        ref or "",
        actor_id,
        skip or "",
        unit.cause if unit else None,
        data,
    )
    if unit:
        unit.register(emission)
    else:
        with atomic() as unit:
            unit.register(emission)


async def aemit(
    room: Room,
    payload: Payload,
    *,
    ref: str | None = None,
    actor: HasKey | int | None = None,
    skip: str | None = None,
    to: str | None = None,
    version: int = 0,
) -> None:
    """Does what `emit` does, from an event loop: the write runs in a thread."""
    await DatabaseSyncToAsync(emit, thread_sensitive=False)(
        room, payload, ref=ref, actor=actor, skip=skip, to=to, version=version
    )


def blank(*, ref: str | None = None, actor: HasKey | int | None = None) -> None:
    """Empties everything already committed about `ref`, or caused by `actor`, for ever: events, and kept answers.

    The events keep their seq and become `hidden`; hubs forget what they hold of the rooms concerned. Takes
    effect in the transaction of the deletion, so it must run inside `atomic()`; what that transaction itself
    emits is kept. Holding the thing's row lock, as a service that deletes does, keeps a concurrent edit
    from slipping in after it.
    """
    unit = _current.unit
    if not unit:
        raise ForeignTransaction("blank() belongs to the transaction that deletes: call it inside realtime.atomic().")
    if (ref is None) == (actor is None):
        raise TypeError("Name either a ref or an actor.")
    actor_id = actor if actor is None or isinstance(actor, int) else actor.pk
    unit.register(Blanking(ref, actor_id))


def about(ref: str) -> None:
    """Says what the answer of the running command is about, where no event of its own says so with `ref`.

    `blank` takes a kept answer back with what it is about. Outside a durable command it does nothing.
    """
    if (unit := _current.unit) and unit.cause:
        unit.cause.refs.add(ref)


def _foreign(connection: BaseDatabaseWrapper) -> bool:
    """Tells whether somebody else's transaction is open; a Django test case's own does not count, as for `durable`."""
    blocks: list[Any] = connection.atomic_blocks
    return connection.in_atomic_block and not (blocks and blocks[-1]._from_testcase)


def _pass_on(event: EphemeralEvent) -> None:
    if unit := _current.unit:
        unit.register(Passing(event))
    elif not _on_event_loop() and _foreign(transaction.get_connection()):
        transaction.on_commit(lambda: after_commit.deliver([event]))
    else:
        after_commit.deliver([event])


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _encode(contract: EventContract, payload: Payload) -> bytes:
    encoded = msgspec.json.encode(payload)
    try:
        msgspec.json.decode(encoded, type=contract.payload)  # a Struct takes anything at construction
    except msgspec.ValidationError as error:
        raise TypeError(f"The event {contract.name} does not keep its contract: {error}") from error
    if len(encoded) > MAX_PAYLOAD_BYTES:
        raise TooLarge(
            f"The event {contract.name} is larger than {MAX_PAYLOAD_BYTES} bytes: let clients fetch it by id."
        )
    return encoded


def _data(contract: EventContract, payload: Payload) -> bytes | None:
    if contract.binary is None:
        return None
    data: bytes = getattr(payload, contract.binary)
    if len(data) > MAX_BINARY_BYTES:
        raise TooLarge(f"The event {contract.name} has more than {MAX_BINARY_BYTES} bytes.")
    return data


def _without(contract: EventContract, payload: Payload) -> Payload:
    assert contract.binary is not None
    return msgspec.structs.replace(payload, **{contract.binary: b""})


def _conflation_key(contract: EventContract, payload: Payload) -> str | None:
    if contract.conflate_by is None:
        return None
    values = [getattr(payload, name) for name in contract.conflate_by]
    return msgspec.json.encode([contract.name, *values]).decode()
