"""The random operations of Yjs' own tests end equal over real sockets, at both doors for stock clients."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

import realtime
from realtime.documents import storing
from realtime.testing.server import ServerProcess
from tests.realtime.app.sheets import Sheet, SheetRoom
from tests.realtime.doors.yjs.stock import FRONTEND, node_or_skip
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.either_database, pytest.mark.django_db(transaction=True), pytest.mark.live]

_OPERATIONS = 300
_SCRIPT = Path(__file__).with_name("random_operations.mjs")
_sheets = itertools.count(1)


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[ServerProcess]:
    with ServerProcess(environment=server_environment()) as running:
        yield running
        assert "Exception in ASGI application" not in running.output, running.output
        assert "ERROR realtime" not in running.output, running.output


def name_of(sheet: int) -> str:
    with realtime.atomic():
        return f"sheet:{sheet}@{storing.begun(Sheet(SheetRoom(sheet))).epoch}.{Sheet.schema}"


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("door", ["yjs", "hocuspocus"])
async def test_random_operations_of_five_copies_end_equal(server: ServerProcess, door: str, seed: int) -> None:
    """`compare` of the helper looks at text, marks, attributes, every piece and its neighbours, in every copy."""
    name = await sync_to_async(name_of)(next(_sheets))
    process = await asyncio.create_subprocess_exec(
        node_or_skip(),
        str(_SCRIPT),
        str(FRONTEND / "package.json"),
        f"ws://127.0.0.1:{server.port}",
        door,
        name,
        str(seed),
        str(_OPERATIONS),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    ended = json.loads(output.splitlines()[-1])
    assert ended["copies"] == 5
    assert ended["letters"] > 0
