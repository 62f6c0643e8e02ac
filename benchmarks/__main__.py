"""`python -m benchmarks [case …] [--rounds N]`: measures, prints and writes the table of ratios.

`QUICK=1` takes one round of the fan-out cases. The rounds are interleaved, server by server, so that a machine
that grows slower does so for everybody.
"""

import argparse
import os
import sys

from benchmarks.cases import CASES, SLOW, SLOW_DELIVERIES, SLOW_DELIVERIES_PER_SECOND, Case
from benchmarks.measuring import Measurement, generator, measure
from benchmarks.report import markdown, write
from benchmarks.servers import SERVERS, install_peers, running
from tests.services import postgres_url, redis_url


def take(case: Case, name: str, redis: str, database: str) -> Measurement:
    """Starts the server and its load, measures one case once, and ends both."""
    slow = name in SLOW
    deliveries = min(case.deliveries, SLOW_DELIVERIES) if slow else case.deliveries
    pace = SLOW_DELIVERIES_PER_SECOND if slow else case.deliveries_per_second
    with running(SERVERS[name], redis, database) as server, generator(server) as load:
        load.order("connect", count=case.connections, rooms=case.rooms)
        return measure(
            server,
            load,
            case.name,
            messages=max(1, deliveries // case.fan_out),
            per_second=min(case.deliveries_per_second, pace) / case.fan_out,
            publishers=case.publishers,
            stored=case.stored,
            fan_out=case.fan_out,
        )


def main() -> int:
    quick = bool(os.environ.get("QUICK"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", help="names of cases, all by default")
    parser.add_argument("--rounds", type=int, default=1 if quick else 5)
    parser.add_argument("--servers", nargs="*", help="names of servers, all of the case by default")
    arguments = parser.parse_args()
    chosen = [case for case in CASES if not arguments.cases or case.name in arguments.cases]
    if not chosen:
        parser.error(f"the cases are: {', '.join(case.name for case in CASES)}")
    install_peers()
    redis, redis_server = redis_url()
    database, database_server = postgres_url()
    measurements: list[Measurement] = []
    try:
        for round_number in range(1, arguments.rounds + 1):
            for case in chosen:
                for name in case.servers:
                    if arguments.servers and name not in arguments.servers:
                        continue
                    taken = take(case, name, redis, database)
                    measurements.append(taken)
                    cost = f"{taken.cost_us:.2f} µs" if taken.cost_us else "nothing delivered"
                    print(f"{round_number}/{arguments.rounds} {case.name}: {name}: {cost} {taken.invalid}", flush=True)
    finally:
        if redis_server:
            redis_server.stop()
        if database_server:
            database_server.stop()
    print(markdown(measurements, arguments.rounds))
    print(f"written to {write(measurements, arguments.rounds)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
