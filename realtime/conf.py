"""The engine's settings: `REALTIME` in Django's settings, typed, with defaults and units."""

from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver


class RealtimeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=str.upper):
    """Every knob of the engine. Times say their unit in the name, sizes are bytes."""

    authenticator: str
    redis_url: str | None = None
    # What the engine is called where others see it: the JSON door's subprotocols, and what is kept in Redis.
    subprotocol: str = "livrya.v1"
    token_subprotocol: str = "livrya.token."  # noqa: S105  # the name of a place for tokens
    redis_prefix: str = "lv"
    inspection_dir: str | None = None

    # Requests over HTTP, WebSocket handshakes among them
    request_head_bytes: int = 32 * 1024
    request_headers: int = 100
    request_head_seconds: float = 10.0

    # Connections
    max_frame_bytes: int = 64 * 1024
    outbound_limit_bytes: int = 1024 * 1024
    auth_deadline_seconds: float = 10.0
    heartbeat_seconds: float = 25.0
    pong_timeout_seconds: float = 10.0
    stalled_client_seconds: float = 30.0
    close_timeout_seconds: float = 5.0
    expiry_warning_seconds: float = 60.0
    allowed_origins: tuple[str, ...] = ()
    # How many proxies of ours are in front: X-Forwarded-* is believed that far and no farther.
    trusted_proxies: int = 0
    require_tls: bool = False

    # Sessions
    inbox_limit: int = 64
    # Points are what commands cost (1 unless declared otherwise); a burst is what a pause has saved up at most.
    connection_points_per_second: float = 20.0
    connection_points_burst: float = 60.0
    user_points_per_second: float = 60.0
    user_points_burst: float = 120.0
    anonymous_points_per_second_and_address: float = 5.0
    anonymous_points_burst_per_address: float = 30.0
    refusals_per_second: float = 5.0
    refusals_burst: float = 100.0
    connections_per_user: int = 10
    connections_per_address: int = 50
    max_rooms_per_session: int = 200

    # Presence: a process that is silent for the lease is dead; who is cut is expected back for the grace.
    process_lease_seconds: float = 15.0
    presence_grace_seconds: float = 30.0

    # Rooms and the log
    ring_events: int = 64
    replay_page: int = 256
    early_limit: int = 1024
    gap_seconds: float = 0.02
    sweep_seconds: float = 1.0
    watch_seconds: float = 0.1
    backstop_seconds: float = 60.0
    room_linger_seconds: float = 60.0
    fan_out_slice: int = 1000
    keep_events_days: int = 90

    # Threads. With 4 lanes PostgreSQL commits too few at once: 2,700 messages/s in 50 rooms, with 12 3,500.
    reader_threads: int = 2
    handler_threads: int = 8
    lane_threads: int = 12

    # Leaving
    drain_seconds: float = 10.0
    retry_after_ms: tuple[int, int] = (500, 5000)


@lru_cache(maxsize=1)
def realtime_settings() -> RealtimeSettings:
    """Returns the settings, read once. Raises ImproperlyConfigured with one sentence about a wrong value."""
    given: dict[str, Any] = getattr(settings, "REALTIME", {})
    try:
        return msgspec.convert(given, RealtimeSettings, strict=False)
    except msgspec.ValidationError as error:
        raise ImproperlyConfigured(f"REALTIME is not valid: {error}.") from error


@receiver(setting_changed)
def _forget(setting: str, **kwargs: Any) -> None:
    if setting == "REALTIME":
        realtime_settings.cache_clear()
