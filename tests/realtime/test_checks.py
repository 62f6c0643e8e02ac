"""What would break a promise is said before the server starts."""

import pytest
from django.core.checks import run_checks
from django.db import connection, connections
from pytest_django import Settings

from realtime import checks, rooms
from realtime.rooms import Room

pytestmark = pytest.mark.either_database


def ids(*found: object) -> list[str | None]:
    return [message.id for message in found]  # type: ignore[attr-defined]  # check messages


def test_transactions_around_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert ids(*checks.no_atomic_requests(None)) == ["realtime.E001"]


def test_the_core_layer_is_refused_and_why_is_said(settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}
    (error,) = checks.no_core_layer(None)
    assert error.id == "realtime.E002"
    assert "RedisPubSubChannelLayer" in (error.hint or "")
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
    assert not checks.no_core_layer(None)


def test_deferred_sqlite_transactions_are_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"timeout": 20})
    assert ids(*checks.sqlite_begins_immediate(None)) == ["realtime.W002"]


def test_a_room_that_nobody_could_enter_is_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "ROOM_TYPES", dict(rooms.ROOM_TYPES))

    class ForgottenRoom(Room, pattern="forgotten:{thing_id}"):
        """A room whose policy was forgotten."""

        thing_id: int

    assert any("ForgottenRoom" in message.msg for message in checks.every_room_has_a_policy(None))


def test_the_project_itself_passes() -> None:
    assert not [message for message in run_checks() if (message.id or "").startswith("realtime.E")]
