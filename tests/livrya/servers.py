"""The whole project on a real server, on the database of the running test."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.commands import CommandProcess


@contextmanager
def serving(*arguments: str, within_s: float = 60) -> Iterator[str]:
    """Runs `manage.py serve` on a free port for the block; gives its address, such as `http://localhost:41234`."""
    with CommandProcess("serve", "--port", "0", *arguments) as process:
        deadline = time.monotonic() + within_s
        while not (found := re.search(r"http://localhost:\d+", process.output)):
            assert process.is_running, process.output
            assert time.monotonic() < deadline, process.output
            time.sleep(0.05)
        yield found[0]
