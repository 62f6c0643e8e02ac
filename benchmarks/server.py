"""`python -m benchmarks.server --port N`: the product's engine with a namespace to measure.

Connections of `/bench` receive the room `bench:1` from the start (`bench:move {room}` takes them to another).
`bench:publish {…}` relays an ephemeral event that is never conflated to the room, its sender included;
`bench:store {…}` a durable one. Everything else is as served: consumer, hub, contracts, presence, limits
(raised, so that it is the engine and not its limits that is measured).
"""

import argparse
import os
import sys
from pathlib import Path

from django.core.management import call_command

import benchmarks.namespace  # noqa: F401  # sets Django up, with everything declared
from benchmarks.sampling import Sampler
from realtime.servers.processes import Processes, end_with_parent
from realtime.servers.serving import listen, serve_here

_GRACE_S = 5.0


def main() -> None:
    """Serves until a signal ends it; the database is the one of `DATABASE_URL`, else a file under `VAR_DIR`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--ready-fd", type=int, help="of one of several processes, see `Processes`")
    arguments = parser.parse_args()
    if arguments.processes > 1:
        call_command("migrate", verbosity=0)
        command = [sys.executable, "-m", "benchmarks.server", "--port", str(arguments.port)]
        sys.exit(Processes(command, arguments.processes, grace_seconds=_GRACE_S, started=lambda: None).run())
    if path := os.environ.get("BENCH_PROFILE"):
        Sampler(Path(path)).install()
    child = arguments.ready_fd is not None
    if child:
        end_with_parent()
    else:
        call_command("migrate", verbosity=0)

    def started() -> None:
        if child:
            os.write(arguments.ready_fd, b"1")
            os.close(arguments.ready_fd)
        else:
            print("ready", flush=True)

    with listen("127.0.0.1", arguments.port, shared=child) as bound:
        serve_here("benchmarks.namespace:application", bound, access_log=False, started=started)


if __name__ == "__main__":
    main()
