"""Who is notified, when it is many: the apps above register how their people are found, in slices."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

Audience: TypeAlias = Callable[[int, int, int], Sequence[int]]
"""`(key, after, limit)` returns up to `limit` ids of people above `after`, ascending; `key` says of what (a book's id).

Called in a job, once for each slice, so it sees who belongs at that moment.
"""

_AUDIENCES: dict[str, Audience] = {}


def register(name: str, audience: Audience) -> None:
    """Makes an audience known under a name that job rows keep; a repeated name is a mistake."""
    if name in _AUDIENCES:
        raise TypeError(f"The audience {name} is registered twice.")
    _AUDIENCES[name] = audience


def people(name: str, key: int, *, after: int, limit: int) -> Sequence[int]:
    """Returns the next slice of an audience. Raises KeyError for a name that nobody registered."""
    return _AUDIENCES[name](key, after, limit)


def is_registered(name: str) -> bool:
    """Tells whether somebody registered that audience."""
    return name in _AUDIENCES
