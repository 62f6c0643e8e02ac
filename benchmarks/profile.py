"""`python -m benchmarks.profile [case] [--server NAME]`: where our server's CPU time goes in a case, by function.

Each row is the time in a function itself and in the C code that it calls, the kernel's included. `--folded FILE`
writes whole stacks for a flame graph tool.
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

from benchmarks.cases import CASES, OURS, OURS_STORING
from benchmarks.measuring import generator
from benchmarks.servers import SERVERS, Running, running
from tests.services import postgres_url, redis_url

_DEADLINE_S = 30
_ROWS = 14

Stacks = list[tuple[list[str], float]]


def begin(server: Running) -> None:
    os.kill(server.process.pid, signal.SIGUSR1)


def end(server: Running, path: Path) -> Stacks:
    """Returns what was sampled since `begin`: stacks, outermost first, and their CPU seconds."""
    os.kill(server.process.pid, signal.SIGUSR2)
    deadline = time.monotonic() + _DEADLINE_S
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return [(stack, seconds) for stack, seconds in json.loads(path.read_text())]


def table(stacks: Stacks, deliveries: int) -> list[str]:
    """Returns Markdown: per function its own time, as µs per delivery and as a share, per kind of thread."""
    own: Counter[tuple[str, str]] = Counter()
    for stack, seconds in stacks:
        own[stack[0], stack[-1].rpartition(":")[0]] += seconds
    total = sum(own.values())
    lines = ["| function, with the C code it calls | thread | µs per delivery | share |", "|---|---|---|---|"]
    for (thread, name), seconds in own.most_common(_ROWS):
        lines.append(f"| `{name}` | {thread} | {seconds / deliveries * 1e6:.2f} | {seconds / total:.0%} |")
    lines.append(f"| all | | {total / deliveries * 1e6:.2f} | 100% |")
    return lines


def folded(stacks: Stacks) -> str:
    """Returns the stacks as flame graph tools read them: `outer;inner microseconds`."""
    return "".join(f"{';'.join(stack)} {round(seconds * 1e6)}\n" for stack, seconds in stacks)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("case", nargs="?", default="fan-out to 1,000", choices=[case.name for case in CASES])
    parser.add_argument("--server", default="", choices=("", *OURS, *OURS_STORING))
    parser.add_argument("--folded", type=Path, help="where to write the stacks")
    arguments = parser.parse_args()
    [case] = [case for case in CASES if case.name == arguments.case]
    redis, redis_server = redis_url()
    database, database_server = postgres_url()
    publishing = {
        "messages": case.deliveries // case.fan_out,
        "per_second": case.deliveries_per_second / case.fan_out,
        "publishers": case.publishers,
        "stored": case.stored,
        "fan_out": case.fan_out,
    }
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stacks.json"
            server = replace(SERVERS[arguments.server or case.servers[0]], environment={"BENCH_PROFILE": str(path)})
            with running(server, redis, database) as started, generator(started) as load:
                load.order("connect", count=case.connections, rooms=case.rooms)
                load.order("publish", **publishing)
                begin(started)
                result = load.order("publish", **publishing)
                stacks = end(started, path)
    finally:
        for service in (redis_server, database_server):
            if service:
                service.stop()
    print("\n".join(table(stacks, result["delivered"])))
    if arguments.folded:
        arguments.folded.write_text(folded(stacks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
