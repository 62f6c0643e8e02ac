"""Groups live: every line of their table in this process and at real servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from realtime.hub import current_hub
from realtime.testing.server import ServerProcess
from social.services.seats import end_lapsed_seats
from tests.books.library import run_jobs
from tests.social.lines import LINES
from tests.world import World, nothing, open_here, play_all, playing, server_of_kind

pytestmark = pytest.mark.django_db(transaction=True)

# Long enough for a busy machine to renew seats in time.
GRACE_SECONDS = 2.0


@dataclass
class GroupWorld(World):
    """`seats` lets those whose grace is over be given back."""

    seats: Callable[[], Awaitable[None]] = nothing


Line = Callable[[GroupWorld], Awaitable[None]]


@pytest.fixture
async def here(transactional_db: None) -> AsyncIterator[GroupWorld]:
    """This process's own hub and doors."""
    with override_settings(REALTIME=settings.REALTIME | {"PRESENCE_GRACE_SECONDS": GRACE_SECONDS}):
        hub = await current_hub()

        async def seats() -> None:
            async with asyncio.timeout(30):
                while not await sync_to_async(end_lapsed_seats)():  # noqa: ASYNC110  # the grace is real time
                    await asyncio.sleep(0.1)

        yield GroupWorld(open_here, sync_to_async(run_jobs), seats=seats)
        await hub.stop()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
async def test_in_this_process(here: GroupWorld, line: Line) -> None:
    async with playing(here) as world:
        await line(world)


@pytest.fixture(params=["uvicorn", "uvicorn, 2 processes", "daphne"])
def server(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[ServerProcess]:
    with server_of_kind(request, DJANGO_SETTINGS_MODULE="tests.social.settings") as started:
        yield started


@pytest.mark.live
async def test_at_real_servers(server: ServerProcess) -> None:
    await play_all(server, LINES, lambda opening: GroupWorld(opening, nothing))
