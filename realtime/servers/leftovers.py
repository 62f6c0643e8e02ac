"""Memory that a storm of connections leaves behind, given back to the system."""

import ctypes
from collections.abc import Callable

_STORM = 200
"""So many connections leave enough: what was needed to open them and is free now, 1 to 4 KB each."""
_CALM = 10
"""In a second with no more of them the storm is over; before, the next ones use what is free."""

_trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library alone


def give_back() -> None:
    """Gives the system what is free in this process's heaps; a few ms, without the GIL. For any thread.

    By itself the library does so only with what is free at a heap's end.
    """
    if _trim is not None:
        _trim(0)


class Storms:
    """Says when one is over; to be asked once a second."""

    def __init__(self) -> None:
        self._before = 0
        self._settled = 0

    def over(self, opened: int) -> bool:
        """Returns True once behind each storm; `opened`: how many connections were opened so far."""
        calm, self._before = opened - self._before <= _CALM, opened
        if not calm or opened - self._settled < _STORM:
            return False
        self._settled = opened
        return True
