"""What a fault test breaks: several server processes, their PostgreSQL, their Redis, and the way to it."""

import os
import signal
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

import psycopg

from realtime.testing.records import Log
from realtime.testing.server import ServerProcess
from tests.commands import ROOT
from tests.faults.relay import Relay
from tests.services import Postgres, Valkey

SETTINGS = "tests.faults.settings"
_PATIENCE_SECONDS = 60.0


class Database:
    """A PostgreSQL server of the test's own, with the tables of the engine in it, or of what `settings` install."""

    def __init__(self, settings: str = SETTINGS) -> None:
        self.server = Postgres()
        self.url = self.server.url
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": settings},
            check=True,
        )

    def log(self) -> Log:
        """Returns the log as it is now; waits for a server that is just coming back."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    return Log.read(cursor)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def transactions(self) -> int:
        """Returns how many transactions the server has ended; one statement outside of a block is one, too."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        return int(row[0])


class Fleet:
    """Server processes on one port, over a database that stays and a Redis that is theirs alone."""

    def __init__(self, database: Database, *, processes: int = 3, **environment: str) -> None:
        self.database = database
        self.redis = Valkey()
        self.relay = Relay(self.redis.port)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": database.url,
            "REDIS_URL": f"redis://127.0.0.1:{self.relay.port}/0",
            **environment,
        }
        try:
            self.server = ServerProcess(arguments=["--processes", str(processes)], environment=self.environment)
            if processes > 1:
                self._wait_for(processes)
        except BaseException:
            self.relay.close()
            self.redis.stop()
            raise

    def _wait_for(self, processes: int) -> None:
        """The port answers as soon as the first process listens: the others are started, but not there yet."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len(self.processes()) < processes:
            assert time.monotonic() < deadline, self.server.output
            time.sleep(0.05)

    @property
    def port(self) -> int:
        return self.server.port

    def processes(self) -> list[int]:
        """Returns the ids of the server processes."""
        pid = self.server.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [int(child) for child in children.read().split()]

    def kill_one(self) -> int:
        """Takes one server process away; its parent starts another. Returns its id."""
        victim = self.processes()[0]
        os.kill(victim, signal.SIGKILL)
        return victim

    def replace_all(self) -> None:
        """Asks for every process to be replaced, one after another."""
        self.server.process.send_signal(signal.SIGHUP)

    def close(self) -> None:
        self.server.stop()
        self.relay.close()
        self.redis.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
