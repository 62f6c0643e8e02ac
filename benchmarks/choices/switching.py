"""A server that does something in two ways, and is told by signals which: both measured in turns."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

from benchmarks.measuring import Generator, generator
from benchmarks.servers import Running, Server, running
from tests.services import redis_url

CHOSEN, OTHER = signal.SIGUSR2, signal.SIGUSR1
ROUNDS = 10
_DOORS = {"JSON": "JSON_DOOR", "Socket.IO": "SOCKET_IO"}
_SETTLING_S = 0.2

Ways = Mapping[str, signal.Signals]


@contextmanager
def _serving(module: str, door: str, redis: str) -> Iterator[tuple[Running, Generator]]:
    def command(port: int) -> list[str]:
        return [sys.executable, "-m", module, "--port", str(port)]

    with (
        running(Server(f"{module}, {door} door", _DOORS[door], command, redis=True), redis, "") as server,
        generator(server) as load,
    ):
        yield server, load


def at_each_door(module: str) -> Iterator[tuple[str, Running, Generator]]:
    """Yields each door's name with a server, which `module` is when it is run, and what loads it."""
    redis, redis_server = redis_url()
    try:
        for door in _DOORS:
            with _serving(module, door, redis) as (server, load):
                yield door, server, load
    finally:
        if redis_server:
            redis_server.stop()


def in_turns(server: Running, ways: Ways, act: Callable[[], int]) -> tuple[object, ...]:
    """Returns the rest of a row: medians of each way's CPU µs, and the ratio's, with the rounds it is of.

    `act` returns how many there were to share the cost. Every round has both ways, in turns the one or the other first.
    """
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(-1, ROUNDS):  # the first warms up
        for way in list(ways)[:: -1 if number % 2 else 1]:
            os.kill(server.process.pid, ways[way])
            time.sleep(_SETTLING_S)
            before = server.cpu_us()
            count = act()
            if number >= 0:
                taken[way].append((server.cpu_us() - before) / count)
    ratios = [mine / theirs for mine, theirs in zip(*taken.values(), strict=True)]
    return *map(median, taken.values()), median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"


def columns(what: str, ways: Ways) -> tuple[str, ...]:
    """Returns the heads of a table whose rows end as `in_turns` says."""
    return what, *ways, "ratio, median of rounds", "rounds"
