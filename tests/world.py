"""Where scenarios over sockets play: in this process, or at a real server of any kind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.commands import running_database_url

Open = Callable[[str, str | None], Awaitable[JsonClient]]

AT_ONCE = 5
"""So many scenarios at once at one server: their connections stay below what one address may have."""


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


W = TypeVar("W", bound=World)


async def open_here(namespace: str, token: str | None) -> JsonClient:
    """Opens a connection to the doors of this process."""
    path = f"/ws/{namespace}/" if namespace else "/ws/"
    return await JsonClient.in_process(websocket_application, path, token=token)


def opening_at(server: ServerProcess) -> Open:
    """Returns how to open a connection to a real server."""

    async def open_there(namespace: str, token: str | None) -> JsonClient:
        return await JsonClient.over_socket(server.ws(namespace), token=token)

    return open_there


@contextmanager
def server_of_kind(request: pytest.FixtureRequest, **environment: str) -> Iterator[ServerProcess]:
    """Runs the server that the fixture's parameter names, such as "daphne" or "uvicorn, 2 processes"."""
    kind: str = request.param
    if "Redis" in kind or "2 processes" in kind:
        environment["REDIS_URL"] = request.getfixturevalue("redis")
    with ServerProcess(
        "runserver" if kind == "daphne" else "serve",
        arguments=["--processes", "2"] if "2 processes" in kind else [],
        environment={"DATABASE_URL": running_database_url(), **environment},
    ) as started:
        yield started
        assert "Traceback" not in started.output, started.output


async def play_all(
    server: ServerProcess, lines: Sequence[Callable[[W], Awaitable[None]]], world: Callable[[Open], W]
) -> None:
    """Plays scenarios side by side, so that one's waiting is another's time; each has its own people."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def play(line: Callable[[W], Awaitable[None]]) -> None:
        async with turns, playing(world(opening_at(server))) as there:
            try:
                await line(there)
            except AssertionError as failure:
                failure.add_note(f"In {line.__name__}. The server said:\n{server.output[-3000:]}")
                raise

    await asyncio.gather(*map(play, lines))


async def nothing() -> None:
    """What there is to do about jobs at a server, which carries them out by itself."""


@asynccontextmanager
async def playing(world: W) -> AsyncIterator[W]:
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
