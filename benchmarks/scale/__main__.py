"""`python -m benchmarks.scale`: 100,000 connections of one machine, people in large groups, a process that is killed.

First nobody is signed in: all follow a chapter at the JSON door, over eight processes. Then people are: at the
Socket.IO door, over four, each in ten groups and some in a large one as well. Everything is on loopback, from
127.0.0.2 on; it ends by itself after a quarter of an hour, with what there is by then.
"""

import argparse
import platform
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from benchmarks.scale import phases
from benchmarks.scale.herd import herd
from benchmarks.scale.servers import Land, land, site

_CHAPTER = "chapter:1"
_SPEAKERS = 40


class TooLong(Exception):
    """The time that was given is over."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument(
        "--connections", type=int, default=100_000, help="nobody signed in (default: %(default)s; 0: none)"
    )
    parser.add_argument("--processes", type=int, default=8, help="that serve them (default: %(default)s)")
    parser.add_argument("--events", type=int, default=20, help="to all of them (default: %(default)s)")
    parser.add_argument("--people", type=int, default=20_000, help="signed in (default: %(default)s; 0: none)")
    parser.add_argument("--people-processes", type=int, default=4, help="that serve those (default: %(default)s)")
    parser.add_argument("--groups", type=int, nargs="*", default=[1_000, 10_000], help="sizes (default: %(default)s)")
    parser.add_argument("--messages", type=int, default=20, help="to each group (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=15.0, help="at most (default: %(default)s)")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _end)
    signal.setitimer(signal.ITIMER_REAL, given.minutes * 60)
    phases.say(f"{_machine()}\n\n| what | figures |\n|---|---|")
    sizes = [size for size in given.groups if size <= given.people]
    try:
        with land(max(given.people, _SPEAKERS), sizes) as place:
            if given.connections:
                _strangers(given, place)
            if given.people:
                _people(given, place, sizes)
    except TooLong:
        phases.say(f"| the rest | not measured: {given.minutes:g} minutes are over |")
        return 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return 0


def _strangers(given: argparse.Namespace, place: Land) -> None:
    what = f"{given.connections:,} without a name, JSON, {given.processes} processes:"
    with site(place, given.processes) as here, herd(here.running.port, "json", given.connections) as crowd:
        phases.come(here, crowd, what, room=_CHAPTER)
        phases.hear(here, crowd, _CHAPTER, given.events)
        phases.lose_one(here, crowd, "without a name", _CHAPTER)


def _people(given: argparse.Namespace, place: Land, sizes: list[int]) -> None:
    what = f"{given.people:,} people, Socket.IO, {given.people_processes} processes:"
    with site(place, given.people_processes) as here, herd(here.running.port, "socket.io", given.people) as crowd:
        phases.come(here, crowd, what, tokens=str(place.tokens))
        for group, size in zip(place.groups, sizes, strict=True):
            phases.press_to_receive(crowd, group, size, given.messages)
        phases.lose_one(here, crowd, "people")


def _machine() -> str:
    described = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in described if line.startswith("model name")]
    return f"{len(models)} × {models[0] if models else platform.machine()}, Python {platform.python_version()}"


def _end(number: int, frame: FrameType | None) -> None:
    raise TooLong


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
