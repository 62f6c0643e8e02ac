"""`python -m benchmarks.profile [case] [--server NAME]`: where our server's CPU time goes in a case, by function.

Each row is the time in a function itself and in the C code that it calls, the kernel's included. Where people connect
(a case that is read by that, or `--connecting`), hundreds of functions share the time; there each row is a function of
ours with all the library code that it calls, down to what names 90 % of it, a second table has the handlers, each
with everything that happens in it, and a third what each connection asks of the database, and who asks it.
`--folded FILE` writes whole stacks for a flame graph tool.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from benchmarks.asking import OURS
from benchmarks.cases import ALL_OF_OURS, CASES, Case, Crowd
from benchmarks.gates import Metric
from benchmarks.measuring import STORM, WARMING, Generator, environment_of, generator
from benchmarks.servers import SERVERS, Running, running, serve_profiled
from tests.services import postgres_url, redis_url

_DEADLINE_S = 30
_ROWS = 14
_NAMED = 0.9
_SMALLEST_HANDLER = 0.01
"""Of the whole; what is less is not shown."""
_RAREST = 0.01
"""For each connection; what is asked less often is not shown."""

Stacks = list[tuple[list[str], float]]
Counts = dict[str, dict[str, int]]
"""What was counted (transactions, statements, calls of threads), and for whom."""


def begin(server: Running) -> None:
    os.kill(server.process.pid, signal.SIGUSR1)


def end(server: Running, path: Path) -> tuple[Stacks, Counts]:
    """Returns what was sampled since `begin`: stacks, outermost first, and their CPU seconds; and what was asked."""
    os.kill(server.process.pid, signal.SIGUSR2)
    deadline = time.monotonic() + _DEADLINE_S
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    sampled = json.loads(path.read_text())
    return [(stack, seconds) for stack, seconds in sampled["stacks"]], sampled["asked"]


def table(stacks: Stacks, deliveries: int) -> list[str]:
    """Returns Markdown: per function its own time, as µs per delivery and as a share, per kind of thread."""
    own: Counter[tuple[str, str]] = Counter()
    for stack, seconds in stacks:
        own[stack[0], _function(stack[-1])] += seconds
    total = sum(own.values())
    lines = ["| function, with the C code it calls | thread | µs per delivery | share |", "|---|---|---|---|"]
    for (thread, name), seconds in own.most_common(_ROWS):
        lines.append(f"| `{name}` | {thread} | {seconds / deliveries * 1e6:.2f} | {seconds / total:.0%} |")
    lines.append(f"| all | | {total / deliveries * 1e6:.2f} | 100% |")
    return lines


def connecting_tables(stacks: Stacks, connections: int) -> list[str]:
    """Returns Markdown: what a connection costs, by functions of ours with the library code they call, and by handlers.

    Not by library: a thread is seen where it lets others run, and that is mostly in the database's driver.
    """
    own: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for stack, seconds in stacks:
        ours = [name for entry in stack[1:] if (name := _function(entry)).startswith(OURS)]
        own[ours[-1] if ours else f"{_library(stack)}, called by none of ours"] += seconds
        for name in set(ours):
            within[name] += seconds
    total = sum(own.values())
    lines = ["| function of ours, with the library code it calls | ms per connection | share | so far |"]
    lines.append("|---|---|---|---|")
    named = 0.0
    for name, seconds in own.most_common():
        named += seconds
        lines.append(f"{_row(name, seconds, total, connections)} {named / total:.0%} |")
        if named >= _NAMED * total:
            break
    lines += [f"| all | {total / connections * 1e3:.2f} | 100% | |", ""]
    lines += ["| function, with everything that happens in it | ms per connection | share |", "|---|---|---|"]
    lines += [
        _row(name, seconds, total, connections)
        for name, seconds in within.most_common()
        if seconds >= _SMALLEST_HANDLER * total
    ]
    return lines


def asking_table(asked: Counts, connections: int) -> list[str]:
    """Returns Markdown: what each connection asks of the database, by who asks; what one in a hundred asks is left out.

    A call of a thread is listed by the function that was called, a statement by the innermost of ours around it.
    """
    kinds = ("transactions", "statements", "calls")
    total = Counter({name: sum(asked[kind].get(name, 0) for kind in kinds) for kind in kinds for name in asked[kind]})
    rows = [("all", [sum(asked[kind].values()) for kind in kinds])]
    rows += [(f"`{name}`", [asked[kind].get(name, 0) for kind in kinds]) for name, _ in total.most_common()]
    lines = ["| who asks | transactions per connection | statements | calls of threads |", "|---|---|---|---|"]
    for name, counts in rows:
        if max(counts) >= _RAREST * connections:
            lines.append(f"| {name} | {' | '.join(f'{count / connections:.2f}' for count in counts)} |")
    return lines


def _row(name: str, seconds: float, total: float, connections: int) -> str:
    return f"| `{name}` | {seconds / connections * 1e3:.2f} | {seconds / total:.1%} |"


def _function(entry: str) -> str:
    return entry.rpartition(":")[0]


def _library(stack: list[str]) -> str:
    return stack[-1].partition(".")[0] if len(stack) > 1 else "the interpreter"


def folded(stacks: Stacks) -> str:
    """Returns the stacks as flame graph tools read them: `outer;inner microseconds`."""
    return "".join(f"{';'.join(stack)} {round(seconds * 1e6)}\n" for stack, seconds in stacks)


def _delivering(case: Case, started: Running, load: Generator, path: Path) -> tuple[list[str], Stacks]:
    publishing = {
        "messages": case.deliveries // case.fan_out,
        "per_second": case.deliveries_per_second / case.fan_out,
        "publishers": case.publishers,
        "stored": case.stored,
        "fan_out": case.fan_out,
    }
    tokens = started.tokens if case.crowd is Crowd.PEOPLE else None
    load.order("connect", count=case.connections, rooms=case.rooms, tokens=tokens)
    load.order("publish", **publishing)
    begin(started)
    result = load.order("publish", **publishing)
    stacks, _ = end(started, path)
    return table(stacks, result["delivered"]), stacks


def _connecting(case: Case, started: Running, load: Generator, path: Path) -> tuple[list[str], Stacks]:
    tokens = started.tokens if case.crowd is Crowd.PEOPLE else None
    load.order("connect", count=WARMING, rooms=case.rooms, tokens=tokens)
    begin(started)
    count = case.connections - WARMING
    storm = {"tokens": tokens, "concurrency": STORM} if tokens else {}
    load.order("connect", count=count, rooms=case.rooms, **storm)
    stacks, asked = end(started, path)
    return [*connecting_tables(stacks, count), "", *asking_table(asked, count)], stacks


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("case", nargs="?", default="fan-out to 1,000", choices=[case.name for case in CASES])
    parser.add_argument("--server", default="", choices=("", *ALL_OF_OURS))
    parser.add_argument("--connecting", action="store_true", help="while they connect, not while they are sent events")
    parser.add_argument("--folded", type=Path, help="where to write the stacks")
    arguments = parser.parse_args()
    [case] = [case for case in CASES if case.name == arguments.case]
    look = _connecting if arguments.connecting or case.metric is Metric.CONNECTING else _delivering
    redis, redis_server = redis_url()
    database, database_server = postgres_url()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stacks.json"
            server = SERVERS[arguments.server or case.servers[0]]
            if server.readers:
                server = replace(server, command=serve_profiled)
            environment = {**environment_of(case), "BENCH_PROFILE": str(path)}
            with running(server, redis, database, environment) as started, generator(started) as load:
                lines, stacks = look(case, started, load, path)
    finally:
        for service in (redis_server, database_server):
            if service:
                service.stop()
    print("\n".join(lines))
    if arguments.folded:
        arguments.folded.write_text(folded(stacks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
