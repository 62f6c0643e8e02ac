"""Trouble at will: what the halls' authenticator and policies meet, as a file says that tests write.

The same in this process and in server processes: `HALLS_WEATHER` names the file. Each time somebody meets it, a dot is
written into the file beside it, so that a test can wait for it.
"""

import os
from pathlib import Path

import psycopg
from django.db import OperationalError

from realtime.errors import RateLimited

FILE = "HALLS_WEATHER"


class Weather:
    """The test's end of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._met = path.with_suffix(".met")
        self.clear()

    def turn(self, cause: str) -> None:
        self._met.write_text("")
        # Nobody reads a file that is half written.
        draft = self.path.with_suffix(".new")
        draft.write_text(cause)
        draft.replace(self.path)

    def clear(self) -> None:
        self.turn("")

    @property
    def met(self) -> int:
        """How often somebody has met it since it turned."""
        return self._met.stat().st_size


def meet() -> None:
    """Raises what the weather is; to be called where the database would be asked."""
    name = os.environ.get(FILE)
    cause = Path(name).read_text() if name else ""
    if not cause:
        return
    with Path(name or "").with_suffix(".met").open("a") as met:
        met.write(".")
    if cause == "database":
        raise OperationalError("the database is away") from psycopg.OperationalError("connection refused")
    if cause == "rate":
        raise RateLimited(retry_after_ms=200)
    if cause == "defect":
        raise ZeroDivisionError("a defect")


def shorten_holding() -> None:
    """Takes `HALLS_HOLD_SECONDS` for the patience of a server process: tests have less."""
    from realtime.doors.socketio import holding

    if seconds := os.environ.get("HALLS_HOLD_SECONDS"):
        holding.HOLD_SECONDS = float(seconds)
        holding.FIRST_WAIT_SECONDS = 0.1
