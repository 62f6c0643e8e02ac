"""Where scenarios over sockets play: in this process, or at a real server of any kind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.testing.client import JsonClient

Open = Callable[[str, str | None], Awaitable[JsonClient]]


@dataclass
class World:
    """Where a scenario plays: how to open a connection there, and how waiting jobs are carried out."""

    open: Open
    jobs: Callable[[], Awaitable[None]]
    clients: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def client(
        self, person: User | None = None, namespace: str = "books", *, token: str | None = None
    ) -> JsonClient:
        """Returns a connection that has entered its rooms; ended with the scenario."""
        if person and token is None:
            token = (await make(tokens.issue, user=person)).access
        client = await self.clients.enter_async_context(await self.open(namespace, token))
        await client.ready()
        return client


@asynccontextmanager
async def playing(world: World) -> AsyncIterator[World]:
    """Ends the scenario's connections, and the database's in the thread in which it was made."""
    try:
        async with world.clients:
            yield world
    finally:
        world.clients = AsyncExitStack()
        # The thread's own: PostgreSQL drops no database that somebody is connected to.
        await make(connections.close_all)


async def make(act: Callable[..., Any], *args: Any, **given: Any) -> Any:
    """Calls something that works on the database."""
    return await sync_to_async(act)(*args, **given)


def heard(client: JsonClient, kind: str) -> list[dict[str, Any]]:
    """Returns the payloads of all events of that type so far."""
    return [frame["payload"] for frame in client.frames if frame.get("type") == kind]
