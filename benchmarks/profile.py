"""`python -m benchmarks.profile [--stored] [--door SOCKET_IO] [--members N]`: what a delivery costs, line by line.

Starts our server with Redis, fans out to a room, and prints the functions by the CPU time spent in them and in the C
code that they call.
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

from benchmarks.measuring import generator
from benchmarks.servers import SERVERS, Running, running
from tests.services import postgres_url, redis_url

_DEADLINE_S = 30
_ROWS = 22

Stacks = list[tuple[list[str], float]]


def take(server: Running, path: Path, start: bool) -> Stacks:
    """Begins or ends sampling; returns what was sampled at the end."""
    os.kill(server.process.pid, signal.SIGUSR1 if start else signal.SIGUSR2)
    deadline = time.monotonic() + _DEADLINE_S
    while not start and not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return [] if start else [(stack, seconds) for stack, seconds in json.loads(path.read_text())]


def table(stacks: Stacks, deliveries: int) -> list[str]:
    """Returns Markdown: per function its own time, as µs per delivery and as a share, per kind of thread."""
    own: Counter[tuple[str, str]] = Counter()
    for stack, seconds in stacks:
        own[stack[0], stack[-1].rpartition(":")[0]] += seconds
    total = sum(own.values())
    lines = ["| function (with the C code it calls) | thread | µs per delivery | share |", "|---|---|---|---|"]
    for (thread, name), seconds in own.most_common(_ROWS):
        lines.append(f"| `{name}` | {thread} | {seconds / deliveries * 1e6:.2f} | {seconds / total:.0%} |")
    lines.append(f"| all | | {total / deliveries * 1e6:.2f} | 100% |")
    return lines


def folded(stacks: Stacks) -> str:
    """Returns the stacks as flame graph tools read them: `outer;inner microseconds`."""
    return "".join(f"{';'.join(stack)} {round(seconds * 1e6)}\n" for stack, seconds in stacks)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--stored", action="store_true", help="durable events instead of ephemeral ones")
    parser.add_argument("--door", default="JSON_DOOR", choices=("JSON_DOOR", "SOCKET_IO"))
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--per-second", type=float, default=50.0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--folded", type=Path, help="where to write the stacks for a flame graph")
    arguments = parser.parse_args()
    redis, redis_server = redis_url()
    database, database_server = postgres_url() if arguments.postgres else ("", None)
    name = "livrya, JSON door" if arguments.door == "JSON_DOOR" else "livrya, Socket.IO door"
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stacks.json"
            server = replace(SERVERS[name], environment={"BENCH_PROFILE": str(path)}, database=bool(arguments.postgres))
            with running(server, redis, database) as started, generator(started) as load:
                load.order("connect", count=arguments.members)
                load.order("publish", messages=50, per_second=arguments.per_second, stored=arguments.stored)
                take(started, path, start=True)
                result = load.order(
                    "publish",
                    messages=arguments.messages,
                    per_second=arguments.per_second,
                    stored=arguments.stored,
                )
                stacks = take(started, path, start=False)
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
