"""The engine's settings: typed, with defaults, and a wrong one is one sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from realtime.conf import RealtimeSettings, realtime_settings

pytestmark = pytest.mark.either_database

NAMED = {"AUTHENTICATOR": "nowhere.Nobody"}


def test_what_is_not_given_has_its_default(settings: Settings) -> None:
    settings.REALTIME = NAMED
    assert realtime_settings() == RealtimeSettings(authenticator="nowhere.Nobody")


def test_what_is_given_counts_from_then_on_also_as_text(settings: Settings) -> None:
    settings.REALTIME = NAMED
    assert realtime_settings().inbox_limit == 64
    settings.REALTIME = NAMED | {"INBOX_LIMIT": "7", "SWEEP_SECONDS": 2, "ALLOWED_ORIGINS": ["https://a.example"]}
    now = realtime_settings()
    assert (now.inbox_limit, now.sweep_seconds, now.allowed_origins) == (7, 2.0, ("https://a.example",))
    assert realtime_settings() is now  # read once


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "authenticator|AUTHENTICATOR"),
        (NAMED | {"INBOX_LIMITS": 7}, "INBOX_LIMITS"),
        (NAMED | {"INBOX_LIMIT": "many"}, "INBOX_LIMIT"),
    ],
)
def test_a_wrong_one_is_one_sentence_that_names_it(settings: Settings, given: dict[str, object], sentence: str) -> None:
    settings.REALTIME = given
    with pytest.raises(ImproperlyConfigured, match=rf"^REALTIME is not valid: .*({sentence}).*\.$"):
        realtime_settings()
