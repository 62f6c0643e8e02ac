"""Trifles: what a client may send without points, now and then, and not by the thousand.

Control frames, fragments, empty packets: each costs the server what a command costs to read, and no command limit
sees them.
"""

TRIFLES_PER_SECOND = 20
# A message of the largest size in fragments of 1 KiB is 64; the busiest libraries ping once a second.
TRIFLES_AT_ONCE = 200

_EACH_SECONDS = 1 / TRIFLES_PER_SECOND
_AT_ONCE_SECONDS = (TRIFLES_AT_ONCE + 0.5) / TRIFLES_PER_SECOND  # half of one for what adding up loses


def one_more(used_until: float, now: float) -> float | None:
    """Counts one trifle; returns what to pass the next time (0.0 the first), None when it is one too many.

    One number instead of a bucket: there is one for every connection.
    """
    used_until = max(used_until, now) + _EACH_SECONDS
    return used_until if used_until <= now + _AT_ONCE_SECONDS else None
