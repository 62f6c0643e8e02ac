"""What a case is read by, and how good it must be."""

from dataclasses import dataclass
from enum import Enum


class Metric(Enum):
    """What is measured; the value heads its column."""

    COST = "CPU µs per delivery"
    RATE = "deliveries per second"
    MEMORY = "bytes per idle connection"
    CONNECTING = "CPU µs per connection that joins"
    TRANSACTIONS = "transactions per connection that joins"
    LATENCY = "p50 ms"

    @property
    def more_is_better(self) -> bool:
        return self is Metric.RATE


@dataclass(frozen=True, slots=True)
class Gate:
    """Our figure may be at most (for a rate: must be at least) so many times the peer's; a goal only says so.

    `servers` says whose figure, of all of ours unless it is given.
    """

    peer: str
    ratio: float
    goal: float | None = None
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """Our figure itself may be at most `most`, whatever anybody else's is; a goal only says so."""

    metric: Metric
    most: float
    goal: float | None = None
