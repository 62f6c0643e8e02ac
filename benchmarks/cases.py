"""What is measured: who takes part, how many listen, how fast is published, and what must come out."""

from dataclasses import dataclass, replace
from enum import Enum

from benchmarks.gates import Bound, Gate, Metric

JSON_DOOR = "livrya, JSON door"
SOCKET_IO_DOOR = "livrya, Socket.IO door"
OWN_POSITIONS = "livrya, Socket.IO door, own positions"
"""As our pages are there: `recovery: false`, since they keep their positions themselves."""
OURS = (JSON_DOOR, SOCKET_IO_DOOR)
OURS_STORING = ("livrya, JSON door, PostgreSQL", "livrya, Socket.IO door, PostgreSQL")
SERVE_JSON = "serve, JSON door"
SERVE_SOCKET_IO = "serve, Socket.IO door"
SERVE_OWN_POSITIONS = "serve, Socket.IO door, own positions"
SERVE = (SERVE_JSON, SERVE_SOCKET_IO, SERVE_OWN_POSITIONS)
"""The product itself, on PostgreSQL and Redis."""
SERVE_ON_SQLITE = ("serve, JSON door, SQLite", "serve, Socket.IO door, SQLite")
ON_EIGHT = ("livrya, JSON door, 8 processes", "livrya, Socket.IO door, 8 processes")
ALL_OF_OURS = (*OURS, *ON_EIGHT, OWN_POSITIONS, *OURS_STORING, *SERVE, *SERVE_ON_SQLITE)
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


class Crowd(Enum):
    """Who is connected."""

    ANONYMOUS = "nobody signed in, everybody in one room and no other"
    NAMES = (
        "with names: everybody is also in a room of their own and in 10 of 200 others, as a signed-in reader does; "
        "at the peers too, but for picows, which has no rooms"
    )
    PEOPLE = "real people of the product: signed in by token, with 10 subscriptions each"


@dataclass(frozen=True, slots=True)
class Case:
    """One question put to some servers.

    `deliveries_per_second` is the pace that all servers are given, low enough for every one that is meant to
    keep up: cost is CPU per delivery and does not depend on it, latency is compared at the same pace for all. 0: as
    fast as it goes. The first room of `rooms` has all senders (`publishers`) unless there are many rooms; connections
    are dealt out to rooms in turn. People without `rooms` join no chapter.
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
    crowd: Crowd = Crowd.NAMES
    gates: tuple[Gate, ...] = ()
    bounds: tuple[Bound, ...] = ()
    quick: bool = True
    idle_s: float = 0.0
    """So long the crowd is watched before; what the servers use then is no delivery's."""

    @property
    def fan_out(self) -> int:
        return self.connections // self.rooms

    def servers_in(self, round_number: int) -> tuple[str, ...]:
        """Returns who takes part in a round: what takes long, and is no close call, is measured in the first only."""
        if round_number == 1:
            return self.servers
        if self.connections > 10_000:
            return ()
        return tuple(server for server in self.servers if server not in ONCE or server == STOCK)


SLOW = frozenset(
    {"Channels, in-memory, uvicorn", "Channels, Redis, uvicorn", "Channels, Redis, Daphne", "python-socketio"}
)
ONCE = SLOW | frozenset(SERVE_ON_SQLITE)
SLOW_DELIVERIES = 12_000
"""Twelve messages to 1,000: of stock Channels the first few cost less than those that follow."""
SLOW_DELIVERIES_PER_SECOND = 1_500.0
STORING = (*OURS_STORING, NODE_STORING)
CONNECTED = (Bound(Metric.CONNECTING, 8_000, 4_000), Bound(Metric.TRANSACTIONS, 3.2))
"""What a signed-in connection in a storm may cost, `chapter:join` included, whoever is there already."""

CASES = (
    Case("fan-out to 10", (*OURS, *PEERS), 10, 15_000, 5_000, gates=(Gate(NODE, 1.3, 1.0),)),
    Case("durable fan-out to 10", STORING, 10, 6_000, 2_000, stored=True, gates=(Gate(NODE_STORING, 1.0),)),
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
        (*OURS, OWN_POSITIONS, NODE, PICOWS, STOCK),
        1_000,
        200_000,
        50_000,
        stored=True,
        gates=(
            Gate(NODE, 0.8, 0.6, (SOCKET_IO_DOOR,)),
            Gate(NODE, 0.7, servers=(JSON_DOOR, OWN_POSITIONS)),
            Gate(PICOWS, 1.6),
            Gate(STOCK, 0.04),
        ),
    ),
    Case(
        "durable fan-out to 1,000 without names",
        (*OURS, NODE),
        1_000,
        200_000,
        50_000,
        stored=True,
        crowd=Crowd.ANONYMOUS,
        gates=(Gate(NODE, 0.8, 0.6),),
        quick=False,
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
        "thin rooms of 100 over 8 processes, stored",
        ON_EIGHT,
        1_000,
        20_000,
        2_000,
        rooms=10,
        publishers=1_000,
        stored=True,
        idle_s=8.0,
        bounds=(Bound(Metric.COST, 60),),
    ),
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
    Case(
        "1,000 connecting without names",
        (*OURS, NODE),
        1_000,
        metric=Metric.CONNECTING,
        crowd=Crowd.ANONYMOUS,
        gates=(Gate(NODE, 1.0, servers=(SOCKET_IO_DOOR,)),),
    ),
    Case(
        "1,000 idle",
        (*OURS, NODE),
        1_000,
        metric=Metric.MEMORY,
        crowd=Crowd.ANONYMOUS,
        gates=(Gate(NODE, 1.2, 1.0),),
    ),
    Case(
        "15,000 idle",
        (*OURS, NODE),
        15_000,
        metric=Metric.MEMORY,
        crowd=Crowd.ANONYMOUS,
        gates=(Gate(NODE, 1.2, 1.0),),
        quick=False,
    ),
    Case("latency to 1,000", (*OURS, NODE), 1_000, 60_000, 20_000, metric=Metric.LATENCY),
    Case("durable latency to 1,000", (*OURS, NODE), 1_000, 60_000, 20_000, metric=Metric.LATENCY, stored=True),
    Case(
        "comment:new to 1,000 people in a chapter",
        (*SERVE, *SERVE_ON_SQLITE),
        1_000,
        60_000,
        10_000,
        publishers=1_000,
        stored=True,
        crowd=Crowd.PEOPLE,
        gates=(Gate(SERVE_JSON, 1.3, servers=(SERVE_SOCKET_IO, SERVE_OWN_POSITIONS)),),
        bounds=(*CONNECTED, Bound(Metric.MEMORY, 20 * 1024), Bound(Metric.LATENCY, 60)),
    ),
    Case(
        "1,000 people into 100 chapters",
        SERVE[:2],
        1_000,
        metric=Metric.CONNECTING,
        rooms=100,
        crowd=Crowd.PEOPLE,
        bounds=CONNECTED,
    ),
    Case(
        "1,000 people into no chapter",
        SERVE[:2],
        1_000,
        metric=Metric.CONNECTING,
        rooms=0,
        crowd=Crowd.PEOPLE,
        bounds=(Bound(Metric.CONNECTING, 5_000, 2_500),),
    ),
)


def shortened(case: Case) -> Case:
    """Returns the case for a quick look: fewer deliveries, and without the servers that cost a hundred times more."""
    servers = tuple(server for server in case.servers if server not in ONCE or server == STOCK)
    return replace(case, servers=servers, deliveries=case.deliveries // 2)
