"""Supervisors ask a machine by its address, whatever its site is called."""

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]", "10.0.0.7", "livrya.example", "un/readable"])
def test_health_is_told_under_every_host(settings: Settings, path: str, host: str) -> None:
    settings.ALLOWED_HOSTS = ["livrya.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path, headers={"host": host}).status_code == 200


@pytest.mark.django_db(transaction=True)
async def test_so_it_is_by_a_server(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["livrya.example"]
    answer = await AsyncClient().get("/readyz", headers={"host": "127.0.0.1"})
    assert (answer.status_code, answer.json()["database"]) == (200, "ok")
    assert (await AsyncClient().get("/", headers={"host": "127.0.0.1"})).status_code == 400
