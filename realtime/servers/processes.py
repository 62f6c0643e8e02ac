"""Several server processes on one port: started, watched, replaced, and all gone when the first one is."""

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

logger = logging.getLogger(__name__)

_QUICK_DEATH_SECONDS = 2.0
_QUICK_DEATHS = 5
_READY_SECONDS = 30.0


@dataclass(slots=True)
class Child:
    """One server process; `ready_fd` yields a byte when it accepts connections."""

    process: subprocess.Popen[bytes]
    started_at: float
    ready_fd: int

    def is_ready_within(self, seconds: float) -> bool:
        """Waits until it accepts connections; False when it ended instead, or took too long."""
        readable, _, _ = select.select([self.ready_fd], [], [], seconds)
        return bool(readable) and os.read(self.ready_fd, 1) == b"1"

    def forget(self) -> None:
        """Closes what connects this process with it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        os.close(self.ready_fd)


class Processes:
    """Keeps `count` children running `command`; ends them on SIGTERM and SIGINT, replaces them one by one on SIGHUP.

    The command takes `--ready-fd`, see `Child`. `started` is called once, when every child accepts connections.
    A child that dies is started again; when children keep dying at once, everything ends.
    """

    def __init__(
        self, command: Sequence[str], count: int, *, grace_seconds: float, started: Callable[[], None]
    ) -> None:
        self._command = list(command)
        self._count = count
        self._grace_seconds = grace_seconds
        self._started = started
        self._children: list[Child] = []
        self._ending = False
        self._rolling = False
        self._wake = threading.Event()

    def run(self) -> int:
        """Returns the exit code: 0 after a signal, 1 when the children keep ending. Main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._roll)
        quick_deaths = 0
        try:
            self._children = [self._start() for _ in range(self._count)]
            if all(child.is_ready_within(_READY_SECONDS) for child in self._children) and not self._ending:
                self._started()
            while not self._ending:
                self._wake.wait(0.2)
                self._wake.clear()
                if self._rolling:
                    self._rolling = False
                    self._replace_one_by_one()
                for index, child in enumerate(self._children):
                    if child.process.poll() is None or self._ending:
                        continue
                    quick = time.monotonic() - child.started_at < _QUICK_DEATH_SECONDS
                    quick_deaths = quick_deaths + 1 if quick else 0
                    code = child.process.returncode
                    logger.error("Server process %d ended with %s; starting another.", child.process.pid, code)
                    if quick_deaths >= _QUICK_DEATHS:
                        return 1
                    child.forget()
                    self._children[index] = self._start()
            return 0
        finally:
            self._stop(self._children)

    def _start(self) -> Child:
        # A session of its own: Ctrl-C is this process's business. The pipe's end shows the child when this one is gone.
        ready, tell = os.pipe()
        child = subprocess.Popen(  # noqa: S603  # our own command
            [*self._command, "--ready-fd", str(tell)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=(tell,),
        )
        os.close(tell)
        return Child(child, time.monotonic(), ready)

    def _stop(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + self._grace_seconds
        for child in children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            child.forget()

    def _replace_one_by_one(self) -> None:
        for index in range(self._count):
            if self._ending:
                return
            old, new = self._children[index], self._start()
            if not new.is_ready_within(_READY_SECONDS):
                logger.error("A new server process did not get ready; the old ones go on.")
                self._stop([new])
                return
            self._children[index] = new
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
