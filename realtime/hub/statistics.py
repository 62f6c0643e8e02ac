"""What a process counts about its own delivering; plain numbers, read by the admin and by commands."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Statistics:
    """Counters since the hub started; latencies of the last 1,000 durable events from another commit, in ms."""

    started_at: float = field(default_factory=time.time)
    connections_opened: int = 0
    resumptions: int = 0
    commands: int = 0
    command_errors: int = 0
    events: int = 0
    deliveries: int = 0
    duplicates: int = 0
    gap_reads: int = 0
    resets: int = 0
    demotions: int = 0
    hints_sent: int = 0
    hints_dropped: int = 0
    swept: int = 0
    latencies_ms: deque[int] = field(default_factory=lambda: deque(maxlen=1000))


def percentiles(values: Iterable[int]) -> dict[str, int]:
    """Returns p50, p95 and p99 of latencies, from emit to fan-out in ms; 0 when nothing was seen."""
    ordered = sorted(values)
    if not ordered:
        return {"p50": 0, "p95": 0, "p99": 0}
    last = len(ordered) - 1
    return {f"p{percent}": ordered[round(last * percent / 100)] for percent in (50, 95, 99)}
