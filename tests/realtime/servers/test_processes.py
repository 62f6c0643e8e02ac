"""Several server processes on one port: started, watched, replaced, and all gone when the first one is."""

import asyncio
import contextlib
import os
import signal

import pytest
from websockets.exceptions import InvalidMessage

from realtime.errors import CloseCode
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.servers.running import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]


@pytest.mark.either_database
async def test_ctrl_c_leaves_no_process_behind(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        children = children_of(server.process.pid)
        assert len(children) == 2
        server.terminate()
        assert await asyncio.to_thread(server.wait) == 0
        assert not [child for child in children if is_alive(child)]


@pytest.mark.either_database
async def test_children_of_a_killed_parent_end_by_themselves(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        children = children_of(server.process.pid)
        server.process.kill()
        async with asyncio.timeout(15):
            while any(is_alive(child) for child in children):  # noqa: ASYNC110  # another process's end
                await asyncio.sleep(0.05)


@pytest.mark.either_database
async def test_a_process_that_dies_is_replaced(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        victim, other = children_of(server.process.pid)
        os.kill(victim, signal.SIGKILL)
        async with asyncio.timeout(20):
            while len(set(children_of(server.process.pid)) - {victim}) < 2:  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.05)
        assert other in children_of(server.process.pid)


async def somebody_at(server: ServerProcess) -> JsonClient:
    """Connects; once more when the system had just handed the connection to a socket that was being closed."""
    try:
        return await JsonClient.over_socket(server.ws("halls"))
    except (OSError, InvalidMessage):
        return await JsonClient.over_socket(server.ws("halls"))


@pytest.mark.either_database
async def test_processes_are_replaced_one_by_one_on_request(redis: str) -> None:
    with running("serve", "--processes", "2", REDIS_URL=redis) as server:
        before = children_of(server.process.pid)
        server.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(40):
            while set(children_of(server.process.pid)) & set(before):
                client = await somebody_at(server)  # all the time
                try:
                    assert (await client.ask("session:ping"))["success"]
                except AssertionError:
                    assert client.closed == CloseCode.SERVICE_RESTART, "only a leaving process may fall silent"
                await client.close()
        assert len(children_of(server.process.pid)) == 2


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
    return False
