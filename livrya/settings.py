"""Django settings; everything that differs between installations comes from the environment.

See docs/settings.md for the whole list.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from livrya.environment import (
    DEVELOPMENT_FILE,
    channel_layer,
    database,
    development,
    directory,
    engine_numbers,
    env,
    named_for_others,
    read,
    redis_url,
    whole_number,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = read(directory, "VAR_DIR", BASE_DIR / "var", "a directory in which Livrya may write")

_DEVELOPMENT = development(VAR_DIR)
DEBUG = read(env.bool, "DEBUG", _DEVELOPMENT.get("DEBUG") == "true", "true or false")
DEBUG_BY_FILE = DEBUG and not env.str("DEBUG", "")

_DEVELOPMENT_KEY = _DEVELOPMENT.get("SECRET_KEY") or "django-insecure-for-development-and-tests-only"
SECRET_KEY = read(env.str, "SECRET_KEY", _DEVELOPMENT_KEY if DEBUG else "", "a long random text")
if not SECRET_KEY:
    _PASSED_OVER = (VAR_DIR / DEVELOPMENT_FILE).exists() and named_for_others()
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to a long random text (or DEBUG=true on your own machine)."
        + (f" {VAR_DIR / DEVELOPMENT_FILE} is not read where {_PASSED_OVER} is set." if _PASSED_OVER else "")
    )

ALLOWED_HOSTS = read(env.list, "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "host names separated by commas")
CSRF_TRUSTED_ORIGINS = read(env.list, "CSRF_TRUSTED_ORIGINS", [], "origins such as https://livrya.example")

INSTALLED_APPS = [
    "livrya.site.development",  # before staticfiles: its runserver is Daphne's, and runs the jobs too
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django_vite",
    "csp",
    "axes",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "channels",
    "realtime",
    "livrya.accounts",
    "livrya.audit",
    "livrya.site.announcements",
    "notifications",
    "books",
    "social",
    "livrya.site",
    "livrya",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "livrya.site.headers.HeadersMiddleware",
    "livrya.kit.files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "livrya.site.pages.errors.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it replaces the answer of a sign-in view
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # as `livrya.site.bodies.MOST_BYTES`, which counts everything first
CSRF_FAILURE_VIEW = "livrya.site.pages.errors.csrf_failure"

ROOT_URLCONF = "livrya.urls"
ASGI_APPLICATION = "livrya.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "livrya" / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "livrya.site.pages.context.frame",
            ],
        },
    },
]

DATABASES = {
    "default": database(read(env.str, "DATABASE_URL", None, "a database URL"), str(VAR_DIR / "livrya.sqlite3"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The engine and its channel layer. Without Redis: in memory, and then one server process only.
REDIS_URL = read(redis_url, "REDIS_URL", None, "a URL such as redis://localhost:6379/0")
CHANNEL_LAYERS = {"default": channel_layer(REDIS_URL)}
_HTTPS = read(env.bool, "HTTPS", not DEBUG, "true or false")
REALTIME: dict[str, Any] = {
    **engine_numbers(),
    "AUTHENTICATOR": "livrya.accounts.sockets.SocketAuthenticator",
    "REDIS_URL": REDIS_URL,
    "INSPECTION_DIR": str(VAR_DIR / "run"),
    "TRUSTED_PROXIES": read(whole_number(least=0), "TRUSTED_PROXIES", 0, "a whole number"),
    "REQUIRE_TLS": _HTTPS,
    "KEEP_EVENTS_DAYS": read(whole_number(least=1), "KEEP_EVENTS_DAYS", 90, "a whole number of days, at least 1"),
}
# Counts requests (throttles); in memory each process counts by itself.
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
# How often one may do what: another (number, seconds) for an act of docs/settings.md, by its name.
ACT_LIMITS: dict[str, tuple[int, float]] = {}
REALTIME_DEBUG = read(env.bool, "REALTIME_DEBUG", False, "true or false")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": False}}

SESSION_ENGINE = "livrya.accounts.sessions"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = [
    "livrya.accounts.backends.CountedSignIn",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "livrya.accounts.addresses.stored_address"
AXES_USERNAME_CALLABLE = "livrya.site.lockout.tried_name"
AXES_LOCKOUT_CALLABLE = "livrya.site.lockout.locked_out"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "livrya.accounts.api.authentication.BearerToken",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PARSER_CLASSES": [
        "livrya.kit.api.parsing.Json",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "livrya.kit.api.pages.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": [
        "livrya.kit.api.throttles.AnonymousRate",
        "livrya.kit.api.throttles.PersonRate",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "300/min",
        "user": "1200/min",
    },
    "NUM_PROXIES": 0,  # the server knows the client's address already, see realtime.doors.proxies
    "EXCEPTION_HANDLER": "livrya.kit.api.errors.answer_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Livrya",
    "DESCRIPTION": "A live platform for serial books. What happens is published over sockets too.",
    "EXTERNAL_DOCS": {"url": "/developers/", "description": "Live events and the protocol"},
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # two fields of one name, with other choices
        "CreditKindEnum": "books.models.CreditKind",
        "VersionKindEnum": "books.models.VersionKind",
        "ReportKindEnum": "social.models.ReportKind",
        "ChapterStateEnum": "books.models.ChapterState",
        "ReportStateEnum": "social.models.ReportState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "livrya.kit.api.schema.document_errors",
    ],
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "frontend" / "dist"] if path.exists()]
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What only some may see: no address leads there but that of a view that asks who they are.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "private")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

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
        "realtime": {"level": "DEBUG" if REALTIME_DEBUG else "INFO"},
        "livrya": {"level": "INFO"},
        # Says something with `serve --access-log` alone.
        "uvicorn.access": {"level": "INFO", "filters": ["without secrets"]},
        # A line and more for every try while PostgreSQL is away; the hub says once that it is.
        "psycopg.pool": {"level": "ERROR"},
        "channels_redis.pubsub": {"filters": ["outages"]},
    },
}


# The way to the browser; for sockets REALTIME above says it.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
if _HTTPS:
    # Browsers take these names from this host alone: no other host of the domain can put its own in their place.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = read(
    whole_number(least=0), "HSTS_SECONDS", 31_536_000 if _HTTPS else 0, "seconds, a whole number"
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
