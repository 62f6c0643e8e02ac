"""Jobs for the tests; they speak through files, so that they can be heard from any process."""

import time
from pathlib import Path

from django_tasks import task

from realtime.errors import Unavailable


@task()
def add_line(path: str, line: str) -> str:
    with Path(path).open("a") as file:
        file.write(f"{line}\n")
    return line


@task()
def wait_for(path: str, gate: str) -> None:
    """Writes "begun", waits until the file `gate` is there, writes "done"."""
    add_line.call(path, "begun")
    while not Path(gate).exists():
        time.sleep(0.02)
    add_line.call(path, "done")


@task()
def fail(path: str) -> None:
    add_line.call(path, "tried")
    raise ValueError("This job is broken.")


@task()
def fail_passingly(path: str) -> None:
    add_line.call(path, "tried")
    raise Unavailable("The post office is closed.")
