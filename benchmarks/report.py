"""Writes a run down: Markdown for people, JSON for programs, both dated."""

import datetime
import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cases import CASES, OURS, Case
from benchmarks.measuring import Measurement

RESULTS = Path(__file__).resolve().parent / "results"


def median_cost(measurements: Sequence[Measurement], case: str, server: str) -> float | None:
    """Returns the median CPU cost per delivery, in µs, over the valid rounds; None when there is none."""
    costs = [
        one.cost_us
        for one in measurements
        if (one.case, one.server) == (case, server) and not one.invalid and one.cost_us
    ]
    return statistics.median(costs) if costs else None


def median_ratio(measurements: Sequence[Measurement], case: str, server: str, peer: str) -> float | None:
    """Returns the median over the rounds of (server's cost / peer's cost in the same round)."""
    ours = [one.cost_us for one in measurements if (one.case, one.server) == (case, server)]
    theirs = [one.cost_us for one in measurements if (one.case, one.server) == (case, peer)]
    ratios = [a / b for a, b in zip(ours, theirs, strict=False) if a and b]
    return statistics.median(ratios) if ratios else None


def markdown(measurements: Sequence[Measurement], rounds: int) -> str:
    lines = [f"# Benchmark of {datetime.date.today():%Y-%m-%d}", ""]
    lines.append(
        f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, "
        f"{rounds} interleaved rounds, medians."
    )
    lines.append("How to read it: [benchmarks/README.md](../README.md).")
    for case in CASES:
        rows = [one for one in measurements if one.case == case.name]
        if rows:
            lines += ["", *_table(case, measurements)]
    problems = sorted({f"{one.case}, {one.server}: {one.invalid}" for one in measurements if one.invalid})
    if problems:
        lines += ["", "## Not valid", "", *(f"- {problem}" for problem in problems)]
    return "\n".join(lines) + "\n"


def _table(case: Case, measurements: Sequence[Measurement]) -> list[str]:
    peer = case.gate[0] if case.gate else "Socket.IO on Node, Redis adapter"
    lines = [f"## {case.name}", "", f"| server | CPU µs per delivery | × {peer} | p50 / p99 ms |", "|---|---|---|---|"]
    for server in case.servers:
        cost = median_cost(measurements, case.name, server)
        ratio = median_ratio(measurements, case.name, server, peer)
        rows = [one for one in measurements if (one.case, one.server) == (case.name, server) and one.latency_ms]
        latency = f"{rows[-1].latency_ms['p50']:.1f} / {rows[-1].latency_ms['p99']:.1f}" if rows else "–"
        name = f"**{server}**" if server in OURS else server
        lines.append(f"| {name} | {_number(cost)} | {_number(ratio)} | {latency} |")
    if case.gate:
        for server in OURS:
            ratio = median_ratio(measurements, case.name, server, case.gate[0])
            if ratio is not None:
                verdict = "holds" if ratio <= case.gate[1] else "MISSED"
                goal = f"; goal {case.goal} {'reached' if ratio <= case.goal else 'missed'}" if case.goal else ""
                lines += ["", f"Gate {case.gate[1]} × {case.gate[0]}, {server}: {ratio:.2f}, {verdict}{goal}."]
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def write(measurements: Sequence[Measurement], rounds: int) -> Path:
    """Writes both files under results/ and returns the Markdown's path."""
    RESULTS.mkdir(exist_ok=True)
    stem = f"{datetime.datetime.now():%Y-%m-%d-%H%M}"
    (RESULTS / f"{stem}.json").write_text(json.dumps([one.as_dict() for one in measurements], indent=1) + "\n")
    path = RESULTS / f"{stem}.md"
    path.write_text(markdown(measurements, rounds))
    return path
