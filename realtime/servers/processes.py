"""Several server processes on one port: started, watched, replaced, and all gone when the first one is."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

logger = logging.getLogger(__name__)

_QUICK_DEATH_SECONDS = 2.0
_QUICK_DEATHS = 5


class Processes:
    """Keeps `count` children running `command`; ends them on SIGTERM and SIGINT, replaces them one by one on SIGHUP.

    A child that dies is started again; when children keep dying at once, everything ends.
    """

    def __init__(self, command: Sequence[str], count: int, *, grace_seconds: float) -> None:
        self._command = list(command)
        self._count = count
        self._grace_seconds = grace_seconds
        self._children: list[tuple[subprocess.Popen[bytes], float]] = []
        self._ending = False
        self._rolling = False
        self._wake = threading.Event()

    def run(self) -> int:
        """Returns the exit code: 0 after a signal, 1 when the children do not stay up. Main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._roll)
        quick_deaths = 0
        try:
            self._children = [self._start() for _ in range(self._count)]
            while not self._ending:
                self._wake.wait(0.2)
                self._wake.clear()
                if self._rolling:
                    self._rolling = False
                    self._replace_one_by_one()
                for index, (child, since) in enumerate(self._children):
                    if child.poll() is None or self._ending:
                        continue
                    quick_deaths = quick_deaths + 1 if time.monotonic() - since < _QUICK_DEATH_SECONDS else 0
                    logger.error("Server process %d ended with %s; starting another.", child.pid, child.returncode)
                    if quick_deaths >= _QUICK_DEATHS:
                        return 1
                    self._children[index] = self._start()
            return 0
        finally:
            self._stop(self._children)

    def _start(self) -> tuple[subprocess.Popen[bytes], float]:
        # A session of its own: Ctrl-C is this process's business. The pipe tells the child when this one is gone.
        child = subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  # our own command
        return child, time.monotonic()

    def _stop(self, children: Sequence[tuple[subprocess.Popen[bytes], float]]) -> None:
        for child, _ in children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + self._grace_seconds
        for child, _ in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdin is not None:
                child.stdin.close()

    def _replace_one_by_one(self) -> None:
        for index in range(self._count):
            if self._ending:
                return
            old = self._children[index]
            self._children[index] = self._start()
            self._stop([old])

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        self._wake.set()

    def _roll(self, number: int, frame: FrameType | None) -> None:
        self._rolling = True
        self._wake.set()


def end_with_parent() -> None:
    """In a child: sends itself SIGTERM when the parent is gone, however it went."""

    def wait() -> None:
        # EOF comes when the last writing end is closed, by the parent or by the kernel for it.
        os.read(sys.stdin.fileno(), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
