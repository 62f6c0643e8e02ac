from collections.abc import Iterator

import pytest

from tests.faults.fleet import Database, Fleet


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """One PostgreSQL server for all fault tests: each writes into rooms of its own."""
    database = Database()
    yield database
    database.server.stop()


@pytest.fixture(scope="module")
def fleet(database: Database) -> Iterator[Fleet]:
    """Three server processes, kept over a module's tests: what one test breaks, the next one finds mended."""
    with Fleet(database) as fleet:
        yield fleet
        assert "Traceback" not in fleet.server.output, fleet.server.output
