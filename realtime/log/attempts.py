"""Work that may be run again, as when the transaction that it shared with its neighbours failed."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_done: ContextVar[set[str] | None] = ContextVar("done", default=None)


def one_work(function: Callable[[], T]) -> Callable[[], T]:
    """Returns `function` for calling it more than once for one piece of work: its attempts know of each other."""
    done: set[str] = set()

    def run() -> T:
        before = _done.set(done)
        try:
            return function()
        finally:
            _done.reset(before)

    return run


def done_before(step: str) -> bool:
    """Tells whether an earlier attempt at the work that is being done has noted this step; False outside of any."""
    done = _done.get()
    return done is not None and step in done


def note_done(step: str) -> None:
    """Notes a step whose effect outlives a rollback, so that further attempts leave it out."""
    done = _done.get()
    if done is not None:
        done.add(step)
