"""Which of the versions that a draft has kept by itself go: the older, the fewer. Pure.

Of the last day all stay, of the week one an hour, of what is older one a day: each time the last one. As there may be
more of a day than a person writes, and each may be as long as a chapter, numbers and characters have a bound, too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

_ALL = timedelta(days=1)
_HOURLY = timedelta(days=7)
_MOST_OF_A_DAY = 200
"""One every ten minutes are 144; what is published or restored comes beside them."""
_MOST = 1_000
"""Of a chapter: two years of days on which somebody wrote, beside the day and the week."""
_MOST_CHARACTERS = 50_000_000
"""Of a chapter: 100 versions of the longest text, all there can be of a usual one."""


class Kept(NamedTuple):
    """A version: its key, when it was kept, and how many characters it has."""

    id: int
    created_at: datetime
    size: int


def superfluous(kept: Sequence[Kept], now: datetime) -> list[int]:
    """Returns the keys of the versions that go. The newest of all stays whatever its size."""
    gone: list[int] = []
    taken: set[tuple[int, ...]] = set()
    of_the_day = stayed = characters = 0
    for one in sorted(kept, key=lambda one: (one.created_at, one.id), reverse=True):
        span = _span(one.created_at, now)
        of_the_day += span is None
        if (
            (span in taken if span else of_the_day > _MOST_OF_A_DAY)
            or stayed >= _MOST
            or (stayed and characters + one.size > _MOST_CHARACTERS)
        ):
            gone.append(one.id)
            continue
        if span:
            taken.add(span)
        stayed, characters = stayed + 1, characters + one.size
    return gone


def _span(moment: datetime, now: datetime) -> tuple[int, ...] | None:
    """Returns the hour or the day of which one stays, None where all do."""
    age = now - moment
    if age < _ALL:
        return None
    day = moment.toordinal()
    return (day, moment.hour) if age < _HOURLY else (day,)
