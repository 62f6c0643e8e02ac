"""One measurement: a server, its load, and what a delivery cost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.servers import ROOT, Running

MOST_GENERATOR_LOAD = 0.8
"""Above this part of its core the generator, not the server, may be what was measured."""


@dataclass(slots=True)
class Measurement:
    """What one server did in one case. `cost_us` is server CPU time per delivered frame, in µs."""

    case: str
    server: str
    delivered: int = 0
    expected: int = 0
    cost_us: float | None = None
    wall_us: float | None = None
    per_second: float | None = None
    latency_ms: dict[str, float] = field(default_factory=dict)
    memory_per_connection: float | None = None
    generator_load: float = 0.0
    invalid: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Generator:
    """The load generator's process."""

    def __init__(self, port: int, dialect: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", str(port), dialect],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, act: str, **arguments: Any) -> dict[str, Any]:
        """Has it do something and returns its answer. Raises RuntimeError for a refusal or its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"act": act, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The load generator ended.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"The load generator was refused: {answer['error']}")
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(20)


@contextmanager
def generator(server: Running) -> Iterator[Generator]:
    """Starts a generator for a server and ends it afterwards."""
    started = Generator(server.port, server.server.dialect)
    try:
        yield started
    finally:
        started.close()


def measure(server: Running, load: Generator, case: str, **publishing: Any) -> Measurement:
    """Publishes and returns what it cost the server; the first quarter is sent once before, unmeasured."""
    warm_up = {**publishing, "messages": max(1, publishing["messages"] // 4)}
    load.order("publish", **warm_up)
    before = server.cpu_seconds()
    result = load.order("publish", **publishing)
    cpu = server.cpu_seconds() - before
    delivered = result["delivered"]
    return Measurement(
        case=case,
        server=server.server.name,
        delivered=delivered,
        expected=result["expected"],
        cost_us=cpu / delivered * 1e6 if delivered else None,
        wall_us=result["seconds"] / delivered * 1e6 if delivered else None,
        per_second=delivered / result["seconds"],
        latency_ms=result["latency_ms"],
        generator_load=result["generator_load"],
        invalid=_why_invalid(result),
    )


def _why_invalid(result: dict[str, Any]) -> str:
    if result["generator_load"] > MOST_GENERATOR_LOAD:
        return f"the load generator used {result['generator_load']:.0%} of its core"
    if result["lost_connections"]:
        return f"{result['lost_connections']} connections were lost"
    if result["delivered"] < result["expected"]:
        return f"{result['expected'] - result['delivered']} of {result['expected']} deliveries never came"
    return ""
