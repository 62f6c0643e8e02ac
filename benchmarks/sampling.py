"""Where a server's CPU time goes: a sampling profiler in the process itself, without dependencies.

`python -m benchmarks.sampling serve …` is `manage.py serve …` with it; `BENCH_PROFILE` says where it writes.
SIGUSR1 begins, SIGUSR2 ends and writes. Samples come by CPU time (`ITIMER_PROF`), so an idle server has none. Each
thread's stack is weighted with the CPU time that the thread used since the sample before: time inside C (the
kernel's `send` above all) counts for the line that called it. What it asks its database meanwhile is counted as well.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.asking import Asked

_INTERVAL_S = 0.001
_DEPTH = 60


class Sampler:
    """Stacks, outermost first, and the CPU seconds of each; the first entry of a stack is its thread's name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: Counter[tuple[str, ...]] = Counter()
        self._used: dict[int, float] = {}
        self._sampling = False
        self._counting = ExitStack()
        self._asked: Asked | None = None

    def install(self) -> None:
        """Listens for the signals. For the main thread."""
        signal.signal(signal.SIGUSR1, self._begin)
        signal.signal(signal.SIGUSR2, self._end)
        signal.signal(signal.SIGPROF, self._sample)

    def _begin(self, number: int, frame: FrameType | None) -> None:
        from benchmarks.asking import counted  # only now is Django set up

        self._seconds.clear()
        self._asked = self._counting.enter_context(counted())
        self._used = _cpu_seconds()
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL_S, _INTERVAL_S)

    def _end(self, number: int, frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        stacks = [[list(stack), seconds] for stack, seconds in self._seconds.items()]
        partial = self._path.with_suffix(".partial")
        self._counting.close()
        asked = self._asked.as_dict() if self._asked else {}
        partial.write_text(json.dumps({"stacks": stacks, "asked": asked}))
        partial.rename(self._path)

    def _sample(self, number: int, frame: FrameType | None) -> None:
        if self._sampling:  # a tick during the handler, as follows upon a long call into C
            return
        self._sampling = True
        used = _cpu_seconds()
        frames = sys._current_frames() | {threading.get_ident(): frame}  # without this handler
        for thread in threading.enumerate():
            identity = thread.ident
            if identity is None or identity not in used:
                continue
            seconds = used[identity] - self._used.get(identity, 0.0)
            if seconds > 0:
                self._seconds[(_kind(thread), *_stack(frames.get(identity)))] += seconds
        self._used = _cpu_seconds()  # without what the handler has used
        self._sampling = False


def _cpu_seconds() -> dict[int, float]:
    used = {}
    for thread in threading.enumerate():
        if thread.ident is not None:
            try:
                used[thread.ident] = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
            except OSError:
                continue  # it has just ended
    return used


def _kind(thread: threading.Thread) -> str:
    return thread.name.rpartition("_")[0] or thread.name


def _stack(frame: FrameType | None) -> list[str]:
    names: list[str] = []
    while frame is not None and len(names) < _DEPTH:
        code = frame.f_code
        module = frame.f_globals.get("__name__", "")
        names.append(f"{module}.{code.co_qualname}:{frame.f_lineno}")
        frame = frame.f_back
    return names[::-1]


def main() -> None:
    """Is a command of `manage.py` that samples itself."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
    Sampler(Path(os.environ["BENCH_PROFILE"])).install()
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
