"""The project's settings, with the engine's limits raised out of the way of measurements."""

import os

from livrya.settings import *  # noqa: F403
from livrya.settings import REALTIME as _REALTIME
from livrya.settings import REDIS_URL as _REDIS_URL

if os.environ.get("LAYER") == "channels_redis":  # what our own layer is compared with
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [_REDIS_URL]}}
    }

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
