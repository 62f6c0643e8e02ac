"""CPU of a delivery to a thousand people with names, sent past their transports and written by them, in turns."""

from functools import partial

from benchmarks.choices.switching import CHOSEN, OTHER, at_each_door, columns, in_turns
from benchmarks.choices.tables import table
from benchmarks.measuring import Generator

PEOPLE = 1_000
MESSAGES = 25
PER_SECOND = 50.0
WAYS = {"past the transports (chosen)": CHOSEN, "by the transports": OTHER}


def measure() -> list[str]:
    """Returns medians over the rounds."""
    rows: list[tuple[object, ...]] = []
    for door, server, load in at_each_door("benchmarks.choices.crowd_server"):
        load.order("connect", count=PEOPLE, signed_in=True)
        for kind, stored in (("in passing", False), ("durable", True)):
            rows.append((f"{door}, {kind}", *in_turns(server, WAYS, partial(_publish, load, stored))))
    return table(columns("CPU µs per delivery to 1,000", WAYS), rows)


def _publish(load: Generator, stored: bool) -> int:
    result = load.order("publish", messages=MESSAGES, per_second=PER_SECOND, stored=stored)
    assert result["delivered"] == result["expected"], result
    return int(result["delivered"])
