"""Databases and channel layers of the engine's tests."""

import os
from typing import Any

import dj_database_url

from realtime.log import databases
from realtime.log.redis_parser import Parser


def database(url: str) -> dict[str, Any]:
    """Returns the entry of DATABASES for a URL."""
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    options = config.get("OPTIONS") or {}
    if config["ENGINE"].endswith("sqlite3"):
        files = {"ENGINE": "realtime.sqlite", "TEST": {"NAME": f"{config['NAME']}.test"}}
        return config | files | {"OPTIONS": options | databases.SQLITE}
    return config | {"OPTIONS": options | databases.postgresql()}


def channel_layer(redis: str | None) -> dict[str, Any]:
    """Returns the entry of CHANNEL_LAYERS that fits with or without Redis, or what `CHANNEL_LAYER` names."""
    fitting = "channels_redis.pubsub.RedisPubSubChannelLayer" if redis else "channels.layers.InMemoryChannelLayer"
    config = {"hosts": [{"address": redis, "parser_class": Parser}]} if redis else {}
    return {"BACKEND": os.environ.get("CHANNEL_LAYER", fitting), "CONFIG": config}
