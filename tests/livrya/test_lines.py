"""What clients see of the library, the bell and every namespace: each line in this process, and at real servers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from asgiref.sync import sync_to_async

from realtime.hub import current_hub
from realtime.testing.server import ServerProcess
from tests.books.library import run_jobs
from tests.books.lines import LINES as BOOKS
from tests.livrya.lines import LINES as EVERYWHERE
from tests.notifications.lines import LINES as NOTIFICATIONS
from tests.world import World, nothing, open_here, play_all, playing, server_of_kind

pytestmark = pytest.mark.django_db(transaction=True)

Line = Callable[[World], Awaitable[None]]
LINES: list[Line] = [*BOOKS, *NOTIFICATIONS, *EVERYWHERE]


@pytest.fixture
async def here(transactional_db: None) -> AsyncIterator[World]:
    """This process's own hub and doors."""
    hub = await current_hub()
    yield World(open_here, sync_to_async(run_jobs))
    await hub.stop()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
async def test_in_this_process(here: World, line: Line) -> None:
    async with playing(here) as world:
        await line(world)


@pytest.fixture(params=["uvicorn", "uvicorn with Redis", "uvicorn, 2 processes", "daphne"])
def server(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[ServerProcess]:
    with server_of_kind(request) as started:
        yield started


@pytest.mark.live
async def test_at_real_servers(server: ServerProcess) -> None:
    await play_all(server, LINES, lambda opening: World(opening, nothing))
