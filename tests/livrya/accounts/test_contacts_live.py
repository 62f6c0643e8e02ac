"""Contacts over two real server processes on one Valkey, one of which is killed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from livrya.accounts.models import User
from livrya.accounts.services import following, tokens
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.commands import running_database_url
from tests.services import Valkey

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

LEASE_SECONDS = 3
GRACE_SECONDS = 0.5


@pytest.fixture
def servers(transactional_db: None) -> Iterator[list[ServerProcess]]:
    valkey = Valkey()
    environment = {
        "DATABASE_URL": running_database_url(),
        "REDIS_URL": valkey.url,
        "REALTIME_PROCESS_LEASE_SECONDS": str(LEASE_SECONDS),
        "REALTIME_PRESENCE_GRACE_SECONDS": str(GRACE_SECONDS),
    }
    with ThreadPoolExecutor(2) as starters:
        started = list(starters.map(lambda _: ServerProcess(environment=environment), range(2)))
    yield started
    for server in started:
        server.stop()
    valkey.stop()


def make_contacts() -> dict[int, str]:
    """Returns their tokens by id."""
    ada, bob = (User.objects.create(pk=pk, username=name) for pk, name in ((7, "ada"), (8, "bob")))
    following.follow(actor=ada, user=bob)
    following.follow(actor=bob, user=ada)
    given = {user.pk: tokens.issue(user=user).access for user in (ada, bob)}
    connections.close_all()
    return given


async def test_a_contact_is_told_once_over_processes_and_a_killed_one_leaves_no_ghost(
    servers: list[ServerProcess],
) -> None:
    given = await sync_to_async(make_contacts)()
    async with AsyncExitStack() as stack:

        async def enter(server: ServerProcess, user: int) -> JsonClient:
            client = await stack.enter_async_context(
                await JsonClient.over_socket(server.ws("/rooms"), token=given[user])
            )
            await client.ready()
            return client

        watcher = await enter(servers[0], 8)
        here = await enter(servers[1], 7)
        await watcher.event("contact:online")
        also = await enter(servers[0], 7)
        await here.close()
        await also.close()
        await watcher.event("contact:offline")
        await enter(servers[1], 7)
        await watcher.event("contact:online")
        servers[1].kill()
        left = await watcher.event("contact:offline", within=LEASE_SECONDS * 5 / 3 + 10)
        assert left["payload"]["userId"] == 7
        frames = [
            frame["type"] for frame in watcher.frames if frame.get("type") in ("contact:online", "contact:offline")
        ]
        assert frames == ["contact:online", "contact:offline"] * 2
