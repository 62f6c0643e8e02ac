"""A wrong value in the environment is one clear sentence that never shows the value."""

import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from livrya.environment import channel_layer
from tests.commands import ROOT

pytestmark = pytest.mark.either_database

POSTGRES = "postgres://user@127.0.0.1:1/livrya"
OF_A_SITE = {
    "SECRET_KEY": "mine",
    "ALLOWED_HOSTS": "livrya.example",
    "CSRF_TRUSTED_ORIGINS": "https://livrya.example",
    "DATABASE_URL": POSTGRES,
    "REDIS_URL": "redis://localhost",
    "HTTPS": "true",
    "HSTS_SECONDS": "60",
    "TRUSTED_PROXIES": "1",
}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"DEBUG": "banana"}, "DEBUG must be true or false."),
        ({"DEBUG": "false"}, "SECRET_KEY must be set to a long random text (or DEBUG=true on your own machine)."),
        ({"VAR_DIR": "/dev/null/var"}, "VAR_DIR must be a directory in which Livrya may write."),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must be a URL such as"),
        ({"DATABASE_URL": "postgres://user:secret@host:port/livrya"}, "DATABASE_URL must be a URL such as"),
        ({"DATABASE_URL": "mysql://host/livrya"}, "DATABASE_URL must name PostgreSQL or SQLite"),
        ({"DATABASE_URL": POSTGRES, "DATABASE_POOL_SIZE": "0"}, "DATABASE_POOL_SIZE must be a whole number"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must be a URL such as redis://localhost:6379/0."),
        ({"REDIS_URL": "redis://host:port/0"}, "REDIS_URL must be a URL such as redis://localhost:6379/0."),
        (
            {"CHANNEL_LAYER": "channels_redis.pubsub.Nothing"},
            "CHANNEL_LAYER must be the dotted path of a channel layer,",
        ),
        ({"KEEP_EVENTS_DAYS": "-4"}, "KEEP_EVENTS_DAYS must be a whole number of days, at least 1."),
        ({"TRUSTED_PROXIES": "two"}, "TRUSTED_PROXIES must be a whole number."),
        ({"HSTS_SECONDS": "1e9"}, "HSTS_SECONDS must be seconds, a whole number."),
        ({"HTTPS": "maybe"}, "HTTPS must be true or false."),
        ({"REALTIME_DEBUG": "perhaps"}, "REALTIME_DEBUG must be true or false."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_one_sentence(monkeypatch, given, sentence):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        runpy.run_path(str(ROOT / "livrya" / "settings.py"))
    said = str(refusal.value)
    assert said.startswith(sentence)
    assert "\n" not in said
    assert "secret@" not in said


@pytest.mark.parametrize(
    ("given", "command", "sentence"),
    [
        ({"HTTPS": "maybe"}, ["check"], "livrya: HTTPS must be true or false."),
        # A database without tables.
        ({}, ["publish_chapter", "1"], "livrya: the database refuses (no such table: books_chapter): "),
        ({}, ["serve", "--port", "70000"], "argument --port: a port is a number from 0 to 65535, not 70000."),
    ],
)
def test_the_command_line_ends_with_that_sentence(tmp_path, given, command, sentence):
    ended = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": "", "DEBUG": "true", "VAR_DIR": str(tmp_path), **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode
    assert sentence in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("chosen", "redis", "backend", "configured"),
    [
        (None, None, "channels.layers.InMemoryChannelLayer", False),
        (None, "redis://localhost", "channels_redis.pubsub.RedisPubSubChannelLayer", True),
        ("channels_redis.core.RedisChannelLayer", "redis://localhost", "channels_redis.core.RedisChannelLayer", True),
        ("channels.layers.InMemoryChannelLayer", None, "channels.layers.InMemoryChannelLayer", False),
    ],
)
def test_the_channel_layer_can_be_chosen(monkeypatch, chosen, redis, backend, configured):
    monkeypatch.delenv("CHANNEL_LAYER", raising=False)
    if chosen:
        monkeypatch.setenv("CHANNEL_LAYER", chosen)
    layer = channel_layer(redis)
    assert (layer["BACKEND"], "CONFIG" in layer) == (backend, configured)


@pytest.fixture
def tried_out(monkeypatch, tmp_path):
    """A folder in which `make` once ran, and an environment that says nothing."""
    (tmp_path / "development.env").write_text("DEBUG=true\nSECRET_KEY=written-by-make\n")
    for name in ("DEBUG", *OF_A_SITE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))


def loaded():
    return runpy.run_path(str(ROOT / "livrya" / "settings.py"))


@pytest.mark.usefixtures("tried_out")
def test_later_commands_find_what_make_has_set_up(monkeypatch):
    found = loaded()
    assert (found["DEBUG"], found["SECRET_KEY"], found["DEBUG_BY_FILE"]) == (True, "written-by-make", True)
    monkeypatch.setenv("DEBUG", "true")  # as make itself runs the server, which must have the same key
    found = loaded()
    assert (found["DEBUG"], found["SECRET_KEY"], found["DEBUG_BY_FILE"]) == (True, "written-by-make", False)


@pytest.mark.usefixtures("tried_out")
@pytest.mark.parametrize(("name", "value"), OF_A_SITE.items(), ids=OF_A_SITE)
def test_a_site_never_gets_its_settings_from_a_folder_that_was_tried_out(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    if name == "SECRET_KEY":
        found = loaded()
        assert (found["DEBUG"], found["SECRET_KEY"]) == (False, value)
        return
    with pytest.raises(ImproperlyConfigured, match=f"SECRET_KEY must be .* is not read where {name} is set"):
        loaded()


@pytest.mark.usefixtures("tried_out")
def test_a_key_of_ones_own_wins_and_without_debug_there_must_be_one(monkeypatch):
    monkeypatch.setenv("DEBUG", "false")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be"):
        loaded()
    monkeypatch.setenv("DEBUG", "true")
    monkeypatch.setenv("SECRET_KEY", "mine")
    assert loaded()["SECRET_KEY"] == "mine"
