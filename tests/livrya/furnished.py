"""The world of the route tables, furnished once in a process and put back for each test.

Nearly a thousand tests want one of their own; to furnish it through the services takes a quarter of a second, to put
back the rows that it left a hundredth of that.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction

from tests.emptying import tables_with_rows
from tests.livrya.routes import World


@dataclass(frozen=True)
class _Kept:
    """What furnishing has made: objects, rows as SQL, and the files behind them."""

    world: World
    inserts: list[str]
    files: list[tuple[Any, str, bytes]]


_KEPT: dict[tuple[Callable[[], World], bool], _Kept] = {}
"""By what furnished, and whether in a transaction: what follows on a commit is there only without."""


def furnished(furnish: Callable[[], World]) -> World:
    """Returns what `furnish` returns, as new, in a database in which there is nothing yet.

    Where there is something it furnishes anew, and on PostgreSQL, whose sequences would not know of the rows.
    """
    if connection.vendor != "sqlite" or tables_with_rows(connection.alias):
        return furnish()
    key = (furnish, connection.in_atomic_block)
    kept = _KEPT.get(key)
    if kept is None:
        world = furnish()
        _KEPT[key] = _Kept(deepcopy(world), _inserts(), _files(world))
        return world
    with transaction.atomic(), connection.cursor() as cursor:
        for insert in kept.inserts:
            cursor.execute(insert)
    for storage, name, content in kept.files:
        if not storage.exists(name):
            storage.save(name, ContentFile(content))
    return deepcopy(kept.world)


def _inserts() -> list[str]:
    """Returns a statement for each table that has rows; foreign keys are checked when the transaction ends."""
    statements = []
    with connection.cursor() as cursor:
        for table in tables_with_rows(connection.alias):
            name = connection.ops.quote_name(table)
            cursor.execute(f"PRAGMA table_info({name})")
            columns = [connection.ops.quote_name(row[1]) for row in cursor.fetchall()]
            values = " || ', ' || ".join(f"quote({column})" for column in columns)
            cursor.execute(f"SELECT '(' || {values} || ')' FROM {name} ORDER BY rowid")
            rows = ", ".join(row[0] for row in cursor.fetchall())
            statements.append(f"INSERT INTO {name} ({', '.join(columns)}) VALUES {rows}")
    return statements


def _files(world: World) -> list[tuple[Any, str, bytes]]:
    found = []
    for thing in vars(world).values():
        file = getattr(thing, "file", None)
        if file:
            with file.storage.open(file.name) as opened:
                found.append((file.storage, file.name, opened.read()))
    return found
