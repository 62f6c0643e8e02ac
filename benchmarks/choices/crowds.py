"""CPU of a delivery to a thousand people with names, sent past their transports and written by them, in turns."""

import os
import signal
import sys
import time
from statistics import median

from benchmarks.choices.tables import table
from benchmarks.measuring import generator
from benchmarks.servers import Server, running
from tests.services import redis_url

PEOPLE = 1_000
MESSAGES = 25
PER_SECOND = 50.0
ROUNDS = 10
DOORS = {"JSON": "JSON_DOOR", "Socket.IO": "SOCKET_IO"}
WAYS = {"past the transports (chosen)": signal.SIGUSR2, "by the transports": signal.SIGUSR1}
_SETTLING_S = 0.2


def _server(door: str) -> Server:
    return Server(
        f"a crowd with names, {door} door",
        DOORS[door],
        lambda port: [sys.executable, "-m", "benchmarks.choices.crowd_server", "--port", str(port)],
        redis=True,
    )


def measure() -> list[str]:
    """Returns medians over the rounds; every round has both ways, in turns the one or the other first."""
    redis, redis_server = redis_url()
    rows: list[tuple[object, ...]] = []
    try:
        for door in DOORS:
            with running(_server(door), redis, "") as server, generator(server) as load:
                load.order("connect", count=PEOPLE, signed_in=True)
                for stored in (False, True):
                    taken: dict[str, list[float]] = {way: [] for way in WAYS}
                    for number in range(-1, ROUNDS):  # the first warms up
                        order = list(WAYS)[:: -1 if number % 2 else 1]
                        for way in order:
                            os.kill(server.process.pid, WAYS[way])
                            time.sleep(_SETTLING_S)
                            before = server.cpu_us()
                            result = load.order("publish", messages=MESSAGES, per_second=PER_SECOND, stored=stored)
                            assert result["delivered"] == result["expected"], result
                            if number >= 0:
                                taken[way].append((server.cpu_us() - before) / result["delivered"])
                    chosen, other = (median(taken[way]) for way in WAYS)
                    ratios = [mine / theirs for mine, theirs in zip(*taken.values(), strict=True)]
                    kind = "durable" if stored else "in passing"
                    rows.append(
                        (f"{door}, {kind}", chosen, other, median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}")
                    )
    finally:
        if redis_server:
            redis_server.stop()
    columns = ("CPU µs per delivery to 1,000", *WAYS, "ratio, median of rounds", "rounds")
    return table(columns, rows)
