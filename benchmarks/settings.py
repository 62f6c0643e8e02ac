"""The project's settings, with the engine's limits raised out of the way of measurements."""

from livrya.settings import *  # noqa: F403
from livrya.settings import REALTIME as _REALTIME

DEBUG = False  # as served: Django's debug cursors keep every statement
_UNREACHED = 1_000_000

REALTIME = _REALTIME | dict.fromkeys(
    (
        "CONNECTION_POINTS_PER_SECOND",
        "CONNECTION_POINTS_BURST",
        "USER_POINTS_PER_SECOND",
        "USER_POINTS_BURST",
        "ANONYMOUS_POINTS_PER_SECOND_AND_ADDRESS",
        "ANONYMOUS_POINTS_BURST_PER_ADDRESS",
        "CONNECTIONS_PER_USER",
        "CONNECTIONS_PER_ADDRESS",
        "INBOX_LIMIT",
    ),
    _UNREACHED,
)
