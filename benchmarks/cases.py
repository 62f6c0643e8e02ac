"""What is measured: who takes part, how many listen, how fast is published."""

from dataclasses import dataclass

OURS = ("livrya, JSON door", "livrya, Socket.IO door")
NODE = "Socket.IO on Node, Redis adapter"
PEERS = (
    "Socket.IO on Node",
    NODE,
    "python-socketio",
    "Channels, in-memory, uvicorn",
    "Channels, Redis, uvicorn",
    "Channels, Redis, Daphne",
    "picows",
)


@dataclass(frozen=True, slots=True)
class Case:
    """Publishing to rooms of a size. `deliveries_per_second` is the pace that all servers are given.

    The pace is low enough for the slowest peer that is meant to keep up; cost is CPU per delivery, so it does
    not depend on the pace. `slow_peers` caps the deliveries of servers that cost a hundred times more.
    """

    name: str
    servers: tuple[str, ...]
    connections: int
    deliveries: int
    deliveries_per_second: float
    rooms: int = 1
    publishers: int = 1
    stored: bool = False
    gate: tuple[str, float] | None = None
    """Peer and ratio: our cost may be at most so many times the peer's."""
    goal: float | None = None

    @property
    def fan_out(self) -> int:
        return self.connections // self.rooms


SLOW = frozenset(
    {"Channels, in-memory, uvicorn", "Channels, Redis, uvicorn", "Channels, Redis, Daphne", "python-socketio"}
)
SLOW_DELIVERIES = 4_000
SLOW_DELIVERIES_PER_SECOND = 1_500.0

CASES = (
    Case("fan-out to 10", (*OURS, *PEERS), 10, 10_000, 5_000, gate=(NODE, 1.5), goal=1.0),
    Case("fan-out to 100", (*OURS, *PEERS), 100, 50_000, 20_000, gate=(NODE, 1.0), goal=0.8),
    Case("fan-out to 1,000", (*OURS, *PEERS), 1_000, 200_000, 50_000, gate=(NODE, 0.8), goal=0.6),
    Case(
        "durable fan-out to 1,000",
        (OURS[0], OURS[1], NODE),
        1_000,
        100_000,
        50_000,
        stored=True,
        gate=(NODE, 0.8),
        goal=0.6,
    ),
    Case("fan-out to 5,000", (*OURS, NODE, "picows"), 5_000, 200_000, 50_000),
    Case("100 rooms of 10", (*OURS, NODE), 1_000, 20_000, 10_000, rooms=100, publishers=1_000),
)
