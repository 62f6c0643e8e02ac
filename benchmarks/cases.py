"""What is measured: who takes part, how many listen, how fast is published, and what must come out."""

from dataclasses import dataclass, replace
from enum import Enum

OURS = ("livrya, JSON door", "livrya, Socket.IO door")
OURS_STORING = ("livrya, JSON door, PostgreSQL", "livrya, Socket.IO door, PostgreSQL")
NODE = "Socket.IO on Node, Redis adapter"
NODE_STORING = "Socket.IO on Node, node-postgres"
PICOWS = "picows"
STOCK = "Channels, Redis, uvicorn"
PEERS = (
    "Socket.IO on Node",
    NODE,
    "python-socketio",
    "Channels, in-memory, uvicorn",
    STOCK,
    "Channels, Redis, Daphne",
    PICOWS,
)


class Metric(Enum):
    """What a case is read by; `unit` heads its column."""

    COST = "CPU µs per delivery"
    RATE = "deliveries per second"
    MEMORY = "bytes per idle connection"
    CONNECTING = "CPU µs per connection that joins"
    LATENCY = "p50 ms"

    @property
    def more_is_better(self) -> bool:
        return self is Metric.RATE


@dataclass(frozen=True, slots=True)
class Gate:
    """Our figure may be at most (for a rate: must be at least) so many times the peer's; a goal only says so."""

    peer: str
    ratio: float
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One question put to some servers.

    `deliveries_per_second` is the pace that all servers are given, low enough for every one that is meant to
    keep up: cost is CPU per delivery and does not depend on it. 0: as fast as it goes. `load` instead: the
    pace is this part of what the server could do with one core. The first room of `rooms` has all senders
    (`publishers`) unless there are many rooms; connections are dealt out to rooms in turn.
    """

    name: str
    servers: tuple[str, ...]
    connections: int
    deliveries: int = 0
    deliveries_per_second: float = 0.0
    metric: Metric = Metric.COST
    rooms: int = 1
    publishers: int = 1
    stored: bool = False
    load: float | None = None
    gates: tuple[Gate, ...] = ()
    quick: bool = True

    @property
    def fan_out(self) -> int:
        return self.connections // self.rooms

    def servers_in(self, round_number: int) -> tuple[str, ...]:
        """Returns who takes part in a round: what takes long, and is no close call, is measured in the first only."""
        if round_number == 1:
            return self.servers
        if self.connections > 10_000:
            return ()
        return tuple(server for server in self.servers if server not in SLOW or server == STOCK)


SLOW = frozenset(
    {"Channels, in-memory, uvicorn", "Channels, Redis, uvicorn", "Channels, Redis, Daphne", "python-socketio"}
)
SLOW_DELIVERIES = 12_000
"""Twelve messages to 1,000: of stock Channels the first few cost less than those that follow."""
SLOW_DELIVERIES_PER_SECOND = 1_500.0
STORING = (*OURS_STORING, NODE_STORING)

CASES = (
    Case("fan-out to 10", (*OURS, *PEERS), 10, 15_000, 5_000, gates=(Gate(NODE, 1.5, 1.0),)),
    Case("fan-out to 100", (*OURS, *PEERS), 100, 60_000, 20_000, gates=(Gate(NODE, 1.0, 0.8),)),
    Case(
        "fan-out to 1,000",
        (*OURS, *PEERS),
        1_000,
        200_000,
        50_000,
        gates=(Gate(NODE, 0.8, 0.6), Gate(PICOWS, 1.6), Gate(STOCK, 0.04)),
    ),
    Case(
        "durable fan-out to 1,000",
        (*OURS, NODE, PICOWS, STOCK),
        1_000,
        200_000,
        50_000,
        stored=True,
        gates=(Gate(NODE, 0.8, 0.6), Gate(PICOWS, 1.6), Gate(STOCK, 0.04)),
    ),
    Case("fan-out to 5,000", (*OURS, NODE, PICOWS), 5_000, 200_000, 50_000),
    Case("durable fan-out to 5,000", (*OURS, NODE), 5_000, 200_000, 50_000, stored=True, quick=False),
    Case(
        "50 publishers to 1,000",
        (*OURS, NODE),
        1_000,
        500_000,
        metric=Metric.RATE,
        publishers=50,
        gates=(Gate(NODE, 2.0, 4.0),),
    ),
    Case("100 rooms of 10", (*OURS, NODE), 1_000, 30_000, 10_000, rooms=100, publishers=1_000),
    Case(
        "50 senders in one hot room, stored",
        STORING,
        50,
        150_000,
        metric=Metric.RATE,
        publishers=50,
        stored=True,
        gates=(Gate(NODE_STORING, 3.0),),
    ),
    Case(
        "50 rooms of one sender, stored",
        STORING,
        50,
        4_000,
        metric=Metric.RATE,
        rooms=50,
        publishers=50,
        stored=True,
        gates=(Gate(NODE_STORING, 1.0),),
    ),
    Case("1,000 connecting", (*OURS, NODE), 1_000, metric=Metric.CONNECTING),
    Case("1,000 idle", (*OURS, NODE), 1_000, metric=Metric.MEMORY, gates=(Gate(NODE, 1.2, 1.0),)),
    Case("15,000 idle", (*OURS, NODE), 15_000, metric=Metric.MEMORY, gates=(Gate(NODE, 1.2, 1.0),), quick=False),
    Case("latency to 1,000 at half load", (*OURS, NODE), 1_000, 100_000, 50_000, metric=Metric.LATENCY, load=0.5),
)


def shortened(case: Case) -> Case:
    """Returns the case for a quick look: fewer deliveries, and without the servers that cost a hundred times more."""
    servers = tuple(server for server in case.servers if server not in SLOW or server == STOCK)
    return replace(case, servers=servers, deliveries=case.deliveries // 2)
