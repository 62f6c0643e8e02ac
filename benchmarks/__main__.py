"""`python -m benchmarks [case …] [--rounds N]`: measures, prints and writes the table of ratios.

`QUICK=1` takes one round of shorter cases. The rounds are interleaved, server by server, so that a machine that
grows slower does so for everybody.
"""

import argparse
import os
import sys

from benchmarks.cases import CASES, shortened
from benchmarks.measuring import Measurement, take
from benchmarks.report import markdown, write
from benchmarks.servers import install_peers
from tests.services import postgres_url, redis_url


def main() -> int:
    quick = bool(os.environ.get("QUICK"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", help="names of cases, all by default")
    parser.add_argument("--rounds", type=int, default=1 if quick else 3)
    parser.add_argument("--servers", nargs="*", help="names of servers, all of the case by default")
    arguments = parser.parse_args()
    chosen = [
        case for case in CASES if case.name in arguments.cases or (not arguments.cases and (case.quick or not quick))
    ]
    if not chosen:
        parser.error(f"the cases are: {', '.join(case.name for case in CASES)}")
    install_peers()
    redis, redis_server = redis_url()
    database, database_server = postgres_url()
    measurements: list[Measurement] = []
    try:
        for round_number in range(1, arguments.rounds + 1):
            for case in (shortened(case) for case in chosen) if quick else chosen:
                for name in case.servers_in(round_number):
                    if arguments.servers and name not in arguments.servers:
                        continue
                    taken = take(case, name, redis, database)
                    measurements.append(taken)
                    figure = taken.figure(case.metric)
                    print(
                        f"{round_number}/{arguments.rounds} {case.name}: {name}: "
                        f"{figure and round(figure, 2)} {case.metric.value} {taken.invalid}",
                        flush=True,
                    )
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
