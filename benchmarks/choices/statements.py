"""Statements that a piece of work sends to the database, counted on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created


class Counted:
    """How many statements went; BEGIN and COMMIT, which the driver sends itself, are not among them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def statements(act: Callable[[], object]) -> int:
    """Returns how many statements `act` sends in this thread."""
    counted = Counted()
    with connection.execute_wrapper(counted):
        act()
    return counted.count


@contextmanager
def of_new_connections() -> Iterator[Counted]:
    """Counts on every connection that is opened meanwhile, in whatever thread."""
    counted = Counted()

    def install(connection: Any, **kwargs: Any) -> None:
        connection.execute_wrappers.append(counted)

    connection_created.connect(install, weak=False)
    try:
        yield counted
    finally:
        connection_created.disconnect(install)
