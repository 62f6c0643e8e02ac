"""What becomes of a database that goes away while the engine's threads use it."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError

from realtime.errors import Unavailable
from realtime.hub.threads import DatabaseThreads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["kept", "given back"])
def threads(request: pytest.FixtureRequest) -> Iterator[DatabaseThreads]:
    running = DatabaseThreads("test", 1, keep=request.param)
    yield running
    running.stop()


def fail(cause: Exception) -> None:
    raise OperationalError("server closed the connection unexpectedly") from cause


async def test_an_absent_database_is_unavailable(threads: DatabaseThreads) -> None:
    with pytest.raises(Unavailable):
        await threads.run(fail, psycopg.OperationalError("server closed the connection unexpectedly"))


async def test_what_the_database_refuses_comes_out_as_it_is(threads: DatabaseThreads) -> None:
    with pytest.raises(OperationalError):
        await threads.run(fail, psycopg.errors.DiskFull("no space left on device"))
