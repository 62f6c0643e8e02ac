"""The benchmarks' settings, and people who are signed in by a number."""

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import REALTIME as _REALTIME

REALTIME = _REALTIME | {"AUTHENTICATOR": "benchmarks.choices.crowd_server.Numbered"}
