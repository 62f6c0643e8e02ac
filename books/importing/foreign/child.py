"""The process in which files are read: `python -m books.importing.foreign.child KIND`, the file on stdin.

It says an `Answer` as JSON on stdout. Whatever a file does ends this process at the worst: it has bounds of memory and
time of its own, and holds no setting, no secret and no connection.
"""

import os
import resource
import sys

import msgspec

from books.importing.foreign.formats import answer

MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space."""
CPU_SECONDS = 40
"""A Word file of 500,000 words takes 19 s and 640 MB, almost all of it in mammoth."""
NICE = 10
"""Rooms and pages come first."""


def main(kind: str) -> None:
    """Reads a file of that kind. A process that ends without a word met one of its bounds."""
    bound()
    sys.stdout.buffer.write(msgspec.json.encode(answer(kind, sys.stdin.buffer.read())))


def bound() -> None:
    """Lets this process take no more than it may, for good."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(NICE)


if __name__ == "__main__":
    main(sys.argv[1])
