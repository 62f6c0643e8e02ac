"""The processes of clients, led from one place."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.databases import ROOT

MOST_IN_A_PROCESS = 12_500
_ADDRESSES_OF_A_PROCESS = 16


@dataclass(slots=True)
class Stats:
    """What all of them have counted. `waited_ms`, `answered_ms`: how many took so many milliseconds."""

    ready: int = 0
    lost: int = 0
    deliveries: int = 0
    disorder: int = 0
    behind: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    waited_ms: Counter[int] = field(default_factory=Counter)
    answered_ms: Counter[int] = field(default_factory=Counter)


def percentile(counted: Counter[int], part: float) -> float:
    """Returns the milliseconds that this part of them did not exceed."""
    left = part * counted.total()
    for value in sorted(counted):
        left -= counted[value]
        if left <= 0:
            return value + 0.5
    return float("nan")


class Herd:
    """`size` connections, dealt out to processes in order; all from loopback, from 127.0.0.2 on."""

    def __init__(self, port: int, door: str, size: int) -> None:
        self.size = size
        processes = max(2, -(-size // MOST_IN_A_PROCESS))
        self.share = -(-size // processes)
        self._processes = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "benchmarks.scale.swarm",
                    str(port),
                    door,
                    str(2 + number * _ADDRESSES_OF_A_PROCESS),
                ],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(processes)
        ]

    def connect(self, **arguments: Any) -> float:
        """Opens all, and returns how many seconds it took until they were ready."""
        began = time.monotonic()
        self._order(
            [
                {
                    "act": "connect",
                    "first": number * self.share,
                    "count": min(self.share, self.size - number * self.share),
                    **arguments,
                }
                for number in range(len(self._processes))
            ]
        )
        return time.monotonic() - began

    def say(self, number: int, text: str) -> None:
        """Has connection `number` send a text."""
        process, number = divmod(number, self.share)
        self._write(process, {"act": "say", "number": number, "text": text})
        self._read(process)

    def all(self, act: str, **arguments: Any) -> None:
        self._order([{"act": act, **arguments}] * len(self._processes))

    def stats(self, seq: int = 0) -> Stats:
        total = Stats()
        for answer in self._order([{"act": "stats", "seq": seq}] * len(self._processes)):
            for name in ("ready", "lost", "deliveries", "disorder", "behind"):
                setattr(total, name, getattr(total, name) + answer[name])
            total.failures.update(answer["failures"])
            total.waited_ms.update({int(ms): count for ms, count in answer["waited_ms"].items()})
            total.answered_ms.update({int(ms): count for ms, count in answer["answered_ms"].items()})
        return total

    def _order(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for number, order in enumerate(orders):
            self._write(number, order)
        return [self._read(number) for number in range(len(orders))]

    def _write(self, number: int, order: dict[str, Any]) -> None:
        pipe = self._processes[number].stdin
        assert pipe
        pipe.write(json.dumps(order) + "\n")
        pipe.flush()

    def _read(self, number: int) -> dict[str, Any]:
        pipe = self._processes[number].stdout
        assert pipe
        line = pipe.readline()
        if not line:
            raise RuntimeError("A process of clients has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends them all at once: nobody is to come back from here on."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe
                with suppress(BrokenPipeError):
                    pipe.close()


@contextmanager
def herd(port: int, door: str, size: int) -> Iterator[Herd]:
    """Starts the processes and ends them afterwards."""
    started = Herd(port, door, size)
    try:
        yield started
    finally:
        started.close()
