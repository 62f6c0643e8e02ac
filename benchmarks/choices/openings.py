"""CPU of a WebSocket's connect, its handshake read once or again by the library's parser, in turns."""

import os
import signal
import sys
import time
from statistics import median

from benchmarks.choices.tables import table
from benchmarks.measuring import generator
from benchmarks.servers import Server, running
from tests.services import redis_url

COMING = 200
ROUNDS = 10
DOORS = {"JSON": "JSON_DOOR", "Socket.IO": "SOCKET_IO"}
WAYS = {"read once (chosen)": signal.SIGUSR2, "read again by the parser": signal.SIGUSR1}
_SETTLING_S = 0.2


def _server(door: str) -> Server:
    return Server(
        f"connecting, {door} door",
        DOORS[door],
        lambda port: [sys.executable, "-m", "benchmarks.choices.opening_server", "--port", str(port)],
        redis=True,
    )


def measure() -> list[str]:
    """Returns medians over the rounds; every round has both ways, in turns the one or the other first."""
    redis, redis_server = redis_url()
    rows: list[tuple[object, ...]] = []
    try:
        for door in DOORS:
            with running(_server(door), redis, "") as server, generator(server) as load:
                taken: dict[str, list[float]] = {way: [] for way in WAYS}
                for number in range(-1, ROUNDS):  # the first warms up
                    for way in list(WAYS)[:: -1 if number % 2 else 1]:
                        os.kill(server.process.pid, WAYS[way])
                        time.sleep(_SETTLING_S)
                        before = server.cpu_us()
                        load.order("connect", count=COMING)
                        if number >= 0:
                            taken[way].append((server.cpu_us() - before) / COMING)
                ratios = [mine / theirs for mine, theirs in zip(*taken.values(), strict=True)]
                medians = (median(taken[way]) for way in WAYS)
                rows.append((door, *medians, median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"))
    finally:
        if redis_server:
            redis_server.stop()
    columns = ("CPU µs of an anonymous connect", *WAYS, "ratio, median of rounds", "rounds")
    return table(columns, rows)
