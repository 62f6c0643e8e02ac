"""What one client typed into a text, in the order in which it stands there.

An editor that finds out what was typed by comparing texts cannot tell which of two equal letters is the new one. So
what was typed at one place is often in pieces, with a letter between them that was there before.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from realtime.documents.letters import Stretch
from realtime.documents.updates import Id


class Run(NamedTuple):
    """Letters of one client that were written behind each other, the first of them behind `origin`."""

    stretch: Stretch
    origin: Id | None


class Thread(NamedTuple):
    """Pieces of runs that follow on each other in the text, the first of them behind `origin`."""

    origin: Id | None
    pieces: list[Stretch]


def woven(runs: Sequence[Run]) -> list[Thread]:
    """Returns the runs of one client, sorted, as they follow on each other, by what was there before them.

    Each letter stands behind its origin, and of those with the same the one that was written last comes first: so Yjs
    puts them. Takes n log n steps, however they lie.
    """
    starts = [run.stretch.start for run in runs]

    def holder(origin: Id | None) -> int | None:
        at = bisect_right(starts, origin[1]) - 1 if origin and origin[0] == runs[0].stretch.client else -1
        return at if at >= 0 and origin and origin[1] < runs[at].stretch.end else None

    threads: dict[Id | None, list[int]] = {}
    inside: dict[int, list[int]] = {}
    for at, run in enumerate(runs):
        held = holder(run.origin)
        if held is None:
            threads.setdefault(run.origin, []).append(at)
        else:
            inside.setdefault(held, []).append(at)
    return [Thread(origin, list(_pieces(runs, roots, inside))) for origin, roots in threads.items()]


def _pieces(runs: Sequence[Run], roots: Sequence[int], inside: dict[int, list[int]]) -> Iterator[Stretch]:
    """Yields what follows on each other: runs, divided where others lie in them."""
    # Which run, from which clock on, and which of those in it are due.
    waiting = [(at, runs[at].stretch.start, 0) for at in roots]
    for within in inside.values():
        within.sort(key=lambda at: (_behind(runs[at]), at))
    while waiting:
        at, start, due = waiting.pop()
        client, _, end = runs[at].stretch
        within = inside.get(at, [])
        if due < len(within):
            behind = _behind(runs[within[due]])
            first = due
            while due < len(within) and _behind(runs[within[due]]) == behind:
                due += 1
            waiting.append((at, behind, due))
            waiting += ((each, runs[each].stretch.start, 0) for each in within[first:due])
            end = behind
        if start < end:
            yield Stretch(client, start, end)


def _behind(run: Run) -> int:
    assert run.origin is not None
    return run.origin[1] + 1
