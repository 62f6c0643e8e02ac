"""Runs `manage.py` commands as real processes on the database of the running test."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def running_database_url() -> str:
    """Returns the address of the database on which the running test works."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


class CommandProcess:
    """A `manage.py` command in a process of its own; `with` makes sure that nothing of it is left."""

    def __init__(self, *arguments: str) -> None:
        self._output = tempfile.NamedTemporaryFile(mode="w+")  # noqa: SIM115  # closed in __exit__
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": running_database_url(), "PYTHONFAULTHANDLER": "1"},
            stdout=self._output,
            stderr=subprocess.STDOUT,
            # What a shell runs in the background ignores Ctrl-C, and hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def __enter__(self) -> "CommandProcess":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self.kill()
        self._output.close()

    @property
    def output(self) -> str:
        return Path(self._output.name).read_text()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends it as a power cut would: it can do nothing about it."""
        self._process.kill()
        self._process.wait(10)

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def terminate(self) -> None:
        self._process.terminate()

    def exit_code(self, within_s: float = 20) -> int:
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)  # faulthandler says where each thread is
            self._process.wait(10)
            raise AssertionError(f"It did not end within {within_s} s; it said:\n{self.output}") from None
