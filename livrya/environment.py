"""Reads the settings that come from the environment; a wrong value is one clear sentence."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from dotenv import dotenv_values
from environs import Env, EnvError
from redis.connection import parse_url

from realtime.conf import RealtimeSettings
from realtime.log import databases
from realtime.log.redis_parser import Parser

T = TypeVar("T")

env = Env()


DEVELOPMENT_FILE = "development.env"
_NAMED_WHERE_OTHERS_USE_IT = (
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "REDIS_URL",
    "HTTPS",
    "HSTS_SECONDS",
    "TRUSTED_PROXIES",
)


def named_for_others() -> str | None:
    """Returns the name of a variable that says that this is more than somebody's own desk; None where none does."""
    return next((name for name in _NAMED_WHERE_OTHERS_USE_IT if os.environ.get(name)), None)


def development(folder: Path) -> Mapping[str, str | None]:
    """Returns what `make` has written down for later commands on the same desk: DEBUG and a secret key.

    Nothing where the environment speaks for itself: a forgotten key must stop a site, also one that is served from a
    folder in which somebody once tried it out.
    """
    if "DEBUG" not in os.environ and named_for_others():
        return {}
    return dotenv_values(folder / DEVELOPMENT_FILE)


def read(parse: Callable[..., T], name: str, default: Any, meaning: str) -> T:
    """Returns the variable `name` parsed by one of `env`'s parsers, or `default` when it is unset.

    `meaning` completes the sentence "NAME must be …".
    Raises ImproperlyConfigured with that sentence; the value itself is never shown, it may be secret.
    """
    try:
        return parse(name, default)
    except (EnvError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} must be {meaning}.") from error


def whole_number(*, least: int) -> Callable[[str, int], int]:
    """Returns a parser of whole numbers that are not smaller than `least`."""

    def parse(name: str, default: int) -> int:
        number = env.int(name, default)
        if number < least:
            raise ValueError(name)
        return number

    return parse


def redis_url(name: str, default: str | None) -> str | None:
    """Parses an address that redis-py takes; raises ValueError for any other."""
    url = env.str(name, default)
    if url:
        parse_url(url)  # type: ignore[no-untyped-call]  # redis-py declares none
    return url


def channel_layer(redis: str | None) -> dict[str, Any]:
    """Returns the entry of Django's CHANNEL_LAYERS: `CHANNEL_LAYER`, or what fits with or without Redis."""
    fitting = "channels_redis.pubsub.RedisPubSubChannelLayer" if redis else "channels.layers.InMemoryChannelLayer"
    backend = read(_class_path, "CHANNEL_LAYER", fitting, f"the dotted path of a channel layer, such as {fitting}")
    if not redis:
        return {"BACKEND": backend}
    return {"BACKEND": backend, "CONFIG": {"hosts": [{"address": redis, "parser_class": Parser}]}}


def _class_path(name: str, default: str) -> str:
    path = env.str(name, default)
    if path != default:
        try:
            import_string(path)
        except ImportError as error:
            raise ValueError(name) from error
    return path


def engine_numbers() -> dict[str, float]:
    """Returns the numbers of the engine that the environment sets, such as `REALTIME_CONNECTIONS_PER_ADDRESS=200`."""
    numbers: dict[str, float] = {}
    for field in msgspec.structs.fields(RealtimeSettings):
        if field.type in (int, float):
            parse: Callable[..., float | None] = env.int if field.type is int else env.float
            number = read(parse, f"REALTIME_{field.encode_name}", None, "a number")
            if number is not None:
                numbers[field.encode_name] = number
    return numbers


def directory(name: str, default: Path) -> Path:
    """Returns the directory, made where it is missing. Raises ValueError when that cannot be."""
    path = Path(env.str(name, str(default)))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(name) from error
    return path


def database(url_or_none: str | None, sqlite_path: str) -> dict[str, Any]:
    """Returns Django's DATABASES entry for `DATABASE_URL`, or for the embedded SQLite file."""
    import dj_database_url

    url = url_or_none or f"sqlite:///{sqlite_path}"
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL must be a URL such as postgres://user:password@host:5432/livrya "
            "or sqlite:////var/lib/livrya/livrya.sqlite3."
        ) from error
    engine = str(config.get("ENGINE", ""))
    config["CONN_MAX_AGE"] = 0
    options = dict(config.get("OPTIONS") or {})
    if engine.endswith("sqlite3"):
        config["ENGINE"] = "realtime.sqlite"  # writers take turns
        options |= databases.SQLITE
        # Tests run threads and server processes beside each other: an in-memory database serves neither.
        config["TEST"] = {"NAME": f"{config['NAME']}.test"}
    elif engine.endswith("postgresql"):
        options |= databases.postgresql(
            read(whole_number(least=1), "DATABASE_POOL_SIZE", 24, "a whole number, at least 1")
        )
    else:
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL or SQLite; Livrya runs on these two.")
    config["OPTIONS"] = options
    return config
