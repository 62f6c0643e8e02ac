"""Fixtures for tests that go through the doors of the whole site, in this process."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.db import database_sync_to_async

import livrya.site.namespaces  # noqa: F401  # declares / and /admin
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.hub import Hub, current_hub
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient

Enter = Callable[..., Awaitable[JsonClient]]
in_thread = database_sync_to_async  # services are sync; the connection of their thread is given back


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    """This loop's hub, ended after the test."""
    running = await current_hub()
    yield running
    await running.stop()


@pytest.fixture
async def enter(hub: Hub) -> AsyncIterator[Enter]:
    """Lets people in: `await enter(ada, "/notifications")`; nobody is anonymous. Returns when they are ready."""
    clients: list[JsonClient] = []

    async def open_client(user: User | None = None, namespace: str = "/", token: str | None = None) -> JsonClient:
        if user and not token:
            token = (await in_thread(tokens.issue)(user=user)).access
        client = await JsonClient.in_process(websocket_application, f"/ws{namespace.rstrip('/')}/", token=token)
        clients.append(client)
        await client.ready()
        return client

    yield open_client
    for client in clients:
        await client.close()
