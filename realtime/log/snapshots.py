"""State and position read at the same instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from realtime.log.reading import heads
from realtime.positions import Position
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
    read-only. In a Django test case the test's own transaction takes its place.
    Raises RuntimeError inside another transaction: what that one has seen is older, or not committed.
    """
    with _reading_transaction():
        yield Snapshot()


@contextmanager
def _reading_transaction() -> Iterator[None]:
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):  # raises, but in a test case
            yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with _sqlite_reader(), transaction.atomic():
            yield


@contextmanager
def _sqlite_reader() -> Iterator[None]:
    """Keeps transactions begun inside from taking the write lock, and from writing."""
    connection.ensure_connection()  # reads transaction_mode from the options
    with connection.cursor() as cursor:  # connects, if need be: only then transaction_mode is there
        wrapper: Any = connection  # the attribute is SQLite's alone
        mode, wrapper.transaction_mode = wrapper.transaction_mode, None
        cursor.execute("PRAGMA query_only = ON")
        try:
            yield
        finally:
            wrapper.transaction_mode = mode
            cursor.execute("PRAGMA query_only = OFF")
