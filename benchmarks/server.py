"""`python -m benchmarks.server --port N`: the product's engine with a namespace to measure.

Connections of `/bench` hear the room `bench:1` from the start (`bench:move {room}` takes them to another).
`bench:publish {…}` relays an ephemeral event that is never conflated to the room, its sender included;
`bench:store {…}` a durable one. Everything else is as served: consumer, hub, contracts, presence, limits
(raised, so that it is the engine and not its limits that is measured).
"""

import argparse
import os
from pathlib import Path

from django.core.management import call_command

import benchmarks.namespace  # noqa: F401  # sets Django up, with everything declared
from benchmarks.sampling import Sampler
from realtime.servers.serving import listen, serve_here


def main() -> None:
    """Serves until a signal ends it; the database is the one of `DATABASE_URL`, else a file under `VAR_DIR`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    if path := os.environ.get("BENCH_PROFILE"):
        Sampler(Path(path)).install()
    call_command("migrate", verbosity=0)
    with listen("127.0.0.1", arguments.port, shared=False) as bound:
        serve_here(
            "benchmarks.namespace:application", bound, access_log=False, started=lambda: print("ready", flush=True)
        )


if __name__ == "__main__":
    main()
