"""What peers may make one turn of the loop do: little, all of them in sum, and each in turn."""

import asyncio
import logging
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Protocol

logger = logging.getLogger(__name__)

# Per process, not per peer: with a bound for each alone, ten of them still held the loop for half a second.
TURN_SECONDS = 0.002
# What is parsed in a turn is answered in the next ones, at about the same price again, and nobody measures that: so
# many messages, or half KiB of them, are about a millisecond of it. With 64, a bystander's polled ping waited 54 ms
# beside ten who connect to a thousand namespaces each; with 16, 26 (`benchmarks.hostile`).
TURN_POINTS = 16
_BYTES_PER_POINT = 512


class Work(Protocol):
    """Something that a peer has sent more of than fits into a turn."""

    def step(self) -> bool:
        """Does the smallest part that makes sense; returns whether there is more to do by now."""


class Turns:
    """Gives everybody's work a part of each turn, round robin. Belongs to its loop.

    Work that has said that there is no more may be added again; what was added once is not to be added twice.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = time.perf_counter) -> None:
        self._loop: weakref.ref[asyncio.AbstractEventLoop] = weakref.ref(loop)
        self._clock = clock
        self._work: deque[Work] = deque()
        self._scheduled = False
        self._points = 0

    def add(self, work: Work) -> None:
        """Lets it begin in the next turn, behind everybody who waits already."""
        self._work.append(work)
        self._schedule()

    def spend(self, size: int) -> None:
        """Counts bytes that this step hands on; the step itself is counted without."""
        self._points += size // _BYTES_PER_POINT

    def _schedule(self) -> None:
        loop = self._loop()
        if not self._scheduled and loop is not None:
            self._scheduled = True
            loop.call_soon(self._pass)

    def _pass(self) -> None:
        self._scheduled = False
        self._points = 0
        end = self._clock() + TURN_SECONDS
        while self._work and self._points < TURN_POINTS and self._clock() < end:
            work = self._work.popleft()
            self._points += 1
            try:
                if work.step():
                    self._work.append(work)
            except Exception:
                logger.exception("What a peer sent raised; the others go on.")
        if self._work:
            self._schedule()


_TURNS: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Turns]" = weakref.WeakKeyDictionary()


def turns_of(loop: asyncio.AbstractEventLoop) -> Turns:
    """Returns the loop's one budget."""
    turns = _TURNS.get(loop)
    if turns is None:
        turns = _TURNS[loop] = Turns(loop)
    return turns
