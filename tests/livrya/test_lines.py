"""What clients see of the library, the bell and every namespace: each line in this process, and at real servers."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from asgiref.sync import sync_to_async

from realtime.hub import current_hub
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.books.library import run_jobs
from tests.books.lines import LINES as BOOKS
from tests.commands import running_database_url
from tests.livrya.lines import LINES as EVERYWHERE
from tests.notifications.lines import LINES as NOTIFICATIONS
from tests.services import redis_url
from tests.world import World, playing

pytestmark = pytest.mark.django_db(transaction=True)

Line = Callable[[World], Awaitable[None]]
LINES: list[Line] = [*BOOKS, *NOTIFICATIONS, *EVERYWHERE]


@pytest.fixture
async def here(transactional_db: None) -> AsyncIterator[World]:
    """This process's own hub and doors."""
    hub = await current_hub()

    async def open_client(namespace: str, token: str | None) -> JsonClient:
        path = f"/ws/{namespace}/" if namespace else "/ws/"
        return await JsonClient.in_process(websocket_application, path, token=token)

    yield World(open_client, sync_to_async(run_jobs))
    await hub.stop()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
async def test_in_this_process(here: World, line: Line) -> None:
    async with playing(here) as world:
        await line(world)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    url, server = redis_url()
    yield url
    if server:
        server.stop()


@pytest.fixture(params=["uvicorn", "uvicorn with Redis", "uvicorn, 2 processes", "daphne"])
def server(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[ServerProcess]:
    environment = {**os.environ, "DATABASE_URL": running_database_url()}
    if "Redis" in request.param or "2" in request.param:
        environment["REDIS_URL"] = request.getfixturevalue("redis")
    kind = "runserver" if request.param == "daphne" else "serve"
    arguments = ["--processes", "2"] if "2" in request.param else []
    with ServerProcess(kind, arguments=arguments, environment=environment) as started:
        yield started
        assert "Traceback" not in started.output, started.output


AT_ONCE = 6
"""So many scenarios at once: their connections stay below what one address may have."""


async def nothing() -> None:
    """A server carries out its jobs by itself."""


@pytest.mark.live
async def test_at_real_servers(server: ServerProcess) -> None:
    async def open_client(namespace: str, token: str | None) -> JsonClient:
        return await JsonClient.over_socket(server.ws(namespace), token=token)

    # Side by side, so that one's waiting is another's time; each has its own people.
    turns = asyncio.Semaphore(AT_ONCE)

    async def play(line: Line) -> None:
        async with turns, playing(World(open_client, nothing)) as world:
            try:
                await line(world)
            except AssertionError as failure:
                failure.add_note(f"In {line.__name__}. The server said:\n{server.output[-3000:]}")
                raise

    await asyncio.gather(*map(play, LINES))
