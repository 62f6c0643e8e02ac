"""Groups live: every line of their table in this process and at real servers."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from realtime.hub import current_hub
from realtime.routing import websocket_application
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from social.services.seats import end_lapsed_seats
from tests.books.library import run_jobs
from tests.commands import running_database_url
from tests.services import redis_url
from tests.social.lines import LINES
from tests.world import World, playing

pytestmark = pytest.mark.django_db(transaction=True)

# Long enough for a busy machine to renew seats in time.
GRACE_SECONDS = 2.0


@dataclass
class GroupWorld(World):
    """`seats` lets those whose grace is over be given back."""

    seats: Callable[[], Awaitable[None]] = None


Line = Callable[[GroupWorld], Awaitable[None]]


@pytest.fixture
async def here(transactional_db: None) -> AsyncIterator[GroupWorld]:
    """This process's own hub and doors."""
    with override_settings(REALTIME=settings.REALTIME | {"PRESENCE_GRACE_SECONDS": GRACE_SECONDS}):
        hub = await current_hub()

        async def open_client(namespace: str, token: str | None) -> JsonClient:
            path = f"/ws/{namespace}/" if namespace else "/ws/"
            return await JsonClient.in_process(websocket_application, path, token=token)

        async def seats() -> None:
            async with asyncio.timeout(30):
                while not await sync_to_async(end_lapsed_seats)():  # noqa: ASYNC110  # the grace is real time
                    await asyncio.sleep(0.1)

        yield GroupWorld(open_client, sync_to_async(run_jobs), seats=seats)
        await hub.stop()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
async def test_in_this_process(here: GroupWorld, line: Line) -> None:
    async with playing(here) as world:
        await line(world)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    url, server = redis_url()
    yield url
    if server:
        server.stop()


@pytest.fixture(params=["uvicorn", "uvicorn, 2 processes", "daphne"])
def server(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[ServerProcess]:
    environment = {
        **os.environ,
        "DATABASE_URL": running_database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.social.settings",
    }
    if "2" in request.param:
        environment["REDIS_URL"] = request.getfixturevalue("redis")
    kind = "runserver" if request.param == "daphne" else "serve"
    arguments = ["--processes", "2"] if "2" in request.param else []
    with ServerProcess(kind, arguments=arguments, environment=environment) as started:
        yield started
        assert "Traceback" not in started.output, started.output


AT_ONCE = 5
"""So many scenarios at once: their connections stay below what one address may have."""


async def nothing() -> None:
    """A server carries out its jobs by itself."""


@pytest.mark.live
async def test_at_real_servers(server: ServerProcess) -> None:
    async def open_client(namespace: str, token: str | None) -> JsonClient:
        return await JsonClient.over_socket(server.ws(namespace), token=token)

    turns = asyncio.Semaphore(AT_ONCE)

    async def play(line: Line) -> None:
        async with turns, playing(GroupWorld(open_client, nothing, seats=nothing)) as world:
            try:
                await line(world)
            except AssertionError as failure:
                failure.add_note(f"In {line.__name__}. The server said:\n{server.output[-3000:]}")
                raise

    await asyncio.gather(*map(play, LINES))
