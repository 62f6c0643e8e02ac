"""Writes a run down: Markdown for people, JSON for programs, both dated."""

import datetime
import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cases import ALL_OF_OURS, CASES, NODE, Case
from benchmarks.gates import Bound, Gate, Metric
from benchmarks.measuring import Measurement

RESULTS = Path(__file__).resolve().parent / "results"
_OURS = frozenset(ALL_OF_OURS)


class Run:
    """All measurements of a run, by case and server, in the order of the rounds."""

    def __init__(self, measurements: Sequence[Measurement], rounds: int) -> None:
        self.measurements = measurements
        self.rounds = rounds

    def of(self, case: Case, server: str) -> list[Measurement]:
        return [one for one in self.measurements if (one.case, one.server) == (case.name, server)]

    def median(self, case: Case, server: str, metric: Metric | None = None) -> float | None:
        """Returns the median figure (by default what the case is read by) over the valid rounds; None without any."""
        figures = [one.figure(metric or case.metric) for one in self.of(case, server) if not one.invalid]
        known = [figure for figure in figures if figure is not None]
        return statistics.median(known) if known else None

    def ratio(self, case: Case, server: str, peer: str) -> float | None:
        """Returns the median over the rounds of (server's figure / peer's figure in the same round)."""
        ratios = []
        for ours, theirs in zip(self.of(case, server), self.of(case, peer), strict=False):
            figures = ours.figure(case.metric), theirs.figure(case.metric)
            if figures[0] and figures[1] and not ours.invalid and not theirs.invalid:
                ratios.append(figures[0] / figures[1])
        return statistics.median(ratios) if ratios else None

    def latency(self, case: Case, server: str) -> str:
        rows = [one.latency_ms for one in self.of(case, server) if one.latency_ms]
        if not rows:
            return "–"
        return " / ".join(f"{statistics.median([row[part] for row in rows]):.1f}" for part in ("p50", "p99"))


def markdown(measurements: Sequence[Measurement], rounds: int) -> str:
    """Returns the report of a run."""
    run = Run(measurements, rounds)
    lines = [
        f"# Benchmark of {datetime.date.today():%Y-%m-%d}",
        "",
        f"{os.cpu_count()} cores ({_processor()}), Linux {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}; "
        f"{rounds} interleaved round{'s' if rounds > 1 else ''}, medians.",
        "How to read it: [benchmarks/README.md](../README.md).",
    ]
    for case in CASES:
        if any(one.case == case.name for one in measurements):
            lines += ["", *_table(run, case)]
    problems = sorted({f"{one.case}, {one.server}: {one.invalid}" for one in measurements if one.invalid})
    if problems:
        lines += ["", "## Not valid", "", *(f"- {problem}" for problem in problems)]
    return "\n".join(lines) + "\n"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _table(run: Run, case: Case) -> list[str]:
    peer = case.gates[0].peer if case.gates else NODE
    arriving = case.metric in (Metric.CONNECTING, Metric.MEMORY)
    beside = "connections/s" if arriving else "p50 / p99 ms"
    lines = [
        f"## {case.name}",
        "",
        f"The crowd: {case.crowd.value}.",
        "",
        f"| server | {case.metric.value} | × {peer} | {beside} |",
        "|---|---|---|---|",
    ]
    for server in case.servers:
        rows = run.of(case, server)
        if not rows:
            continue
        rates = [one.connects_per_second for one in rows if arriving and one.connects_per_second]
        aside = f"{statistics.median(rates):,.0f}" if rates else run.latency(case, server)
        name = f"**{server}**" if server in _OURS else server
        figure, ratio = run.median(case, server), run.ratio(case, server, peer)
        lines.append(f"| {name} | {_number(figure)} | {_number(ratio)} | {aside} |")
    verdicts = [
        verdict
        for gate in case.gates
        for server in gate.servers or case.servers
        if server in _OURS and (verdict := _verdict(run, case, gate, server))
    ]
    verdicts += [
        verdict
        for bound in case.bounds
        for server in case.servers
        if server in _OURS and (verdict := _within(run, case, bound, server))
    ]
    return [*lines, "", *verdicts] if verdicts else lines


def _verdict(run: Run, case: Case, gate: Gate, server: str) -> str | None:
    ratio = run.ratio(case, server, gate.peer)
    if ratio is None:
        return None

    def reached(limit: float) -> bool:
        return ratio >= limit if case.metric.more_is_better else ratio <= limit

    verdict = (
        f"- gate {gate.ratio} × {gate.peer}, {server}: {ratio:.2f}, {'holds' if reached(gate.ratio) else 'MISSED'}"
    )
    if gate.goal is None:
        return verdict
    return f"{verdict}; goal {gate.goal} {'reached' if reached(gate.goal) else 'missed'}"


def _within(run: Run, case: Case, bound: Bound, server: str) -> str | None:
    figure = run.median(case, server, bound.metric)
    if figure is None:
        return None
    verdict = f"- at most {bound.most:,g} {bound.metric.value}, {server}: {_number(figure)}, "
    verdict += "holds" if figure <= bound.most else "MISSED"
    if bound.goal is None:
        return verdict
    return f"{verdict}; goal {bound.goal:,g} {'reached' if figure <= bound.goal else 'missed'}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"


def write(measurements: Sequence[Measurement], rounds: int) -> Path:
    """Writes both files under results/ and returns the Markdown's path."""
    RESULTS.mkdir(exist_ok=True)
    stem = f"{datetime.datetime.now():%Y-%m-%d-%H%M}"
    (RESULTS / f"{stem}.json").write_text(json.dumps([one.as_dict() for one in measurements], indent=1) + "\n")
    path = RESULTS / f"{stem}.md"
    path.write_text(markdown(measurements, rounds))
    return path
