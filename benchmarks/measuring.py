"""One measurement: a server, its load, and what came out."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from benchmarks.cases import SLOW, SLOW_DELIVERIES, SLOW_DELIVERIES_PER_SECOND, Case, Crowd
from benchmarks.databases import ROOT
from benchmarks.gates import Metric
from benchmarks.servers import SERVERS, Running, running

MOST_GENERATOR_LOAD = 0.8
"""Above this part of its core the generator, not the server, may be what was measured."""
_SETTLING_S = 2.0
WARMING = 50
"""Connections before those that are measured: what is loaded and allocated once is no connection's."""
FILLING = 2_000
"""The same where memory is measured: what loading has left free, up to 20 MB, takes the first thousand or two."""
STORM = 500
"""People who come at once: what they need is then asked for in batches, as after a restart."""
FIRST_STORM = 250
"""People before those who are measured, all at once. The first who come so make what later storms find (threads,
connections to the database, the largest batches' memory): 10 MB, which are no connection's either."""


@dataclass(slots=True)
class Measurement:
    """What one server did in one case. `cost_us` is server CPU time per delivered frame, in µs.

    Memory is in bytes; `connect_us` is server CPU time per connection, from the handshake to being in its rooms.
    """

    case: str
    server: str
    delivered: int = 0
    expected: int = 0
    cost_us: float | None = None
    wall_us: float | None = None
    per_second: float | None = None
    latency_ms: dict[str, float] = field(default_factory=dict)
    memory_per_connection: float | None = None
    connect_us: float | None = None
    transactions_per_connect: float | None = None
    connects_per_second: float | None = None
    generator_load: float = 0.0
    invalid: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def figure(self, metric: Metric) -> float | None:
        """Returns what a case with this metric is read by."""
        match metric:
            case Metric.COST:
                return self.cost_us
            case Metric.RATE:
                return self.per_second
            case Metric.MEMORY:
                return self.memory_per_connection
            case Metric.CONNECTING:
                return self.connect_us
            case Metric.TRANSACTIONS:
                return self.transactions_per_connect
            case Metric.LATENCY:
                return self.latency_ms.get("p50")


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
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@contextmanager
def generator(server: Running) -> Iterator[Generator]:
    """Starts a generator for a server and ends it afterwards."""
    started = Generator(server.port, server.server.dialect)
    try:
        yield started
    finally:
        started.close()


def environment_of(case: Case) -> dict[str, str]:
    """Returns the environment that says to our servers, and the peers, who the crowd is."""
    return {"BENCH_NAMES": "yes"} if case.crowd is Crowd.NAMES else {}


def take(case: Case, name: str, redis: str, database: str) -> Measurement:
    """Starts the server and its load, measures one case once, and ends both."""
    with running(SERVERS[name], redis, database, environment_of(case)) as server, generator(server) as load:
        if case.crowd is Crowd.PEOPLE:
            connected = connect_people(case, server, load)
            if not case.deliveries:
                return connected
        elif case.metric in (Metric.MEMORY, Metric.CONNECTING):
            load.order("connect", count=FILLING if case.metric is Metric.MEMORY else WARMING)
            return _connect(case, server, load, case.connections)
        else:
            connected = Measurement(case.name, name)
            load.order("connect", count=case.connections, rooms=case.rooms)
        slow = name in SLOW
        deliveries = min(case.deliveries, SLOW_DELIVERIES) if slow else case.deliveries
        pace = min(case.deliveries_per_second, SLOW_DELIVERIES_PER_SECOND) if slow else case.deliveries_per_second
        _publish(case, server, load, deliveries // 4, pace)  # warms up
        published = _publish(case, server, load, deliveries, pace, idle=_idle(case, server))
        return replace(
            published,
            memory_per_connection=connected.memory_per_connection,
            connect_us=connected.connect_us,
            connects_per_second=connected.connects_per_second,
            transactions_per_connect=connected.transactions_per_connect,
        )


def connect_people(case: Case, server: Running, load: Generator) -> Measurement:
    """Has everybody come, a first storm of them before it is measured: they are part of the crowd."""
    load.order("connect", count=FIRST_STORM, rooms=case.rooms, tokens=server.tokens, concurrency=STORM)
    return _connect(case, server, load, case.connections - FIRST_STORM, server.tokens)


def _connect(case: Case, server: Running, load: Generator, count: int, tokens: str | None = None) -> Measurement:
    time.sleep(_SETTLING_S)
    memory, cpu, before = server.memory_bytes(), server.cpu_seconds(), server.transactions()
    storm = {"tokens": tokens, "concurrency": STORM} if tokens else {}
    result = load.order("connect", count=count, rooms=case.rooms, **storm)
    cpu = server.cpu_seconds() - cpu
    time.sleep(_SETTLING_S)
    after = server.transactions()
    return Measurement(
        case=case.name,
        server=server.server.name,
        memory_per_connection=(server.memory_bytes() - memory) / count,
        connect_us=cpu / count * 1e6,
        connects_per_second=count / result["seconds"],
        transactions_per_connect=None if before is None or after is None else (after - before) / count,
    )


def _idle(case: Case, server: Running) -> float:
    """Returns what the servers use of a core while nothing is published."""
    if not case.idle_s:
        return 0.0
    time.sleep(_SETTLING_S)
    before = server.cpu_seconds()
    time.sleep(case.idle_s)
    return (server.cpu_seconds() - before) / case.idle_s


def _publish(
    case: Case, server: Running, load: Generator, deliveries: int, pace: float, *, idle: float = 0.0
) -> Measurement:
    before = server.cpu_seconds()
    result = load.order(
        "publish",
        messages=max(1, deliveries // case.fan_out),
        per_second=pace / case.fan_out,
        publishers=case.publishers,
        stored=case.stored and server.server.dialect != "BARE",
        fan_out=case.fan_out,
    )
    cpu = server.cpu_seconds() - before - idle * result["seconds"]
    delivered = result["delivered"]
    return Measurement(
        case=case.name,
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
    if result["lost_connections"]:
        return f"{result['lost_connections']} connections were lost"
    if result["delivered"] < result["expected"]:
        return f"{result['expected'] - result['delivered']} of {result['expected']} deliveries never came"
    if result["generator_load"] > MOST_GENERATOR_LOAD:
        return f"the load generator used {result['generator_load']:.0%} of its core"
    return ""
