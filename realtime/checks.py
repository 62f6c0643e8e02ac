"""System checks: what would break a promise is said before the server starts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connections

from realtime.conf import realtime_settings
from realtime.rooms import room_types_without_policy


@register
def no_atomic_requests(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuses a transaction around whole requests."""
    return [
        Error(
            f"ATOMIC_REQUESTS is on for the database {alias!r}.",
            hint="realtime.atomic() must be the outermost transaction: inside another one events get no number. "
            "Turn ATOMIC_REQUESTS off; services bring their own transactions.",
            id="realtime.E001",
        )
        for alias in connections
        if connections[alias].settings_dict["ATOMIC_REQUESTS"]
    ]


@register
def no_core_layer(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuses the Redis layer that loses messages."""
    return [
        Error(
            f"The channel layer {alias!r} is channels_redis' core layer.",
            hint="It drops the newest messages above its capacity, forgets groups after a day and when Redis restarts, "
            "and with redis-py 8 every idle receive() fails after 5 s. "
            "Use channels_redis.pubsub.RedisPubSubChannelLayer.",
            id="realtime.E002",
        )
        for alias, layer in getattr(settings, "CHANNEL_LAYERS", {}).items()
        if layer.get("BACKEND", "").startswith("channels_redis.core.")
    ]


@register
def every_room_has_a_policy(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Points at rooms that nobody could ever enter."""
    return [
        Warning(
            f"The room type {room_type.__name__} ({room_type.pattern}) has no policy: nobody is ever let in.",
            hint=f"Register one with @authorises({room_type.__name__}), in a module that is imported at start.",
            id="realtime.W001",
        )
        for room_type in room_types_without_policy()
    ]


@register
def sqlite_begins_immediate(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Points at SQLite transactions that would fail at their first write."""
    return [
        Warning(
            f"The SQLite database {alias!r} begins transactions deferred.",
            hint='A transaction that reads first and then writes fails at once with "database is locked". '
            'Set OPTIONS["transaction_mode"] to "IMMEDIATE".',
            id="realtime.W002",
        )
        for alias in connections
        if connections[alias].vendor == "sqlite"
        and connections[alias].settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE"
    ]


@register
def somebody_encrypts(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Points at a site that would redirect for ever, and count all its visitors as one."""
    values = realtime_settings()
    if not values.require_tls or values.trusted_proxies:
        return []
    return [
        Warning(
            "HTTPS is required, but no proxy is trusted that could say that it was used.",
            hint="Our server speaks plain HTTP: a proxy in front encrypts, and says so in X-Forwarded-Proto and "
            "X-Forwarded-For. Set TRUSTED_PROXIES to how many there are, or HTTPS=false on your own machine. "
            "Silence this where the server itself speaks TLS.",
            id="realtime.W003",
        )
    ]
