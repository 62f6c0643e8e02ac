"""State and position read at the same instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from realtime.positions import Position
from realtime.reading import heads
from realtime.rooms import Room


class Snapshot:
    """One instant of the database; everything read inside its block belongs to it."""

    def position(self, room: Room) -> Position:
        """Returns where the room's log ends at this instant: state as read here + events after it is exact."""
        return heads([room.name])[room.name].position


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Reads in the block see one instant of the database, and may not write.

    PostgreSQL: REPEATABLE READ READ ONLY. SQLite: a plain BEGIN (readers are never in a writer's way), made
    read-only. In a Django test case the test's own transaction stands for it.
    Raises RuntimeError inside another transaction: what that one has seen is older, or not committed.
    """
    with _reading_transaction():
        yield Snapshot()


@contextmanager
def _reading_transaction() -> Iterator[None]:
    with _plain_begin(), transaction.atomic(durable=True), connection.cursor() as cursor:
        in_test_case = len(connection.atomic_blocks) > 1
        if in_test_case:
            yield
        elif connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        else:
            cursor.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA query_only = OFF")


@contextmanager
def _plain_begin() -> Iterator[None]:
    """Keeps SQLite from taking the write lock for a transaction that only reads."""
    if connection.vendor != "sqlite":
        yield
        return
    wrapper: Any = connection  # transaction_mode exists on SQLite only
    mode, wrapper.transaction_mode = wrapper.transaction_mode, None
    try:
        yield
    finally:
        wrapper.transaction_mode = mode
