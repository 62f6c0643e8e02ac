"""The product's settings plus the halls, for server processes of the engine's tests."""

import json
import os

from livrya.settings import *  # noqa: F403
from livrya.settings import INSTALLED_APPS, REALTIME

INSTALLED_APPS = [*INSTALLED_APPS, "tests.realtime.app"]
REALTIME = (
    REALTIME
    | {
        "AUTHENTICATOR": "tests.realtime.app.authenticator.HallAuthenticator",
        "PROCESS_LEASE_SECONDS": float(os.environ.get("HALLS_LEASE_SECONDS", "15")),
    }
    | json.loads(os.environ.get("HALLS_REALTIME", "{}"))
)
