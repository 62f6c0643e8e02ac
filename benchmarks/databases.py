"""Databases for servers of the product: each starts on a copy of one that has a library and its readers."""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.readers import TOKENS

ROOT = Path(__file__).resolve().parent.parent
_FILE = "livrya.sqlite3"


@contextmanager
def with_readers(folder: Path, database_url: str, environment: dict[str, str]) -> Iterator[str]:
    """Puts the readers' tokens into `folder`, and gives the address of a database with them, for as long as it lasts.

    Without `database_url` (of a PostgreSQL server) it is SQLite's file in that folder, and the address is empty.
    """
    made = _template(database_url, tuple(sorted(environment.items())))
    shutil.copy(made / TOKENS, folder)
    if not database_url:
        shutil.copy(made / _FILE, folder)
        yield ""
        return
    name = _new_name()
    _execute(database_url, "CREATE DATABASE {} TEMPLATE {}", name, (made / "name").read_text())
    try:
        yield _address(database_url, name)
    finally:
        _execute(database_url, "DROP DATABASE {} WITH (FORCE)", name)


def transactions(database_url: str) -> int:
    """Returns how many transactions the database has seen; what a connection did last is counted up to 1 s later."""
    name = urlsplit(database_url).path.removeprefix("/")
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s", [name]
        ).fetchone()
    assert row is not None
    return int(row[0])


@cache
def _template(database_url: str, environment: tuple[tuple[str, str], ...]) -> Path:
    """Makes the library and its readers, once, and returns the folder that says where they are."""
    folder = Path(tempfile.mkdtemp(prefix="livrya-bench-readers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    given = dict(environment) | {"VAR_DIR": str(folder)}
    if database_url:
        name = _new_name()
        _execute(database_url, "CREATE DATABASE {}", name)
        (folder / "name").write_text(name)
        given["DATABASE_URL"] = _address(database_url, name)
    kept = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
    subprocess.run([sys.executable, "-m", "benchmarks.readers"], cwd=ROOT, env=kept | given, check=True)
    return folder


def _new_name() -> str:
    return f"livrya_bench_{secrets.token_hex(4)}"


def _address(database_url: str, name: str) -> str:
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


def _execute(database_url: str, statement: str, *names: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
