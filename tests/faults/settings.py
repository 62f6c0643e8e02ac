"""The halls without limits on how often one may ask, and what `tests.faults.ablations` takes out of the engine."""

from tests.realtime.settings import *  # noqa: F403
from tests.realtime.settings import INSTALLED_APPS, REALTIME

_UNREACHED = 1_000_000

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.ablations.Ablations"]
REALTIME = REALTIME | dict.fromkeys(
    (
        "CONNECTION_POINTS_PER_SECOND",
        "CONNECTION_POINTS_BURST",
        "USER_POINTS_PER_SECOND",
        "USER_POINTS_BURST",
        "ANONYMOUS_POINTS_PER_SECOND_AND_ADDRESS",
        "ANONYMOUS_POINTS_BURST_PER_ADDRESS",
        "CONNECTIONS_PER_USER",
        "CONNECTIONS_PER_ADDRESS",
    ),
    _UNREACHED,
)
