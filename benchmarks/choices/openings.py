"""CPU of a WebSocket's connect, its handshake read once or again by the library's parser, in turns."""

from functools import partial

from benchmarks.choices.switching import CHOSEN, OTHER, at_each_door, columns, in_turns
from benchmarks.choices.tables import table
from benchmarks.measuring import Generator

COMING = 200
WAYS = {"read once (chosen)": CHOSEN, "read again by the parser": OTHER}


def measure() -> list[str]:
    """Returns medians over the rounds."""
    rows = [
        (door, *in_turns(server, WAYS, partial(_come, load)))
        for door, server, load in at_each_door("benchmarks.choices.opening_server")
    ]
    return table(columns("CPU µs of an anonymous connect", WAYS), rows)


def _come(load: Generator) -> int:
    load.order("connect", count=COMING)
    return COMING
