"""The engine with the halls, and no other app: for its own tests and the servers that they start.

`DATABASE_URL`, `REDIS_URL` and `VAR_DIR` as in the product; `HALLS_REALTIME` (JSON) gives other numbers.
"""

import json
import os
from typing import Any

from tests.realtime.environment import channel_layer, database

VAR_DIR = os.environ["VAR_DIR"]
SECRET_KEY = "for the engine's tests only"
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "tests.realtime.app",  # before staticfiles: its runserver is Daphne's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "realtime",
]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "tests.realtime.app.urls"
ASGI_APPLICATION = "tests.realtime.app.asgi.application"
STATIC_URL = "static/"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR}/halls.sqlite3")}
REDIS_URL = os.environ.get("REDIS_URL") or None
CHANNEL_LAYERS = {"default": channel_layer(REDIS_URL)}
SECURE_SSL_REDIRECT = os.environ.get("HTTPS") == "true"
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
REALTIME: dict[str, Any] = {
    "AUTHENTICATOR": "tests.realtime.app.authenticator.HallAuthenticator",
    "REDIS_URL": REDIS_URL,
    "INSPECTION_DIR": os.path.join(VAR_DIR, "run"),
    "REQUIRE_TLS": SECURE_SSL_REDIRECT,
    "TRUSTED_PROXIES": int(os.environ.get("TRUSTED_PROXIES", "0")),
    "PROCESS_LEASE_SECONDS": float(os.environ.get("HALLS_LEASE_SECONDS", "15")),
} | json.loads(os.environ.get("HALLS_REALTIME", "{}"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "outages": {"()": "realtime.ops.logs.RedisIsAway"},
        "without secrets": {"()": "realtime.servers.access_log.WithoutSecrets"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "realtime": {"level": "DEBUG" if os.environ.get("REALTIME_DEBUG") == "true" else "INFO"},
        "uvicorn.access": {"level": "INFO", "filters": ["without secrets"]},
        # The hub says once what is away.
        "psycopg.pool": {"level": "ERROR"},
        "channels_redis.pubsub": {"filters": ["outages"]},
    },
}
