"""Databases and channel layers of the engine's tests."""

import os
from typing import Any

import dj_database_url

from realtime.log.redis_parser import Parser


def database(url: str) -> dict[str, Any]:
    """As docs/settings.md says that a database of the engine must be."""
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    if config["ENGINE"].endswith("sqlite3"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        return config | {
            "ENGINE": "realtime.sqlite",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
            "TEST": {"NAME": f"{config['NAME']}.test"},
        }
    return config | {
        "OPTIONS": {
            **(config.get("OPTIONS") or {}),
            "pool": {"min_size": 1, "max_size": 24, "timeout": 5, "reconnect_timeout": 2},
            "options": "-c idle_in_transaction_session_timeout=60000",
            "tcp_user_timeout": 30_000,
        }
    }


def channel_layer(redis: str | None) -> dict[str, Any]:
    """Returns the entry of CHANNEL_LAYERS that fits with or without Redis, or what `CHANNEL_LAYER` names."""
    fitting = "channels_redis.pubsub.RedisPubSubChannelLayer" if redis else "channels.layers.InMemoryChannelLayer"
    config = {"hosts": [{"address": redis, "parser_class": Parser}]} if redis else {}
    return {"BACKEND": os.environ.get("CHANNEL_LAYER", fitting), "CONFIG": config}
