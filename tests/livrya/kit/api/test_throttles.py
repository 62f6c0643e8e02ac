"""How much one may ask of the API."""

import pytest

from livrya.kit.api.throttles import AnonymousRate
from tests.livrya.accounts.people import browser, person

pytestmark = pytest.mark.django_db


def test_too_much_is_answered_with_the_time_to_wait(monkeypatch) -> None:
    monkeypatch.setattr(AnonymousRate, "THROTTLE_RATES", {"anon": "2/min"})
    client = browser()
    assert [client.get("/api/v1/nonsense/").status_code for _ in range(2)] == [404, 404]
    statuses = [client.get("/api/v1/people/ada/") for _ in range(3)]
    last = statuses[-1]
    assert (last.status_code, last.json()["code"], last.json()["retryable"]) == (429, "RATE_LIMITED", True)
    assert 0 < last.json()["retryAfter"] <= 60_000
    assert int(last["Retry-After"]) * 1000 >= last.json()["retryAfter"]


def test_guessing_passwords_is_slow_whatever_address_is_claimed(settings) -> None:
    settings.ACT_LIMITS = {"sign-in": (10, 3600)}  # nothing comes back while the test runs
    person("ada")
    client = browser()
    statuses = [
        client.post(
            "/api/v1/auth/token/",
            {"username": f"ada{number}", "password": "guess"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        ).status_code
        for number in range(11)
    ]
    assert statuses == [401] * 10 + [429]


def test_a_cache_that_is_away_does_not_close_the_door(settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert browser().get("/api/v1/people/nobody/").status_code == 404
