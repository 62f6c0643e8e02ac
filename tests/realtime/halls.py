"""Fixtures for tests against the halls: in this process, or at real servers."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

import tests.realtime.app.namespaces  # noqa: F401  # declares rooms, commands and namespaces
from realtime.hub import Hub, current_hub
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from tests.commands import running_database_url

AUTHENTICATOR = "tests.realtime.app.authenticator.HallAuthenticator"

Connect = Callable[..., Awaitable[JsonClient]]


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    """This loop's hub, ended after the test."""
    with override_settings(REALTIME=settings.REALTIME | {"AUTHENTICATOR": AUTHENTICATOR}):
        running = await current_hub()
        yield running
        await running.stop()


@pytest.fixture
async def connect(hub: Hub) -> AsyncIterator[Connect]:
    """Opens clients of this process's doors: `await connect("/halls", token="7")`."""
    clients: list[JsonClient] = []

    async def open_client(namespace: str = "/halls", query: str = "", **options: Any) -> JsonClient:
        client = await JsonClient.in_process(websocket_application, f"/ws{namespace}/?{query}", **options)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.close()


def server_environment(**more: str) -> dict[str, str]:
    """Returns the environment in which a server process has the halls and this test's database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.realtime.settings",
        "DATABASE_URL": running_database_url(),
        **more,
    }
