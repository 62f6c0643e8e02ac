"""How a choice is shown, and how two ways are timed beside each other."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Returns Markdown; numbers with a fraction are rounded to three digits."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return lines + [f"| {' | '.join(map(_shown, row))} |" for row in rows]


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def interleaved(
    ways: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Returns the median seconds of each way, all of them once in every round: a slow moment is slow for all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for act in ways.values():
        act()  # what is loaded and connected once is nobody's cost
    for number in range(rounds):
        order = list(ways)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            gc.collect()
            began = clock()
            ways[name]()
            taken[name].append(clock() - began)
    return {name: median(seconds) for name, seconds in taken.items()}
